"""The human behind an account: named by number and name, found or entered, never guessed.

An account of the house that belongs to nobody known can be kept apart from nothing: its holder may
be the applicant, or the one who has looked already. A coordinator decides nothing and needs none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.payload import MovePayload, written
from handlers.people.register import NewPerson, clean_name, enter_person, find_person
from states.kit.invalid import Invalid
from states.people.person import Person
from states.people.tckn import parse
from states.people.user import User, untied
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.context import Payload
    from workflow.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class NamedHuman(MovePayload):
    """The human whom a proposal names; kept nowhere but sealed.

    ``tckn`` is the identity number as typed, the names are as typed too.
    """

    tckn: str = field(repr=False)
    given_name: str
    surname: str

    @classmethod
    def of(cls, payload: Payload) -> NamedHuman | None:
        """Return what a move brings; None where it names nobody."""
        tckn = written(payload, "tckn")
        names = (written(payload, name) or "" for name in ("given_name", "surname"))
        return None if tckn is None else cls(tckn, *names)


def judged(context: Context) -> Verdict:
    """Allow a proposal whose human is known by now, or named soundly and is not the actor."""
    named = NamedHuman.of(context.payload)
    if named is not None:
        return _named(context, named)
    act, role = rows.text(context.case, "act"), rows.optional_text(context.case, "role")
    lacks = act == "tie" or (act != "close" and untied([role or ""], _of_case(context)))
    return deny("grants.person_missing") if lacks and _of_case(context) is None else ALLOW


def _named(context: Context, named: NamedHuman) -> Verdict:
    try:
        number = parse(named.tckn)
        given_name = clean_name(named.given_name, "given_name")
        surname = clean_name(named.surname, "surname")
    except Invalid as invalid:
        return deny("grants.person_unsound", fault=invalid.code)
    found = find_person(context.connection, context.services.vault, number)
    if found is None:
        return ALLOW
    if found == context.actor.person_id:
        return deny("grants.own_account")
    person = rows.fetch(context.connection, Person, found)
    same = (person.given_name, person.surname) == (given_name, surname)
    return ALLOW if same else deny("grants.other_name")


def person_of(context: Context) -> int | None:
    """Return the person that a judged proposal is about; None where nobody is, or none yet."""
    named = NamedHuman.of(context.payload)
    if named is None:
        return _of_case(context)
    return find_person(context.connection, context.services.vault, parse(named.tckn))


def keep(context: Context) -> None:
    """Enter the human that a proposal names, unless known, and tie the proposal to them."""
    named = NamedHuman.of(context.payload)
    if named is None:
        return
    new = NewPerson(named.tckn, named.given_name, named.surname, None, None, None)
    vault = context.services.vault
    context.update(person_id=enter_person(context.connection, vault, new, context.now))


def has_another(connection: Connection, person_id: int | None, user_id: object) -> bool:
    """Say whether a human has an open account beside the one of a number."""
    if person_id is None:
        return False
    others = select(User.id).where(User.person_id == person_id, User.active, User.id != user_id)
    return connection.execute(others.limit(1)).first() is not None


def _of_case(context: Context) -> int | None:
    return rows.optional_number(context.case, "person_id")
