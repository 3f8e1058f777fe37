"""The human behind an account: named by number and name, found or entered, never guessed.

An account of the house that belongs to nobody known can be kept apart from nothing: its holder may
be the applicant, or the one who has looked already. A coordinator decides nothing and needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import rows
from handlers.people.register import NewPerson, clean_name, enter_person, find_person
from states.kit.invalid import Invalid
from states.people.person import Person
from states.people.tckn import parse
from states.people.user import User, untied
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from states.kit.vault import Vault
    from workflow.model.verdict import Verdict

FIELDS = ("tckn", "given_name", "surname")
"""What a proposal that names a human carries beside its case; it is kept nowhere but sealed."""


def judged(context: Context) -> Verdict:
    """Allow a proposal whose human is known by now, or named soundly and is not the actor."""
    if context.payload.get("tckn") is not None:
        return _named(context)
    act, role = rows.text(context.case, "act"), rows.optional_text(context.case, "role")
    lacks = act == "tie" or (act != "close" and untied([role or ""], _of_case(context)))
    return deny("grants.person_missing") if lacks and _of_case(context) is None else ALLOW


def _named(context: Context) -> Verdict:
    tckn, *names = (str(context.payload.get(field, "")) for field in FIELDS)
    try:
        number = parse(tckn)
        given_name, surname = map(clean_name, names, FIELDS[1:])
    except Invalid as invalid:
        return deny("grants.person_unsound", fault=invalid.code)
    found = find_person(context.connection, _vault(context), number)
    if found is None:
        return ALLOW
    if found == context.actor.person_id:
        return deny("grants.own_account")
    person = rows.fetch(context.connection, Person, found)
    same = (person.given_name, person.surname) == (given_name, surname)
    return ALLOW if same else deny("grants.other_name")


def person_of(context: Context) -> int | None:
    """Return the person that a judged proposal is about; None where nobody is, or none yet."""
    tckn = context.payload.get("tckn")
    if tckn is None:
        return _of_case(context)
    return find_person(context.connection, _vault(context), parse(str(tckn)))


def keep(context: Context) -> None:
    """Enter the human that a proposal names, unless known, and tie the proposal to them."""
    if context.payload.get("tckn") is None:
        return
    tckn, given_name, surname = (str(context.payload[field]) for field in FIELDS)
    new = NewPerson(tckn, given_name, surname, None, None, None)
    vault = _vault(context)
    context.update(person_id=enter_person(context.connection, vault, new, context.now))


def has_another(connection: Connection, person_id: int | None, user_id: object) -> bool:
    """Say whether a human has an open account beside the one of a number."""
    if person_id is None:
        return False
    others = select(User.id).where(User.person_id == person_id, User.active, User.id != user_id)
    return connection.execute(others.limit(1)).first() is not None


def _of_case(context: Context) -> int | None:
    return rows.optional_number(context.case, "person_id")


def _vault(context: Context) -> Vault:
    # Whoever only lists accounts loads this file, and needs neither tokens nor signatures for it.
    return context.services.vault
