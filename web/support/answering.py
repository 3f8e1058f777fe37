"""The pages of who answers: coordinators for their people, officers for what was passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.kit.roles import COORDINATOR, OFFICER, acts_as
from handlers.kit.sentences import sentence_of
from handlers.questions import question
from handlers.questions.wording import QuestionAnswer, clean_words
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID, read_number
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, language
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import INVALID
from web.kit.reading import timeline
from web.support import question_reading as reading
from web.support import reading as units
from web.support.blueprint import blueprint
from web.support.question_forms import AnswerForm
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

ANSWERS = ("answer", "answer_at_office")
"""The moves that answer: of a support unit, of the office."""


@blueprint.get("/destek-sorulari")
@allow(COORDINATOR, OFFICER)
def questions() -> ResponseReturnValue:
    """List the questions that wait; with ``kapali`` a coordinator sees those that do not."""
    after = read_number(request.args.get("sonra", ""))
    answers = acts_as(current().actor, COORDINATOR)
    done = answers and "kapali" in request.args
    found = reading.closed(after or MAX_ID) if done else reading.waiting(after or 0)
    return render_template(
        "support/questions.html",
        rows=found[: reading.PER_PAGE],
        following=found[reading.PER_PAGE - 1].id if len(found) > reading.PER_PAGE else None,
        done=done,
        answers=answers,
        definition=composed().library.workflow(question.WORKFLOW),
    )


@blueprint.get("/destek-sorulari/<reference>", endpoint="question")
@allow(COORDINATOR, OFFICER)
def question_page(reference: str) -> ResponseReturnValue:
    """Show a question, with what may be done about it."""
    return _page(reading.question_for_me(reference), AnswerForm(formdata=None))


@blueprint.post("/destek-sorulari/<reference>/cevap")
@allow(COORDINATOR, OFFICER)
def answer(reference: str) -> ResponseReturnValue:
    """Keep the answer, of the unit or of the office, and tell whoever asked."""
    case, form = reading.question_for_me(reference), AnswerForm()
    if not form.validate():
        abort(400)
    move = ANSWERS[not acts_as(current().actor, COORDINATOR)]
    try:
        said = QuestionAnswer(clean_words(form.cevap.data or ""))
        composed().engine.fire(
            case.id, move, current().actor, said.payload(), int(form.surum.data),
            workflow=question.WORKFLOW,
        )  # fmt: skip
    except Invalid as invalid:
        form.cevap.errors = [sentence_of(invalid, language())]
        return _page(case, form), INVALID
    except Refused as error:
        form.cevap.errors = [told(error, case.definition)]
        return _page(reading.question_for_me(reference), form), status_of(error)
    flash(gettext("Cevabınız kaydedildi; soran kişiye yazılır."), "success")
    return redirect(url_for("support.question", reference=reference))


@blueprint.post("/destek-sorulari/<reference>/aktar")
@allow(COORDINATOR)
def pass_on(reference: str) -> ResponseReturnValue:
    """Pass a question on to the office."""
    case = reading.question_for_me(reference)
    try:
        composed().engine.fire(case.id, "pass_on", current().actor, workflow=question.WORKFLOW)
    except Refused as error:
        flash(told(error, case.definition), "danger")
    else:
        flash(gettext("Soru başvuru ofisine aktarıldı."), "success")
    return redirect(url_for("support.question", reference=reference))


def _page(case: CaseRecord, form: AnswerForm) -> str:
    form.surum.data = str(case.version)
    moves = composed().engine.explain(case.id, current().actor, workflow=question.WORKFLOW)
    place = case.row["institution_id"]
    return render_template(
        "support/question.html",
        case=case,
        form=form,
        allowed={one.transition.name for one in moves if one.refusal is None},
        asker=reading.asker_of(case),
        place=units.place_of(place) if place else None,
        about=reading.about_of(case),
        entries=timeline(composed().database, case.id),
    )
