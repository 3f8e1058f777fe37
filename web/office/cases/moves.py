"""Making a move from a page: the form, the engine's answer, and what a late form is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.applications import message
from handlers.certificates import striking
from handlers.papers.scans import KINDS
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, spoken
from web.gate.session import current
from web.kit.cases import case_of
from web.kit.move_forms import form_for, has_page
from web.office.cases import approval, following, page, past, scans
from web.office.cases.answers import late, refused
from workflow.engine.permission import clean_reason
from workflow.model.refusal import ReasonMissing, UnknownTrigger, WorkflowError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from handlers.post.outbox import NoticeLetter
    from web.kit.move_form import MoveForm
    from web.kit.reading import CaseRecord
    from workflow.model.definition import Transition
    from workflow.model.request import Explained

STRIKES = ("strike", "strike_ended")
"""The moves by which an officer takes back the record of a certificate."""


def show(case: CaseRecord, move: Transition) -> ResponseReturnValue:
    """Show the page of a move; one that cannot be made now is answered with the reason."""
    form = form_for(move)(seen=str(case.version), view=scans.view_hash(case))
    return _hindrance(case, move) or _page(case, move, form)


def _hindrance(case: CaseRecord, move: Transition) -> ResponseReturnValue | None:
    """Return the answer to a move that cannot be made now, None for one that can."""
    explained = {item.transition.name: item for item in _explain(case)}
    if move.name not in explained:
        return late(case, spoken(move.title), case.version)
    refusal = explained[move.name].refusal
    return None if refusal is None else refused(case, spoken(move.title), refusal)


def make(case: CaseRecord, move: Transition) -> ResponseReturnValue:
    """Make a move that a form asks for."""
    form = form_for(move)()
    if not form.validate_on_submit():
        if form.seen.errors or "view" in form.errors:
            abort(400)
        return _page(case, move, form), 422
    seen = int(form.seen.data)
    if _made_before(case, move, seen):
        flash(gettext("Bu işlem zaten yapılmıştı; ikinci kez yapılmadı."), "info")
        return redirect(url_for("office.case", reference=case.reference))
    if "onizle" in request.form:
        return _preview(case, move, form, seen)
    return _fire(case, move, form, seen)


def _preview(case: CaseRecord, move: Transition, form: MoveForm, seen: int) -> ResponseReturnValue:
    """Show the letters of a move before it is made; nothing is written."""
    if case.version != seen:
        return late(case, spoken(move.title), seen)
    try:
        # Only a move that can be made has everything that its letters speak of.
        return _hindrance(case, move) or _page(case, move, form, _letters(case, move, form))
    except ReasonMissing as error:
        form.reason.errors = [told(error, case.definition)]
        return _page(case, move, form), 422


def _fire(case: CaseRecord, move: Transition, form: MoveForm, seen: int) -> ResponseReturnValue:
    reason = form.stated_reason()
    try:
        moved = composed().engine.fire(
            case.id,
            move.name,
            current().actor,
            form.payload(),
            seen,
            reason,
            workflow=case.workflow,
        )
    except ReasonMissing as error:
        form.reason.errors = [told(error, case.definition)]
        return _page(case, move, form), 422
    except WorkflowError as error:
        if case_of(case.reference).version != seen:
            return late(case, spoken(move.title), seen)
        if approval.says_at_form(case, form, error):
            return _page(case, move, form), 422
        return refused(case, spoken(move.title), error)
    title = spoken(case.definition.states[moved.state].title)
    if "siradaki" in request.form and case.workflow == "application":
        flash(
            gettext(
                "%(reference)s: %(move)s yapıldı. Yeni durum: %(state)s.",
                reference=case.reference,
                move=spoken(move.title),
                state=title,
            ),
            "success",
        )
        return redirect(following.next_address(case, move))
    flash(
        gettext("%(move)s: yapıldı. Yeni durum: %(state)s.", move=spoken(move.title), state=title),
        "success",
    )
    return redirect(url_for("office.case", reference=case.reference))


def transition(case: CaseRecord, name: str) -> Transition:
    """Return a move of the case's workflow that a person may ask for; UnknownTrigger."""
    move = case.definition.transitions.get(name)
    if move is None or move.creates:
        raise UnknownTrigger(trigger=name, workflow=case.workflow)
    return move


def _explain(case: CaseRecord) -> list[Explained]:
    return composed().engine.explain(case.id, current().actor, workflow=case.workflow)


def _made_before(case: CaseRecord, move: Transition, seen: int) -> bool:
    """Say whether the first entry after the version shown is this very move by this very actor."""
    first = past.since(case, seen, 1)
    return bool(first) and (first[0].trigger, first[0].actor) == (move.name, current().actor.name)


def _letters(case: CaseRecord, move: Transition, form: MoveForm) -> list[NoticeLetter]:
    """Return what the applicant would be told, with what the form adds to the case."""
    composition = composed()
    return message.preview(
        composition.database,
        case.definition,
        move.name,
        {**case.row, **form.payload()},
        clean_reason(move, form.stated_reason()) or "",
        composition.clock.now(),
    )


def _closes(case: CaseRecord, move: Transition) -> list[str]:
    """Return the applications that this move of a certificate closes along with it."""
    if move.name not in STRIKES:
        return []
    with composed().database.connect() as connection:
        return [reference for _, reference in striking.resting(connection, case.id)]


def _page(
    case: CaseRecord,
    move: Transition,
    form: MoveForm,
    letters: Sequence[NoticeLetter] | None = None,
) -> str:
    beside = approval.beside(case) if move.name == approval.APPROVE else None
    return render_template(
        "office/approve.html" if beside else "office/move.html",
        case=case,
        move=move,
        form=form,
        about=page.subject(case),
        own_page=has_page(move),
        tells=any(name.startswith("notice.") for name in move.effects),
        letters=letters,
        closes=_closes(case, move),
        beside=beside,
        kinds=KINDS,
    )
