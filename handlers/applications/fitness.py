"""Whether a kind of application fits the certificates that its person has, as a guard asks it.

Asked when it is filed, when its method is chosen, when it is approved and when it is produced. The
answers are those of ``handlers/ways/fit.py``; here its facts are read, in the move's transaction.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.certificates import successor
from handlers.certificates.validity import valid_of
from handlers.kit import rows
from handlers.ways import facts
from handlers.ways.fit import BEFORE_APPROVAL, ApplicationNeed, FitnessJudge, by_id
from states.logs.journal import PublishedDefinition
from workflow.model.verdict import ALLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from handlers.ways.facts import ApplicationFacts, PersonFacts
    from workflow.model.verdict import Verdict


def refused_kind(context: Context) -> Verdict:
    """Refuse a kind that does not fit the certificate that it is about, or that none is there."""
    judge = _judge(context)
    return judge.refused_kind(_need(context, judge.person))


def refused_method(context: Context, method: str) -> Verdict:
    """Refuse a method that proves nothing of a person who has no certificate in force."""
    judge = _judge(context)
    return judge.refused_method(_need(context, judge.person), method)


def refused_again(context: Context) -> Verdict:
    """Ask at approval and production once more what was asked when it was filed."""
    judge = _judge(context)
    need = _need(context, judge.person)
    verdict = judge.refused_kind(need)
    if not verdict.allows:
        return verdict
    if judge.ended_by_this(need):
        return ALLOW
    return judge.refused_method(need, str(context.case["method"]))


def other_open(context: Context) -> str | None:
    """Return another open application that would make a second certificate for the same need."""
    judge = _judge(context)
    found = judge.other_open(_need(context, judge.person), _knows_giving_way(context))
    return None if found is None else found.reference


def making_way(context: Context) -> list[int]:
    """Return the renewals for whose certificate this application is, which ends it."""
    judge = _judge(context)
    need = _need(context, judge.person)
    return [one.id for one in judge.making_way(need, _knows_giving_way(context))]


def ways_left(
    connection: Connection,
    person_id: int,
    methods: tuple[str, ...],
    window: Mapping[str, object],
    now: datetime,
) -> tuple[str, ...]:
    """Return the methods of a kind that are left to a person: all beside a certificate in force."""
    if valid_of(connection, person_id, now):
        return methods
    closed = {"e_imza"}
    closed |= set() if window["e_onay_after_end"] else {"e_onay"}
    closed |= set() if window["paper_for_first"] else {"wet_signature"}
    return tuple(method for method in methods if method not in closed)


def _judge(context: Context) -> FitnessJudge:
    """Return what is judged by in this move: its person's facts are read once for all checks."""
    found = context.recall(FitnessJudge)
    if found is None:
        person_id = rows.number(context.case, "person_id")
        person = facts.read(context.connection, person_id)
        assert person is not None  # noqa: S101 - the row of the case names one by its key
        serves = partial(successor.serves, context)
        found = FitnessJudge(person, context.definition, context.window, context.now, serves)
        context.remember(found)
    return found


def _need(context: Context, person: PersonFacts) -> ApplicationNeed:
    case = context.case
    return ApplicationNeed(
        rows.text(case, "kind"),
        by_id(person, rows.optional_number(case, "old_certificate_id")),
        context.case_id,
        approved=case.get("state") not in {"new", *BEFORE_APPROVAL},
    )


def _knows_giving_way(context: Context) -> Callable[[ApplicationFacts], bool]:
    """Return what says whether an application's own definition knows how to make way."""

    def knows(one: ApplicationFacts) -> bool:
        query = select(PublishedDefinition.canonical.contains('"name":"give_way"')).where(
            PublishedDefinition.sha256 == one.definition
        )
        return bool(context.connection.execute(query).scalar_one_or_none())

    return knows
