"""What a verification code stands for: whom it was given to, and what is to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import APPLICANT
from handlers.signatures.code import code_hash, secret_hash
from handlers.signatures.purposes import SignedCase
from states.cases.code import Code
from states.papers.document import Document
from states.people.person import Person
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from states.kit.vault import Vault


@dataclass(frozen=True, slots=True)
class SigningOffer:
    """A code with whom and what it is for; detached rows, for reading."""

    code: Code
    person: Person
    document: Document

    @property
    def actor(self) -> Actor:
        """The person of the code, authenticated by knowing it."""
        roles = frozenset({APPLICANT})
        return Actor(f"person:{self.person.id}", roles, "code", self.person.id)

    @property
    def case(self) -> SignedCase:
        """The case that the signature moves."""
        return SignedCase(self.code.purpose, self.code.target_case_id)


def find_by_code(connection: Connection, vault: Vault, code: str) -> SigningOffer | None:
    """Return what a verification code stands for; None when there is none."""
    return _find(connection, Code.code_hash == code_hash(vault, code))


def find_by_secret(connection: Connection, vault: Vault, secret: str) -> SigningOffer | None:
    """Return what the secret of a claim stands for; None when there is none."""
    return _find(connection, Code.secret_hash == secret_hash(vault, secret))


def _find(connection: Connection, condition: ColumnElement[bool]) -> SigningOffer | None:
    """Return the newest code that matches, with its person and text."""
    query = select(Code).where(condition).order_by(Code.id.desc()).limit(1)
    with Session(connection, expire_on_commit=False) as session:
        code = session.scalar(query)
        if code is None:
            return None
        person = session.get_one(Person, code.person_id)
        return SigningOffer(code, person, session.get_one(Document, code.digest))
