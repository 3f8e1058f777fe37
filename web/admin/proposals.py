"""The pages of proposals: those that wait, one of them, and the decision about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers.accounts import departure
from handlers.kit.roles import ADMINISTRATOR, OVERSEERS
from web.admin import reading
from web.admin.blueprint import blueprint
from web.admin.forms import DecisionForm
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.people import names_of
from workflow.model.refusal import Refused, RoleNotAllowed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.cases.grant import RoleGrant
    from web.kit.reading import CaseRecord
    from workflow.model.request import Explained

DECISIONS = "any(approve, refuse, withdraw):trigger"


@blueprint.get("/oneriler")
@allow(ADMINISTRATOR)
def waiting() -> ResponseReturnValue:
    """List the proposals that wait for a decision, and the newest that were decided."""
    found = reading.proposals()
    return render_template(
        "admin/proposals.html",
        waiting=reading.proposals(waiting=True),
        decided=[one for one in found if one.row.state != "proposed"],
        definition=reading.definition(),
        acts=reading.ACTS,
    )


@blueprint.get("/oneri/<reference>")
@allow(*OVERSEERS)
def proposal(reference: str) -> ResponseReturnValue:
    """Show a proposal, its past, and what this administrator may decide."""
    return _page(reference, DecisionForm(formdata=None))


@blueprint.post(f"/oneri/<reference>/<{DECISIONS}>")
@allow(ADMINISTRATOR)
def decide(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve, refuse or withdraw a proposal."""
    found, _, _ = reading.proposal(reference)
    form = DecisionForm()
    if not form.validate_on_submit():
        if form.surum.errors:
            abort(400)
        return _page(reference, form)
    try:
        composed().engine.fire(
            found.id, trigger, current().actor, None, int(form.surum.data), form.gerekce.data,
            workflow="grant",
        )  # fmt: skip
    except Refused as error:
        form.gerekce.errors = [told(error, found.definition)]
        return _page(reference, form, status_of(error))
    flash(
        gettext("%(title)s: yapıldı.", title=spoken(found.definition.transitions[trigger].title)),
        "success",
    )
    return redirect(url_for("admin.proposal", reference=found.reference))


def _page(reference: str, form: DecisionForm, status: int = 422) -> ResponseReturnValue:
    found, shown, entries = reading.proposal(reference)
    moves = _moves(found)
    if not form.errors:
        form.gerekce.data = ""
    form.surum.data = str(found.version)
    page = render_template(
        "admin/proposal.html",
        **_behind(shown.row),
        case=found,
        proposal=shown,
        entries=entries,
        names=names_of(composed().database, [entry.actor for entry in entries]),
        allowed=[one.transition for one in moves if one.refusal is None],
        blocked=[
            (one.transition, told(one.refusal, found.definition))
            for one in moves
            if one.refusal is not None and not isinstance(one.refusal, RoleNotAllowed)
        ],
        form=form,
        acts=reading.ACTS,
        decides=ADMINISTRATOR in current().actor.roles,
    )
    return page, status if form.errors else 200


def _behind(row: RoleGrant) -> dict[str, object]:
    """Return what a waiting proposal would take from its account, and what a granted one took."""
    office = composed().engine
    behind, returned = None, []
    if row.user_id is not None and row.state == "proposed":
        behind = departure.behind(office, row.act, row.user_id, row.person_id)
    if row.user_id is not None and row.state == "granted":
        returned = departure.returned(office, row.user_id, row.id)
    return {"behind": behind, "returned": returned}


def _moves(found: CaseRecord) -> list[Explained]:
    return composed().engine.explain(found.id, current().actor, workflow="grant")
