"""Entering persons, institutions and users: found again by a key, entered once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from states.kit.invalid import Invalid
from states.kit.mail_address import BadMailAddress, envelope_address
from states.kit.text import normal, sort_key, upper
from states.people.institution import Institution
from states.people.person import Person
from states.people.tckn import masked, parse
from states.people.telephone import first_number, read_number
from states.people.user import User

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from states.kit.vault import Vault

LONGEST_NAME = 64
"""Letters of a whole name: the common name of a certificate (RFC 5280, ub-common-name)."""

_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s<>;,]{1,64}@[^@\s<>;,]{1,190}\.[^@\s<>;,.]{2,}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of a person on entry; the number stays out of ``repr``."""

    tckn: str
    given_name: str
    surname: str
    institution_id: int | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None

    def __repr__(self) -> str:
        """Show the masked number only."""
        return f"NewPerson({masked(self.tckn)})"


def clean_name(text: str, field: str) -> str:
    """Return a name in Turkish capitals, as identity registers write it; Invalid."""
    name = upper(normal(text))
    if not _NAME.fullmatch(name):
        raise Invalid(f"{field}.form")
    return name


def clean_contact(text: str, field: str) -> str | None:
    """Return an e-mail address or telephone number as it is kept, None when it is empty; Invalid.

    A number is kept in its international writing (`states.people.telephone`); an address is one
    that every mail server takes (`states.kit.mail_address`).
    """
    value = normal(text)
    if not value:
        return None
    if field == "phone":
        return read_number(value)
    if len(text.strip().splitlines()) > 1:
        raise Invalid("email.control")
    try:
        envelope_address(value)
    except BadMailAddress as bad:
        raise Invalid(f"email.{bad.params['reason']}") from bad
    return value


def first_contact(text: str, field: str) -> str | None:
    """Return the first e-mail address or phone number within a text, None where there is none."""
    if field == "phone":
        return first_number(text)
    found = _ADDRESS.search(normal(text))
    try:
        return clean_contact(found[0], field) if found else None
    except Invalid:
        return None


def clean_code(text: str) -> str:
    """Return an institution's code: capitals, digits and hyphens, at most 40; Invalid."""
    code = normal(text)
    if not _CODE.fullmatch(code):
        raise Invalid("institution.code")
    return code


def refuse_long(given_name: str, surname: str) -> None:
    """Raise Invalid for a whole name that no certificate can hold."""
    if len(f"{given_name} {surname}") > LONGEST_NAME:
        raise Invalid("name.long", longest=LONGEST_NAME)


def find_person(connection: Connection, vault: Vault, tckn: str) -> int | None:
    """Return the id of the person with a TCKN, or None."""
    known = select(Person.id).where(Person.tckn_hash == vault.lookup(tckn, "tckn"))
    return connection.execute(known).scalar_one_or_none()


def enter_person(connection: Connection, vault: Vault, new: NewPerson, now: datetime) -> int:
    """Enter a person unless the TCKN is known, and return the id; Invalid for a bad number."""
    tckn = parse(new.tckn)
    given_name = clean_name(new.given_name, "given_name")
    surname = clean_name(new.surname, "surname")
    refuse_long(given_name, surname)
    row = {
        "given_name": given_name,
        "surname": surname,
        "sort_key": sort_key(f"{surname} {given_name}"),
        "tckn_sealed": vault.seal(tckn, "tckn"),
        "tckn_hash": vault.lookup(tckn, "tckn"),
        "tckn_masked": masked(tckn),
        "institution_id": new.institution_id,
        "address": new.address,
        "email": new.email,
        "phone": new.phone,
        "created_at": now,
    }
    statement = insert(Person).values(row).on_conflict_do_nothing().returning(Person.id)
    entered = connection.execute(statement).scalar_one_or_none()
    # Nothing comes back for a row that is there already, or that another transaction enters now.
    if entered is not None:
        return entered
    known = select(Person.id).where(Person.tckn_hash == row["tckn_hash"])
    return connection.execute(known).scalar_one()


def enter_institution(
    connection: Connection, code: str, name: str, parent_code: str | None = None
) -> int:
    """Enter an institution below its parent unless the code is known, and return the id; Invalid.

    A parent that is not known is an error: the tree grows from the top.
    """
    code = clean_code(code)
    known = find_institution(connection, code)
    if known is not None:
        return known.id
    parent = find_institution(connection, parent_code) if parent_code else None
    if parent_code and parent is None:
        raise no_parent(parent_code)
    statement = insert(Institution).values(
        code=code,
        name=normal(name),
        sort_key=sort_key(name),
        parent_id=parent.id if parent else None,
        path=f"{parent.path if parent else '/'}{code}/",
    )
    return connection.execute(statement.returning(Institution.id)).scalar_one()


def no_parent(code: str) -> Invalid:
    """Return the refusal of an institution whose parent is not known."""
    return Invalid("institution.parent", parent=code)


def refuse_closed(closed_on: date | None) -> None:
    """Raise Invalid for an institution that was closed on a day: nobody is entered there."""
    if closed_on is not None:
        raise Invalid("institution.closed", closed_on=closed_on)


def find_institution(connection: Connection, code: str) -> Institution | None:
    """Return the institution of a code, detached, or None."""
    statement = select(Institution.__table__).where(Institution.code == code)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else Institution(**row)


def enter_user(  # noqa: PLR0913 - one argument for each column of an account
    connection: Connection,
    name: str,
    roles: list[str],
    now: datetime,
    *,
    person_id: int | None = None,
    institution_id: int | None = None,
    subject: str | None = None,
) -> int:
    """Enter an account unless its ``subject`` is known, and return the id."""
    if subject is not None:
        known = connection.execute(select(User.id).where(User.subject == subject))
        found = known.scalar_one_or_none()
        if found is not None:
            return found
    statement = insert(User).values(
        name=normal(name),
        sort_key=sort_key(name),
        roles=roles,
        person_id=person_id,
        institution_id=institution_id,
        subject=subject,
        created_at=now,
    )
    return connection.execute(statement.returning(User.id)).scalar_one()
