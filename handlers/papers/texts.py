"""The texts of messages: which is in force on a day, and how two administrators change one.

Proposing, approving and refusing are moves of the workflow ``text_change``, so that the engine
keeps the four eyes and the journal the rest. What was approved is a row that nothing changes; a
message names the revision that it was written by.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Date, Text, func, select

from handlers.kit import rows
from handlers.kit.proposals import proposer_left, proposer_of
from handlers.kit.roles import ADMINISTRATOR
from handlers.papers.letters.grammar import TextFault, fault_of
from handlers.papers.letters.message_texts import (
    CODES,
    FIRST,
    NAMES,
    PARTS,
    Wording,
    first_wording,
    known_fields,
)
from states.cases.text_change import TextChange
from states.papers.message_text import MessageText
from workflow.model.clock import day_in_istanbul
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.context import Row
    from workflow.model.verdict import Verdict

FARTHEST = 365
"""Days after which a change may come into force at the latest."""

_IN_FORCE = rows.Question.of(
    select(MessageText.revision, *(getattr(MessageText, part) for part in PARTS))
    .where(
        MessageText.code == rows.given("code", Text()),
        MessageText.in_force_on <= rows.given("day", Date()),
    )
    .order_by(MessageText.revision.desc())
    .limit(1)
)


def in_force(connection: Connection, name: str, day: date) -> tuple[int, Wording]:
    """Return revision and wording of a text on a day; KeyError for a name that there is not.

    The highest revision whose day has come counts, whatever the days of those before it.
    """
    found = _IN_FORCE.ask(connection, code=CODES[name], day=day)
    if not found:
        return FIRST, first_wording(name)
    return rows.number(found[0], "revision"), wording_of(found[0])


def all_in_force(connection: Connection, day: date) -> dict[str, tuple[int, Wording]]:
    """Return revision and wording of each text on a day, by its code."""
    table = MessageText.__table__
    query = select(table).where(table.c.in_force_on <= day).order_by(table.c.revision)
    later = {row["code"]: dict(row) for row in connection.execute(query).mappings()}
    return {
        code: (rows.number(later[code], "revision"), wording_of(later[code]))
        if code in later
        else (FIRST, first_wording(name))
        for code, name in NAMES.items()
    }


def newest(connection: Connection, code: str) -> int:
    """Return the highest revision of a text, in force or not yet."""
    query = select(func.max(MessageText.revision)).where(MessageText.code == code)
    return connection.scalar(query) or FIRST


def revisions(connection: Connection, code: str) -> list[Mapping[str, object]]:
    """Return the later revisions of a text, newest first."""
    table = MessageText.__table__
    query = select(table).where(table.c.code == code).order_by(table.c.revision.desc())
    return [dict(row) for row in connection.execute(query).mappings()]


def wording_at(connection: Connection, code: str, revision: int) -> Wording:
    """Return what a revision of a text says; NoResultFound for one that there is not."""
    if revision == FIRST:
        return first_wording(NAMES[code])
    table = MessageText.__table__
    query = select(table).where(table.c.code == code, table.c.revision == revision)
    return wording_of(dict(connection.execute(query).mappings().one()))


def faults(name: str, wording: Wording) -> Mapping[str, TextFault]:
    """Return for each part of a wording that cannot be taken the first reason why."""
    known = known_fields(name)
    judged = {
        part: fault_of(text, known, subject=part.startswith("subject"))
        for part, text in asdict(wording).items()
    }
    return {part: fault for part, fault in judged.items() if fault is not None}


def under_way(connection: Connection, code: str) -> int | None:
    """Return the proposal for a text that waits for its decision, None without one."""
    query = select(TextChange.id).where(TextChange.code == code, TextChange.state == "proposed")
    return connection.scalar(query)


@check
def fits(context: Context) -> Verdict:
    """Allow a sound wording that differs from the one in force, as the next revision.

    Judged when it is proposed and again when it is approved; then who proposed it must still be an
    administrator, for theirs is one of the two pairs of eyes.
    """
    case = context.case
    if case["code"] not in NAMES:
        return deny("texts.unknown")
    for fault in faults(NAMES[rows.text(case, "code")], wording_of(case)).values():
        return deny(fault.code, line=fault.line, what=fault.what)
    changing = _changing(context)
    if changing is not ALLOW:
        return changing
    return _approved(context) if context.transition.name == "approve" else _proposed(context)


def _changing(context: Context) -> Verdict:
    """Allow what is the next revision, and is not what is in force."""
    case, connection = context.case, context.connection
    code, today = rows.text(case, "code"), day_in_istanbul(context.now)
    if case["revision"] != newest(connection, code) + 1:
        return deny("texts.other_revision")
    same = wording_of(case) == in_force(connection, NAMES[code], today)[1]
    return deny("texts.no_change") if same else ALLOW


def _proposed(context: Context) -> Verdict:
    if under_way(context.connection, rows.text(context.case, "code")) is not None:
        return deny("texts.under_way")
    day, today = rows.day(context.case, "in_force_on"), day_in_istanbul(context.now)
    if day < today:
        return deny("texts.past_day")
    if day > today + timedelta(days=FARTHEST):
        return deny("texts.far_day", most=FARTHEST)
    return ALLOW


def _approved(context: Context) -> Verdict:
    left = proposer_left(context.connection, context.case_id, ADMINISTRATOR)
    return deny("texts.proposer_left") if left else ALLOW


@check
def own_proposal(context: Context) -> Verdict:
    """Allow a proposal to be withdrawn by who made it."""
    mine = proposer_of(context.connection, context.case_id) == context.actor.name
    return ALLOW if mine else deny("texts.not_yours")


@action
def describe(context: Context) -> None:
    """Say in the journal which text is to be changed, and to what, by its hash."""
    case = context.case
    context.note(
        code=case["code"], revision=case["revision"], sha256=wording_of(case).sha256,
        in_force_on=rows.day(case, "in_force_on").isoformat(),
    )  # fmt: skip


@action
def publish(context: Context) -> None:
    """Make the proposed wording the next revision; a day that is over becomes today."""
    case = context.case
    day = max(rows.day(case, "in_force_on"), day_in_istanbul(context.now))
    wording = wording_of(case)
    row = {
        "code": case["code"], "revision": case["revision"], "change_id": context.case_id,
        "in_force_on": day, **asdict(wording),
    }  # fmt: skip
    rows.add(context.connection, MessageText, row)
    context.note(
        code=case["code"], revision=case["revision"], sha256=wording.sha256,
        in_force_on=day.isoformat(),
    )  # fmt: skip


def wording_of(case: Row) -> Wording:
    """Return what a proposal, or a revision, says."""
    return Wording(*(rows.text(case, part) for part in PARTS))
