"""The questions of people: to the support unit of their institution, or to the office without one.

A question is a case of the workflow ``question``. The unit is told by an address of its own, with
reference and link alone; who answers for the institution reads the question after signing in. The
journal holds the hashes of question and answer and neither of them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.institutions.support import answers_for
from handlers.institutions.units import unit_of
from handlers.kit import rate_limits, rows
from handlers.papers import texts
from handlers.people.contact_wish import other_address
from handlers.post import elsewhere
from handlers.post.channels import channels_of
from handlers.post.outbox import letter_of
from handlers.questions.wording import QuestionAnswer, clean_words
from states.cases.application import Application
from states.cases.requests.support_question import SupportQuestion
from states.kit.invalid import Invalid
from states.kit.reference import reference
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.institutions.units import SupportUnit
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

WORKFLOW = "question"

OPEN = ("asked", "passed_on")
"""The states in which a question waits for its answer."""

MOST_OPEN = 5
"""Questions of one person that may wait at a time."""

ASKED = "question/asked"
"""The text by which the unit is told."""


def values_of(
    person_id: int, institution_id: int | None, typed: str, about: Application | None
) -> Mapping[str, object]:
    """Return the columns of a question; Invalid for a text that is not to be kept.

    ``about`` is the application that it was asked from: the question keeps its reference and the
    state in which its person saw it.
    """
    return {
        "person_id": person_id, "institution_id": institution_id, "question": clean_words(typed),
        "about_id": about.id if about else None, "about_state": about.state if about else None,
    }  # fmt: skip


def way_of(connection: Connection, institution_id: int | None) -> str:
    """Return the move by which somebody of an institution asks."""
    return "ask" if _unit(connection, institution_id) else "ask_office"


def _unit(connection: Connection, institution_id: int | None) -> SupportUnit | None:
    return None if institution_id is None else unit_of(connection, institution_id)


@check
def sound(context: Context) -> Verdict:
    """Allow a text that may be kept, about an application of one's own, while few others wait."""
    case, connection = context.case, context.connection
    try:
        clean_words(rows.text(case, "question"))
    except Invalid as invalid:
        return deny(invalid.code, **invalid.params)
    person_id = rows.number(case, "person_id")
    about = rows.optional_number(case, "about_id")
    if about is not None:
        owner = select(Application.person_id).where(Application.id == about)
        if connection.scalar(owner) != person_id:
            return deny("question.not_yours")
    # Two questions that are asked at once are counted one after the other.
    rate_limits.alone(connection, f"question/{person_id}")
    waiting = select(func.count()).where(
        SupportQuestion.person_id == person_id,
        SupportQuestion.state.in_(OPEN),
        SupportQuestion.id != context.case_id,
    )
    if (connection.scalar(waiting) or 0) >= MOST_OPEN:
        return deny("question.too_many", most=MOST_OPEN)
    return ALLOW


@check
def has_unit(context: Context) -> Verdict:
    """Allow a question to a support unit where there is one."""
    place = rows.optional_number(context.case, "institution_id")
    return ALLOW if _unit(context.connection, place) else deny("question.no_unit")


@check
def without_unit(context: Context) -> Verdict:
    """Allow a question to the office where no support unit is there to be asked first."""
    place = rows.optional_number(context.case, "institution_id")
    return deny("question.ask_unit") if _unit(context.connection, place) else ALLOW


@check
def own_people(context: Context) -> Verdict:
    """Allow whoever answers for the institution of the asker, and did not ask himself."""
    if context.actor.person_id == rows.number(context.case, "person_id"):
        return deny("question.own")
    place = rows.number(context.case, "institution_id")
    mine = answers_for(context.connection, context.actor.name, place)
    return ALLOW if mine else deny("question.not_your_people")


@check
def answer_sound(context: Context) -> Verdict:
    """Allow an answer that may be kept."""
    if context.rehearsal:
        return ALLOW
    try:
        QuestionAnswer.of(context.payload)
    except Invalid as invalid:
        return deny(invalid.code, **invalid.params)
    return ALLOW


@action
def describe(context: Context) -> None:
    """Say in the journal what the question is about, and its text by the hash."""
    about = rows.optional_number(context.case, "about_id")
    context.note(
        about=reference("application", about) if about else None,
        about_state=rows.optional_text(context.case, "about_state"),
        sha256=_hash(rows.text(context.case, "question")),
    )


@action
def tell_unit(context: Context) -> None:
    """Write to the address of the support unit: reference and link, neither name nor text.

    A unit without an address, or with one for which there is no carrier, has the list on its page.
    """
    case, connection = context.case, context.connection
    unit = _unit(connection, rows.optional_number(case, "institution_id"))
    if unit is None or unit.email is None:
        return
    where = other_address("asked", "email", unit.email)
    if where.channel not in channels_of(context.services):
        return
    quoted = reference(WORKFLOW, context.case_id)
    revision, wording = texts.in_force(connection, ASKED, context.today)
    values = {
        "name": unit.unit, "today": context.today, "case": {**case, "reference": quoted},
        "url": f"{context.services.site}/destek-sorulari/{quoted}",
    }  # fmt: skip
    letter = letter_of(ASKED, revision, wording, "tr", values)
    elsewhere.put(connection, context.services.vault, case, letter, context.now, where)


@action(writes=("answer",))
def keep_answer(context: Context) -> None:
    """Keep the answer, and its hash in the journal."""
    said = QuestionAnswer.of(context.payload).answer
    context.update(answer=said)
    context.note(sha256=_hash(said))


def _hash(said: str) -> str:
    return sha256(said.encode()).hexdigest()
