"""The applicant's moves: which he may make now, and the page on which he confirms one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for

from handlers.kit.moves import AWAIT_STATUS
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _
from web.gate.session import current
from web.kit.move_forms import form_for
from web.kit.reading import timeline
from web.kit.signing_purposes import page_of
from workflow.model.refusal import ReasonMissing, RuleFailed, StaleVersion, WrongState
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from web.kit.move_form import MoveForm
    from web.kit.reading import CaseRecord
    from workflow.model.definition import Transition
    from workflow.model.refusal import WorkflowError

STALE = _("Bu kayıt siz bakarken ilerledi; güncel durumu aşağıdadır. İşleminiz yapılmadı.")

OTHER_STATE = _("Bu işlem şu an yapılamaz; kayıt başka bir durumda.")


def possible(case: CaseRecord) -> dict[str, str]:
    """Return the moves that the person signed in may try now: name and title."""
    explained = composed().engine.explain(case.id, current().actor, workflow=case.workflow)
    return {one.transition.name: spoken(one.transition.title) for one in explained if one.allowed}


def reason_of(case: CaseRecord) -> str:
    """Return the reason that the newest move of a case was given, empty when it had none."""
    newest = timeline(composed().database, case.id)[-1]
    return reason_words(case.definition, newest.trigger, newest.body["reason"], language())


def is_checked(case: CaseRecord) -> bool:
    """Say whether the newest move of a case took its signature to be checked."""
    return timeline(composed().database, case.id)[-1].trigger == AWAIT_STATUS


def home_of(case: CaseRecord) -> str:
    """Return the page of a case."""
    return url_for(page_of(case.workflow), reference=case.reference)


def confirm(case: CaseRecord, trigger: str, notes: Sequence[str] = ()) -> ResponseReturnValue:
    """Show the page of a move and make it; a late or repeated form changes nothing.

    ``notes`` are what the person should know of their own records before they confirm it.
    """
    move = case.definition.transitions[trigger]
    form = form_for(move)()
    if not form.is_submitted():
        form.seen.data = str(case.version)
        return _page(case, move, form, notes)
    if not form.validate():
        return _page(case, move, form, notes, 422)
    return _make(case, move, form, notes)


def _make(
    case: CaseRecord, move: Transition, form: MoveForm, notes: Sequence[str]
) -> ResponseReturnValue:
    if _is_made(case, move):
        flash(gettext("Bu işlem zaten yapılmıştı; ikinci kez yapılmadı."), "info")
        return redirect(home_of(case))
    try:
        composed().engine.fire(
            case.id,
            move.name,
            current().actor,
            seen_version=int(form.seen.data),
            reason=form.stated_reason(),
            workflow=case.workflow,
        )
    except ReasonMissing as error:
        form.reason.errors = [told(error, case.definition)]
        return _page(case, move, form, notes, 422)
    except RuleFailed as error:
        return _page(case, move, form, notes, refusal=error)
    except (StaleVersion, WrongState):
        flash(str(STALE), "warning")
        return redirect(home_of(case))
    flash(gettext("%(title)s: yapıldı.", title=spoken(move.title)), "success")
    return redirect(home_of(case))


def _is_made(case: CaseRecord, move: Transition) -> bool:
    """Say whether the case stands where the move leads and does not start from there again."""
    return case.state == move.target and not case.definition.starts(move.name, case.state)


def _page(
    case: CaseRecord,
    move: Transition,
    form: MoveForm,
    notes: Sequence[str],
    status: int = 200,
    refusal: WorkflowError | None = None,
) -> ResponseReturnValue:
    """Show the page of a move; one that is refused says why in place of the form."""
    explained = composed().engine.explain(case.id, current().actor, workflow=case.workflow)
    explanation = next((one for one in explained if one.transition.name == move.name), None)
    refusal = refusal or (explanation.refusal if explanation is not None else None)
    allowed = explanation is not None and refusal is None
    page = render_template(
        "portal/confirm.html",
        case=case,
        move=move,
        form=form,
        notes=notes,
        allowed=allowed,
        why=told(refusal, case.definition) if refusal else OTHER_STATE,
        back=home_of(case),
    )
    return page, status if allowed else 409
