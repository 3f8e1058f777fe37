"""The decision about a proposal: its form, its move, and what `_decision.html` shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, validators

from states.kit.invalid import Invalid
from states.kit.reference import parse
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.gate.session import current
from web.kit.people import names_of
from web.kit.reading import find_case, timeline
from workflow.model.entry import storable
from workflow.model.refusal import Refused, RoleNotAllowed, UnknownCase

if TYPE_CHECKING:
    from web.kit.reading import CaseRecord

LONGEST_REASON = 2_000

AGREEING = frozenset({"approve", "accept"})
"""The moves by which a second person agrees; who may not make them is told why."""

INVALID = 422
"""The status of a page that shows a form with errors."""


def _kept(text: str | None) -> str | None:
    return storable(text.strip()) if text else text


class DecisionForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A decision about a proposal, bound to what was shown."""

    surum = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    gerekce = TextAreaField(
        _("Gerekçe"),
        description=_("Uygun bulmadığınızda zorunludur."),
        filters=[_kept],
        validators=[
            validators.Length(
                max=LONGEST_REASON,
                message=_(
                    "Gerekçe en çok %(longest_reason)s harf olabilir.",
                    longest_reason=LONGEST_REASON,
                ),
            )
        ],
    )


def find_proposal(quoted: str, workflow: str) -> CaseRecord:
    """Return the case of a reference; UnknownCase for one of another workflow, or for none."""
    try:
        named, case_id = parse(quoted)
    except Invalid:
        raise UnknownCase(case=quoted[:40]) from None
    composition = composed()
    if named == workflow:
        found = find_case(composition.database, composition.library, case_id)
        if found.workflow == workflow:
            return found
    raise UnknownCase(case=quoted)


def decide(case: CaseRecord, trigger: str, form: DecisionForm) -> int | None:
    """Make the move and say so; return None, or the status of the page that tells what is wrong.

    A form that is bound to nothing that was shown is answered with 400.
    """
    if not form.validate_on_submit():
        if form.surum.errors:
            abort(400)
        return INVALID
    try:
        composed().engine.fire(
            case.id, trigger, current().actor, None, int(form.surum.data),
            form.gerekce.data or None, workflow=case.workflow,
        )  # fmt: skip
    except Refused as error:
        form.gerekce.errors = [told(error, case.definition)]
        return status_of(error)
    title = spoken(case.definition.transitions[trigger].title)
    flash(gettext("%(title)s: yapıldı.", title=title), "success")
    return None


def decision_shown(case: CaseRecord, form: DecisionForm) -> dict[str, object]:
    """Return what `_decision.html` shows: the moves, why not, and the past, beside case and form.

    Why a move is refused is of interest to who cannot agree; who can has nothing to ask.
    """
    composition = composed()
    form.surum.data = str(case.version)
    moves = composition.engine.explain(case.id, current().actor, workflow=case.workflow)
    allowed = [one.transition for one in moves if one.refusal is None]
    blocked = [
        (one.transition, told(one.refusal, case.definition))
        for one in moves
        if one.refusal is not None and not isinstance(one.refusal, RoleNotAllowed)
    ]
    entries = timeline(composition.database, case.id)
    return {
        "case": case,
        "form": form,
        "allowed": allowed,
        "blocked": [] if any(move.name in AGREEING for move in allowed) else blocked,
        "entries": entries,
        "names": names_of(composition.database, [entry.actor for entry in entries]),
    }
