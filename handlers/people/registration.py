"""Whoever is on no staff list asks to be known here, or is entered at the desk.

A request comes from somebody whose identity number the gateway has proved; an officer accepts or
refuses it. At the desk an officer enters whose identity document they have seen. Both are moves of
the workflow ``registration``. What a request says of somebody is wiped with its decision: accepted,
it stands with the person; refused or forgotten, nowhere (law 6698, article 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.applications.form import LONGEST_ADDRESS
from handlers.kit import rows
from handlers.kit.payload import MovePayload, checked, written
from handlers.people.register import (
    NewPerson,
    clean_code,
    clean_contact,
    clean_name,
    enter_person,
    find_institution,
    find_person,
    refuse_closed,
    refuse_long,
)
from states.cases.requests.registration import Registration
from states.kit.invalid import Invalid
from states.kit.text import normal
from states.people.institution import Institution
from states.people.person import Person
from states.people.tckn import mask_all, masked, parse
from workflow.model.entry import storable
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from states.kit.vault import Vault
    from workflow.model.context import Payload
    from workflow.model.verdict import Verdict

SHOWN = ("identity_card", "passport", "driving_licence")
"""What identity is shown by at the desk."""

LONGEST = 60
"""Characters of the number of a document and of the place of its copy."""


@dataclass(frozen=True, slots=True)
class IdentityShown(MovePayload):
    """The identity document that was seen at the desk, and where its copy is."""

    shown: str
    number: str
    copy_at: str

    @classmethod
    def of(cls, payload: Payload) -> IdentityShown | None:
        """Return what a move brings; None where it is not whole."""
        shown, number, copy_at = (written(payload, one) for one in ("shown", "number", "copy_at"))
        if shown not in SHOWN or not number or not copy_at:
            return None
        if max(len(number), len(copy_at)) > LONGEST:
            return None
        return cls(shown, number, copy_at)


@dataclass(frozen=True, slots=True)
class RegistrationWish:
    """Who somebody is, by their proof, and how they want to be reached, as typed."""

    tckn: str
    given_name: str
    surname: str
    institution: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        """Show the masked number only."""
        return f"RegistrationWish({masked(self.tckn)})"


def values_of(connection: Connection, vault: Vault, wish: RegistrationWish) -> Mapping[str, object]:
    """Return the columns of a new request; Invalid for what cannot be kept.

    An e-mail address or a telephone number is needed, for the office has to tell the outcome.
    """
    number = parse(wish.tckn)
    given_name, surname = (
        clean_name(wish.given_name, "given_name"),
        clean_name(wish.surname, "surname"),
    )
    refuse_long(given_name, surname)
    address = normal(storable(wish.address))
    if len(address) > LONGEST_ADDRESS:
        raise Invalid("address.long", longest=LONGEST_ADDRESS)
    email, phone = clean_contact(wish.email, "email"), clean_contact(wish.phone, "phone")
    if not email and not phone:
        raise Invalid("contact.missing")
    return {
        "institution_id": _institution(connection, wish.institution),
        "tckn_hash": vault.lookup(number, "tckn"), "tckn_sealed": vault.seal(number, "tckn"),
        "tckn_masked": masked(number), "given_name": given_name, "surname": surname,
        "address": address or None, "email": email, "phone": phone,
    }  # fmt: skip


def _institution(connection: Connection, typed: str) -> int | None:
    if not normal(typed):
        return None
    found = find_institution(connection, clean_code(typed))
    if found is None:
        raise Invalid("institution.unknown")
    refuse_closed(found.closed_on)
    return found.id


def newest_of(connection: Connection, vault: Vault, tckn: str) -> Registration | None:
    """Return the newest request of an identity number, detached; None where there is none."""
    table = Registration.__table__
    query = select(table).where(table.c.tckn_hash == vault.lookup(tckn, "tckn"))
    row = connection.execute(query.order_by(table.c.id.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else Registration(**row)


@check
def sound(context: Context) -> Verdict:
    """Allow whom nobody knows yet, who waits for nothing else, for an institution that is open."""
    hashed = context.case["tckn_hash"]
    known = select(Person.id).where(Person.tckn_hash == hashed)
    if context.connection.execute(known).first() is not None:
        return deny("registration.known")
    waiting = select(Registration.id).where(
        Registration.tckn_hash == hashed,
        Registration.state == "requested",
        Registration.id != context.case_id,
    )
    if context.connection.execute(waiting).first() is not None:
        return deny("registration.waits")
    place = rows.optional_number(context.case, "institution_id")
    closed = place is not None and rows.fetch(context.connection, Institution, place).closed_on
    return deny("registration.closed") if closed else ALLOW


@check
def identified(context: Context) -> Verdict:
    """Allow an entry at the desk only with the identity document that was seen."""
    return ALLOW if IdentityShown.of(context.payload) else deny("registration.nothing_shown")


@action
def tell_shown(context: Context) -> None:
    """Keep which identity document was seen, and where its copy is."""
    shown = checked(IdentityShown.of(context.payload))
    context.note(
        shown=shown.shown,
        number=mask_all(normal(storable(shown.number))),
        copy_at=mask_all(normal(storable(shown.copy_at))),
    )


@action
def admit(context: Context) -> None:
    """Enter the person whom the request is about, and keep nothing of them beside."""
    case, vault = context.case, context.services.vault
    sealed = case["tckn_sealed"]
    if not isinstance(sealed, bytes):
        message = "a request that waits keeps the number that it is about"
        raise TypeError(message)
    tckn = vault.open(sealed, "tckn")
    person = NewPerson(
        tckn,
        rows.text(case, "given_name"),
        rows.text(case, "surname"),
        rows.optional_number(case, "institution_id"),
        rows.optional_text(case, "address"),
        rows.optional_text(case, "email"),
        rows.optional_text(case, "phone"),
    )
    entered = enter_person(context.connection, vault, person, context.now)
    context.note(person=entered)
    _wipe(context, person_id=entered, tckn_hash=None)


@action
def forget(context: Context) -> None:
    """Keep nothing of whoever was not accepted but what they are recognised by."""
    _wipe(context)


def _wipe(context: Context, **more: object) -> None:
    personal = ("tckn_sealed", "tckn_masked", "given_name", "surname", "address", "email", "phone")
    context.update(**dict.fromkeys(personal), **more)


def is_known(connection: Connection, vault: Vault, tckn: str) -> bool:
    """Say whether somebody of an identity number is known here."""
    return find_person(connection, vault, tckn) is not None
