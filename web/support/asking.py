"""The pages of who asks: one's questions with their answers, a new one, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.kit.roles import APPLICANT
from handlers.kit.sentences import sentence_of
from handlers.questions import question
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID, read_number, reference
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, language
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import INVALID
from web.kit.reading import timeline
from web.support import question_reading as reading
from web.support import reading as units
from web.support.blueprint import blueprint
from web.support.question_forms import QuestionForm
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.cases.application import Application


@blueprint.get("/sorularim")
@allow(APPLICANT)
def own_questions() -> ResponseReturnValue:
    """List one's questions, newest first; ``sonra`` is the keyset of the next ones."""
    before = read_number(request.args.get("sonra", "")) or MAX_ID
    found = reading.own_questions(before)
    return render_template(
        "support/own_questions.html",
        rows=found[: reading.PER_PAGE],
        following=found[reading.PER_PAGE - 1]["id"] if len(found) > reading.PER_PAGE else None,
        definition=composed().library.workflow(question.WORKFLOW),
    )


@blueprint.route("/sorularim/yeni", methods=["GET", "POST"])
@allow(APPLICANT)
def ask() -> ResponseReturnValue:
    """Take a question, with ``basvuru`` about an application of one's own."""
    about = reading.own_application(request.args.get("basvuru", ""))
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            case_id = _ask(form.soru.data or "", about)
        except Invalid as invalid:
            form.soru.errors = [sentence_of(invalid, language())]
        except Refused as error:
            form.soru.errors = [told(error, composed().library.workflow(question.WORKFLOW))]
        else:
            flash(gettext("Sorunuz iletildi; cevaplanınca size yazılır."), "success")
            shown = reference(question.WORKFLOW, case_id)
            return redirect(url_for("support.own_question", reference=shown))
    page = render_template("support/ask.html", form=form, about=about, unit=units.support_here())
    return page, INVALID if form.errors else 200


def _ask(typed: str, about: Application | None) -> int:
    """Ask; Invalid for what was typed, Refused for what may not be asked now."""
    place = reading.institution_of_mine()
    values = question.values_of(reading.person_id(), place, typed, about)
    with composed().database.connect() as connection:
        way = question.way_of(connection, place)
    return composed().engine.open(question.WORKFLOW, way, current().actor, values)


@blueprint.get("/sorularim/<reference>")
@allow(APPLICANT)
def own_question(reference: str) -> ResponseReturnValue:
    """Show a question of one's own and what was answered."""
    case = reading.own_question(reference)
    return render_template(
        "support/own_question.html",
        case=case,
        about=reading.about_of(case),
        entries=timeline(composed().database, case.id),
        open=case.state in question.OPEN,
    )


@blueprint.post("/sorularim/<reference>/geri-al")
@allow(APPLICANT)
def take_back(reference: str) -> ResponseReturnValue:
    """Take a question back; one that was answered meanwhile stays and says so."""
    case = reading.own_question(reference)
    try:
        composed().engine.fire(case.id, "take_back", current().actor, workflow=question.WORKFLOW)
    except Refused as error:
        flash(told(error, case.definition), "danger")
    else:
        flash(gettext("Sorunuz geri alındı."), "success")
    return redirect(url_for("support.own_question", reference=reference))
