"""What a letter says on paper: its values, its number, and how it looks before it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.proposals import proposer_of
from handlers.kit.roles import COORDINATOR
from handlers.papers import letters
from handlers.papers.letters import sheets
from handlers.papers.sealed import shown
from handlers.unit_letters.unit_letter import ACTION, INFO, account_of
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.logs.journal import JournalEntry
from states.people.institution import Institution
from states.people.user import User
from workflow.model.clock import day_in_istanbul
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine

FILE_PLAN = "710.03"
"""The place of the state's file plan under which these letters are filed."""

DRAFT_CODE = "0000-0000-0000-0000-0000"
"""Stands in a draft where a paper has its verification code."""

DRAFT_NUMBER = "(mühürlenince verilir)"
DRAFT_SIGNATORY = "(onaylayan kurum yetkilisi)"


@dataclass(frozen=True, slots=True)
class LetterNumber:
    """A number of the register."""

    institution: str
    year: int
    number: int

    def __str__(self) -> str:
        """Write it as it stands on paper."""
        return f"E-{self.institution}-{FILE_PLAN}-{self.number}"


def values_of(
    connection: Connection, letter: UnitLetter, number: str, signatory: str, now: datetime
) -> dict[str, object]:
    """Return what the paper of a letter is drawn from; closed units are in no distribution."""
    sender = rows.fetch(connection, Institution, letter.institution_id)
    return {
        "number": number,
        "dated": letters.short_date(day_in_istanbul(now)),
        "institution": sender.name,
        "subject": letter.subject,
        "about": letter.about or "",
        "wording": letter.wording,
        "addition": letter.addition or "",
        "contact": contact_line(letter),
        "signatory": signatory,
        **_distribution(connection, letter.id),
    }


def contact_line(letter: UnitLetter) -> str:
    """Write whom to ask for help in one line."""
    ways = [way for way in (letter.contact_phone, letter.contact_email) if way]
    return f"{letter.contact_name} ({', '.join(ways)})"


def _distribution(connection: Connection, letter_id: int) -> Mapping[str, object]:
    query = (
        select(UnitLetterCopy.purpose, Institution.name)
        .join(Institution, Institution.id == UnitLetterCopy.institution_id)
        .where(
            UnitLetterCopy.letter_id == letter_id,
            UnitLetterCopy.outcome.is_distinct_from("closed"),
        )
        .order_by(UnitLetterCopy.place)
    )
    found = connection.execute(query).all()
    return {
        purpose: [{"name": row.name} for row in found if row.purpose == purpose]
        for purpose in (ACTION, INFO)
    }


def signatory_of(connection: Connection, letter_id: int) -> str:
    """Return the name under the letter: who approved it for the institution, else who drafted it.

    An officer who approves it does so for the office and signs no letter of an institution.
    """
    approved = select(JournalEntry.actor, JournalEntry.body).where(
        JournalEntry.case_id == letter_id, JournalEntry.trigger == "approve"
    )
    found = connection.execute(approved).one_or_none()
    if found is not None and parsed(found.body)["role"] == COORDINATOR:
        actor: str | None = found.actor
    else:
        actor = proposer_of(connection, letter_id)
    name = connection.scalar(select(User.name).where(User.id == account_of(actor or "")))
    return name or DRAFT_SIGNATORY


def draft(engine: CaseEngine, letter: UnitLetter) -> bytes:
    """Return a letter as it will look, without number, code and seal."""
    now = engine.clock.now()
    with engine.database.connect() as connection:
        values = values_of(connection, letter, DRAFT_NUMBER, DRAFT_SIGNATORY, now)
    site = engine.services.site
    return sheets.typeset(letters.UNIT_LETTER, DRAFT_CODE, now, shown(values), site)


def pages_of(pdf: bytes) -> int:
    """Return how many pages a paper has."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)
