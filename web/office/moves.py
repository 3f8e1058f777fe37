"""Owns making a move from a page: the form, the engine's answer, and what a late form is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from web.composition import composed
from web.errors import status_of, told
from web.office import page
from web.office.forms import form_for, has_page
from web.people import names_of
from web.reading import timeline
from web.session import current
from workflow.refusal import ReasonMissing, UnknownTrigger, WorkflowError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.office.forms import MoveForm
    from web.reading import Found
    from workflow.definition import Transition
    from workflow.request import Explained


def show(case: Found, move: Transition) -> ResponseReturnValue:
    """Show the page of a move; one that can not be made now is answered with the reason."""
    form = form_for(move)(seen=str(case.version))
    explained = {item.transition.name: item for item in _explain(case)}
    if move.name not in explained:
        return _late(case, move, case.version)
    refusal = explained[move.name].refusal
    if refusal is not None:
        return _refused(case, move, refusal)
    return _page(case, move, form)


def make(case: Found, move: Transition) -> ResponseReturnValue:
    """Make a move that a form asks for."""
    form = form_for(move)()
    if not form.validate_on_submit():
        if form.seen.errors:
            abort(400)
        return _page(case, move, form), 422
    seen = int(form.seen.data)
    if _made_before(case, move, seen):
        flash("Bu işlem zaten yapılmıştı; ikinci kez yapılmadı.", "info")
        return redirect(url_for("office.case", reference=case.reference))
    return _fire(case, move, form, seen)


def _fire(case: Found, move: Transition, form: MoveForm, seen: int) -> ResponseReturnValue:
    reason = form.stated_reason()
    try:
        moved = composed().office.fire(
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
        if page.found(case.reference).version != seen:
            return _late(case, move, seen)
        return _refused(case, move, error)
    title = case.definition.states[moved.state].title.tr
    flash(f"{move.title.tr}: yapıldı. Yeni durum: {title}.", "success")
    return redirect(url_for("office.case", reference=case.reference))


def transition(case: Found, name: str) -> Transition:
    """Return a move of the case's workflow that a person may ask for; UnknownTrigger."""
    move = case.definition.transitions.get(name)
    if move is None or move.creates:
        raise UnknownTrigger(trigger=name, workflow=case.workflow)
    return move


def _explain(case: Found) -> list[Explained]:
    return composed().office.explain(case.id, current().actor, workflow=case.workflow)


def _made_before(case: Found, move: Transition, seen: int) -> bool:
    """Say whether the first entry after the version shown is this very move by this very actor."""
    since = timeline(composed().database, case.id, after=seen)
    return bool(since) and (since[0].trigger, since[0].actor) == (move.name, current().actor.name)


def _page(case: Found, move: Transition, form: MoveForm) -> str:
    return render_template(
        "office/move.html",
        case=case,
        move=move,
        form=form,
        about=page.subject(case),
        own_page=has_page(move),
    )


def _late(case: Found, move: Transition, seen: int) -> ResponseReturnValue:
    """Show what happened since the page was made, instead of overwriting it."""
    now = page.found(case.reference)
    since = timeline(composed().database, case.id, after=seen)
    names = names_of(composed().database, [entry.actor for entry in since])
    answer = render_template("office/late.html", case=now, move=move, since=since, names=names)
    return answer, 409


def _refused(case: Found, move: Transition, error: WorkflowError) -> ResponseReturnValue:
    reason = told(error, case.definition)
    answer = render_template("office/refused.html", case=case, move=move, reason=reason)
    return answer, status_of(error)
