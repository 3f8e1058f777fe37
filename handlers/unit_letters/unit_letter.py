"""The moves of a letter to units: whether it may be proposed, who is the second pair of eyes.

What is proposed, words and distribution list alike, is frozen with the proposal; whoever approves
it approves that. The worker does the rest (`handlers.unit_letters.sending`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, insert, select

from handlers.kit import rows
from handlers.kit.proposals import proposer_left, proposer_of
from handlers.kit.roles import COORDINATOR, acts_as
from handlers.papers.letters import sheets
from handlers.unit_letters.payloads import MOST_UNITS, Distribution
from handlers.unit_letters.units import is_open, of_ids
from states.cases.requests.unit_letter import UnitLetterCopy
from states.papers.letter_register import RegisteredLetter
from states.people.institution import Institution
from states.people.tckn import mask_all
from states.people.user import User
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.context import Row
    from workflow.model.verdict import Verdict

WORKFLOW = "unit_letter"
ACTION, INFO = "action", "info"
"""Whether a unit is to act on a letter ("Gereği") or is only told ("Bilgi")."""

WORDINGS = ("renewal", "consent")
"""The controlled texts that a letter may have; they stand in its template."""

LONGEST = {
    "subject": 200, "about": 500, "addition": 1_500,
    "contact_name": 120, "contact_phone": 40, "contact_email": 120,
}  # fmt: skip
"""Characters that each field may have."""


@check
def fits(context: Context) -> Verdict:
    """Allow a whole letter of the actor's own institution to open units below it.

    Judged when it is proposed and again when it is approved; then who proposed it must still be a
    coordinator, and one unit at least must still be open.
    """
    sender = rows.fetch(context.connection, Institution, context.case["institution_id"])
    if sender.closed_on is not None and sender.closed_on <= context.today:
        return deny("unit_letter.sender_closed")
    approving = context.transition.name == "approve"
    judged = _approvable(context) if approving else _proposable(context, sender)
    return judged if judged is not ALLOW else judge_words(context.case)


def judge_words(case: Row) -> Verdict:
    """Allow words that a letter can have: none missing, too long, hidden or about one person."""
    if case["wording"] not in WORDINGS:
        return deny("unit_letter.wording")
    if not (rows.optional_text(case, "subject") or "").strip():
        return deny("unit_letter.no_subject")
    if not (rows.optional_text(case, "contact_name") or "").strip():
        return deny("unit_letter.no_contact_name")
    if not (case["contact_phone"] or case["contact_email"]):
        return deny("unit_letter.unreachable_contact")
    judged = (_field(rows.optional_text(case, name) or "", LONGEST[name]) for name in LONGEST)
    return next((verdict for verdict in judged if verdict is not ALLOW), ALLOW)


def _field(said: str, longest: int) -> Verdict:
    if len(said) > longest:
        return deny("unit_letter.too_long", most=longest)
    if mask_all(said) != said:
        return deny("unit_letter.identity")
    return ALLOW if sheets.settable(said) else deny("unit_letter.unseen")


def judge_units(
    connection: Connection, sender: Institution, said: Distribution, today: date
) -> Verdict:
    """Allow a distribution list of open units below the sender, each named once."""
    if not said.units:
        return deny("unit_letter.no_units")
    if len(said.units) > MOST_UNITS:
        return deny("unit_letter.too_many", most=MOST_UNITS)
    if len(set(said.units)) != len(said.units):
        return deny("unit_letter.twice")
    found = of_ids(connection, said.units)
    for number in said.units:
        unit = found.get(number)
        if unit is None or unit.id == sender.id or not unit.path.startswith(sender.path):
            return deny("unit_letter.foreign_unit")
        if unit.closed_on is not None and unit.closed_on <= today:
            return deny("unit_letter.closed_unit", unit=unit.name)
    return ALLOW


def _proposable(context: Context, sender: Institution) -> Verdict:
    if place_of(context.connection, context.actor.name) != sender.id:
        return deny("unit_letter.other_institution")
    if context.rehearsal:
        return ALLOW
    said = Distribution.of(context.payload)
    return judge_units(context.connection, sender, said, context.today)


def _approvable(context: Context) -> Verdict:
    if proposer_left(context.connection, context.case_id, COORDINATOR):
        return deny("unit_letter.proposer_left")
    standing = select(exists().where(
        UnitLetterCopy.letter_id == context.case_id,
        Institution.id == UnitLetterCopy.institution_id,
        is_open(context.today),
    ))  # fmt: skip
    return ALLOW if context.connection.scalar(standing) else deny("unit_letter.no_units_left")


@check
def second_pair(context: Context) -> Verdict:
    """Allow another coordinator of the same institution; an officer only where there is none."""
    sender = rows.number(context.case, "institution_id")
    if acts_as(context.actor, COORDINATOR):
        own = place_of(context.connection, context.actor.name) == sender
        return ALLOW if own else deny("unit_letter.other_institution")
    proposer = proposer_of(context.connection, context.case_id)
    others = has_second_coordinator(context.connection, sender, proposer)
    return deny("unit_letter.coordinator_decides") if others else ALLOW


def has_second_coordinator(connection: Connection, sender: int, proposer: str | None) -> bool:
    """Say whether an institution has a coordinator who may decide on what another one proposed.

    They have to be known as a human: four eyes are those of two people, not of two accounts.
    """
    number = account_of(proposer or "")
    mine = select(User.person_id).where(User.id == number).scalar_subquery()
    found = exists().where(
        User.active, User.institution_id == sender, User.roles == [COORDINATOR],
        User.person_id.is_not(None), User.id != (number or 0),
        User.person_id.is_distinct_from(mine),
    )  # fmt: skip
    return bool(connection.scalar(select(found)))


def place_of(connection: Connection, actor: str) -> int | None:
    """Return the institution of a coordinator's open account, by the actor's key."""
    held = select(User.institution_id).where(
        User.id == account_of(actor), User.active, User.roles == [COORDINATOR]
    )
    return connection.scalar(held)


def account_of(actor: str) -> int | None:
    """Return the number of an account by its actor's key; None for who has none."""
    sort, _, number = actor.partition(":")
    return int(number) if sort == "user" and number.isascii() and number.isdecimal() else None


@check
def own_proposal(context: Context) -> Verdict:
    """Allow a draft to be withdrawn by who made it."""
    mine = proposer_of(context.connection, context.case_id) == context.actor.name
    return ALLOW if mine else deny("unit_letter.not_yours")


@check
def all_done(context: Context) -> Verdict:
    """Allow to end what has its number and came to each unit."""
    waiting = select(exists().where(
        UnitLetterCopy.letter_id == context.case_id, UnitLetterCopy.outcome.is_(None)
    ))  # fmt: skip
    numbered = _is_numbered(context) and not context.connection.scalar(waiting)
    return ALLOW if numbered else deny("unit_letter.not_done")


@check
def unnumbered(context: Context) -> Verdict:
    """Allow to give up what has no number yet: a number that was given out stays in use."""
    return deny("unit_letter.numbered") if _is_numbered(context) else ALLOW


def _is_numbered(context: Context) -> bool:
    numbered = exists().where(RegisteredLetter.letter_id == context.case_id)
    return bool(context.connection.scalar(select(numbered)))


@action
def distribute(context: Context) -> None:
    """Keep the distribution list in the order of the tree, and count it in the journal."""
    said = Distribution.of(context.payload)
    found = of_ids(context.connection, said.units)
    parts = ((ACTION, said.action), (INFO, said.info))
    listed = [
        (purpose, unit)
        for purpose, ids in parts
        for unit in sorted((found[one] for one in ids), key=lambda unit: unit.path)
    ]
    context.connection.execute(
        insert(UnitLetterCopy),
        [
            {
                "letter_id": context.case_id, "institution_id": unit.id,
                "place": place, "purpose": purpose,
            }
            for place, (purpose, unit) in enumerate(listed, start=1)
        ],
    )  # fmt: skip
    context.note(
        institution=context.case["institution_id"],
        wording=context.case["wording"],
        action=len(said.action),
        info=len(said.info),
    )


@action
def count(context: Context) -> None:
    """Write number and outcomes into the journal, and name the sealed paper."""
    query = select(RegisteredLetter).where(RegisteredLetter.letter_id == context.case_id)
    table = RegisteredLetter.__table__
    found = context.connection.execute(query.with_only_columns(*table.c)).mappings().one()
    outcomes = (
        select(UnitLetterCopy.outcome, func.count())
        .where(UnitLetterCopy.letter_id == context.case_id)
        .group_by(UnitLetterCopy.outcome)
    )
    context.document(str(found["sha256"]))
    counted = {str(name): number for name, number in context.connection.execute(outcomes)}
    context.note(year=found["year"], number=found["number"], **counted)
