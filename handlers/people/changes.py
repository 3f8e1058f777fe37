"""Changing what is known of a person or an institution: at the desk, by a document.

An application form, a certificate and an approval keep what they were made with: whoever's name
has changed gets a new certificate by an application for a change of data, and the office holds the
one with the old name from then on. The log holds keyed
marks of the values before and after instead of the values themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from handlers.applications.form import LONGEST_ADDRESS
from handlers.applications.recheck import wake_changed
from handlers.kit import notes
from handlers.kit.roles import REGISTRARS
from handlers.people.contact_wish import NAMES, ContactWish
from handlers.people.register import (
    clean_code,
    clean_contact,
    clean_name,
    find_institution,
    refuse_closed,
    refuse_long,
)
from states.cases.contact_change import OPEN, ContactChange
from states.kit.invalid import Invalid
from states.kit.text import normal, sort_key
from states.people.change import DataChange
from states.people.institution import Institution
from states.people.person import Person
from states.people.tckn import mask_all
from states.people.telephone import same_number
from workflow.model.definition import Text
from workflow.model.entry import storable
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from states.kit.vault import Vault
    from workflow.engine.transaction import Work
    from workflow.model.actor import Actor

DESK, OWN = "desk", "own"
"""Where a change came from: an officer at the desk, the person themself."""

PROOFS = {
    "identity_card": Text("Kimlik kartı", "Identity card"),
    "register_extract": Text("Nüfus kayıt örneği", "Extract of the civil register"),
    "court_order": Text("Mahkeme kararı", "Court order"),
    "employment_letter": Text("Kurum yazısı", "Letter of the institution"),
    "petition": Text("İmzalı dilekçe", "Signed petition"),
}
"""What may be shown for a change."""

OF_NAMES = ("identity_card", "register_extract", "court_order")
"""What proves a name: what the state itself has written."""

PERSON = {
    "given_name": Text("Ad", "Given name"),
    "surname": Text("Soyad", "Surname"),
    "email": Text("E-posta", "E-mail"),
    "phone": Text("Telefon", "Telephone"),
    "address": Text("Adres", "Address"),
    "institution": Text("Kurum", "Institution"),
}
INSTITUTION = {"name": Text("Kurumun adı", "Name of the institution")}

LONGEST = 200
"""Letters of the number of a document, of the place of its copy, and of an institution's name."""

LONGEST_REASON = 500
_MARK = 16


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """The document that was shown: its kind, its own number, and where its copy is kept."""

    kind: str
    number: str
    copy_at: str


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What an officer wants changed: all values as they shall be, the mark of those shown, why."""

    values: Mapping[str, str]
    seen: str
    proof: DocumentShown
    reason: str


@dataclass(frozen=True, slots=True)
class DataChanged:
    """What an officer's change did: fields that are different now, and the change of a name.

    ``proposal`` is the case that waits for a second officer; None where no name was to change.
    """

    fields: list[str]
    proposal: int | None = None


@dataclass(frozen=True, slots=True)
class NameOfPerson:
    """A person and the name, given name and surname, that this person shall bear."""

    person_id: int
    name: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class InstitutionMove:
    """A move from one institution (or none) to another, and the list that brought it."""

    before: int | None
    after: int
    source: str


def mark(vault: Vault, value: object) -> str:
    """Return what a value is recognised by without being told: 16 hex digits of a keyed hash."""
    return vault.lookup(normal(str(value or "")), "data").hex()[:_MARK]


def known_of(connection: Connection, person_id: int) -> dict[str, str] | None:
    """Return what is known of a person, the institution by its code; None of one who is erased."""
    columns = [Person.given_name, Person.surname, Person.email, Person.phone, Person.address]
    query = (
        select(*columns, Institution.code.label("institution"))
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Person.id == person_id, Person.erased_at.is_(None))
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else {name: value or "" for name, value in found.items()}


def view_of(vault: Vault, known: Mapping[str, str]) -> str:
    """Return the mark of everything that a page shows, by which a late change is noticed."""
    return mark(vault, "\n".join(f"{name}={known[name]}" for name in sorted(known)))


def change_person(
    engine: CaseEngine, person_id: int, actor: Actor, wish: PersonChange
) -> DataChanged:
    """Change the data of a person by a document, but for the name, which is proposed.

    Invalid for what is not to be had: one's own data, a value or a proof that is none, a page that
    shows what is no longer so, a second proposal beside an open one. Nothing is written then.
    """
    hand = notes.at_desk(engine, actor, "change_data", REGISTRARS)
    if actor.person_id == person_id:
        raise Invalid("data.own")
    vault = engine.services.vault
    with engine.together() as work:
        connection = work.connection
        person = select(Person.id).where(Person.id == person_id)
        # FOR NO KEY UPDATE: whoever files a case meanwhile may go on to refer to this row.
        connection.execute(person.with_for_update(key_share=True))
        known = known_of(connection, person_id)
        if known is None:
            raise Invalid("data.unknown")
        _refuse_stale(vault, known, wish)
        wanted = _clean_person(wish.values, known)
        changed = [name for name in PERSON if wanted[name] != known[name]]
        if not changed:
            return DataChanged([])
        _judge(changed, wish)
        fields = [name for name in changed if name not in NAMES]
        if fields:
            kept = {name: known[name] for name in NAMES}
            write_person(connection, person_id, {**wanted, **kept}, known["institution"])
            if set(fields) - {"address"}:
                wake_changed(engine, connection, hand.at, person_id)
            marks = {name: (known[name], wanted[name]) for name in fields}
            values = logged(marked(vault, marks), wish.proof, wish.reason)
            keep(connection, hand.actor, hand.at, DESK, {**values, "person_id": person_id})
        proposal = None
        if fields != changed:
            name = {part: wanted[part] for part in NAMES}
            proposal = _propose_name(work, vault, NameOfPerson(person_id, name), actor, wish)
    return DataChanged(fields, proposal)


def _propose_name(
    work: Work, vault: Vault, named: NameOfPerson, actor: Actor, wish: PersonChange
) -> int:
    """Open the case by which a second officer decides about a name; Invalid beside an open one."""
    under_way = select(ContactChange.id).where(
        ContactChange.person_id == named.person_id, ContactChange.field == "name",
        ContactChange.state.in_(OPEN),
    )  # fmt: skip
    if work.connection.execute(under_way).first() is not None:
        raise Invalid("name.under_way")
    shown = logged({}, wish.proof, wish.reason)
    proof = shown["proof"]
    if not isinstance(proof, dict):  # pragma: no cover - `logged` makes one
        raise TypeError(proof)
    values = {
        "person_id": named.person_id,
        "field": "name",
        "sealed": ContactWish(named.name).seal(vault),
        "proof": {**proof, "reason": shown["reason"]},
    }
    reason = str(shown["reason"])
    definition = work.engine.library.workflow("contact_change")
    return work.open(definition, values, Request("propose", actor, reason=reason)).case_id


def rename_institution(engine: CaseEngine, code: str, actor: Actor, wish: PersonChange) -> bool:
    """Give an institution another name by a document; say whether it is another. Invalid."""
    hand = notes.at_desk(engine, actor, "change_data", REGISTRARS)
    vault = engine.services.vault
    with engine.database.begin() as connection:
        known = find_institution(connection, code)
        if known is None:
            raise Invalid("institution.unknown")
        _refuse_stale(vault, {"name": known.name}, wish)
        name = normal(storable(wish.values["name"]))
        # What is called so already needs no document.
        if name == known.name:
            return False
        if not 0 < len(name) <= LONGEST:
            raise Invalid("name.form", longest=LONGEST)
        _judge(["name"], wish)
        renamed = update(Institution).where(Institution.id == known.id)
        connection.execute(renamed.values(name=name, sort_key=sort_key(name)))
        values = logged(marked(vault, {"name": (known.name, name)}), wish.proof, wish.reason)
        keep(connection, hand.actor, hand.at, DESK, {**values, "institution_id": known.id})
    return True


def move_person(
    engine: CaseEngine, connection: Connection, actor: Actor, person_id: int, move: InstitutionMove
) -> None:
    """Move a person to another institution as a list says, and keep that it did."""
    vault, now = engine.services.vault, engine.clock.now()
    moved = update(Person).where(Person.id == person_id).values(institution_id=move.after)
    connection.execute(moved)
    marks = [mark(vault, move.before), mark(vault, move.after)]
    values = {"person_id": person_id, "marks": {"institution": marks}}
    keep(connection, actor.name, now, move.source, values)
    wake_changed(engine, connection, now, person_id)


def _refuse_stale(vault: Vault, known: Mapping[str, str], wish: PersonChange) -> None:
    if view_of(vault, known) != wish.seen:
        raise Invalid("data.stale")


def _clean_person(values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the values as they are kept; Invalid names the first that is none.

    What stays is no change and is not judged, however it was written when it was entered: older
    rules took other values, and who corrects one of them need not know the others.
    """
    given = {name: normal(storable(values[name])) for name in PERSON}
    wanted = {
        name: known[name] if _stays(name, value, known[name]) else _clean(name, value)
        for name, value in given.items()
    }
    if any(wanted[name] != known[name] for name in NAMES):
        refuse_long(*(wanted[name] for name in NAMES))
    return wanted


def _stays(name: str, given: str, known: str) -> bool:
    return given == normal(known) or (name == "phone" and same_number(given, known))


def _clean(name: str, given: str) -> str:
    """Return a value that is another than the known one, as it is kept; Invalid for none."""
    if name in NAMES:
        return clean_name(given, name)
    if name in {"email", "phone"}:
        return clean_contact(given, name) or ""
    if name == "address" and len(given) > LONGEST_ADDRESS:
        raise Invalid("address.long", longest=LONGEST_ADDRESS)
    return clean_code(given) if name == "institution" and given else given


def _judge(changed: list[str], wish: PersonChange) -> None:
    """Refuse a change without a document that proves it, or without a reason."""
    proof = wish.proof
    if proof.kind not in PROOFS:
        raise Invalid("proof.kind")
    if not {"given_name", "surname"}.isdisjoint(changed) and proof.kind not in OF_NAMES:
        raise Invalid("proof.name")
    judge_proof(proof, wish.reason)


def judge_proof(proof: DocumentShown, reason: str) -> None:
    """Raise Invalid for a document without number or place of its copy, or without a reason."""
    for text in (proof.number, proof.copy_at):
        if not 0 < len(normal(text)) <= LONGEST:
            raise Invalid("proof.missing")
    if not 0 < len(normal(reason)) <= LONGEST_REASON:
        raise Invalid("reason.missing", longest=LONGEST_REASON)


def write_person(
    connection: Connection, person_id: int, wanted: Mapping[str, str], before: str
) -> None:
    """Write all that is known of a person, as it is kept; ``before`` is the institution's code."""
    code = wanted["institution"]
    place = find_institution(connection, code) if code else None
    if code and place is None:
        raise Invalid("institution.unknown")
    if place is not None and code != before:
        refuse_closed(place.closed_on)
    values = {
        "given_name": wanted["given_name"],
        "surname": wanted["surname"],
        "sort_key": sort_key(f"{wanted['surname']} {wanted['given_name']}"),
        "email": wanted["email"] or None,
        "phone": wanted["phone"] or None,
        "address": wanted["address"] or None,
        "institution_id": place.id if place else None,
    }
    connection.execute(update(Person).where(Person.id == person_id).values(values))


def marked(vault: Vault, values: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Return the marks of each value before and after."""
    return {name: [mark(vault, one) for one in pair] for name, pair in values.items()}


def logged(marks: Mapping[str, list[str]], proof: DocumentShown, reason: str) -> dict[str, object]:
    """Return what a line of the log says of a change by a document; no TCKN stands in it."""
    return {
        "marks": dict(marks),
        "proof": {
            "kind": proof.kind,
            "number": mask_all(normal(storable(proof.number))),
            "copy_at": mask_all(normal(storable(proof.copy_at))),
        },
        "reason": mask_all(normal(storable(reason))),
    }


def keep(
    connection: Connection, actor: str, now: datetime, source: str, values: Mapping[str, object]
) -> None:
    """Write one line of the log."""
    line = {"at": now, "actor": actor, "source": source, **values}
    connection.execute(insert(DataChange).values(line))


def changes_of(connection: Connection, person_id: int) -> list[DataChange]:
    """Return the changes of a person, newest first, detached."""
    table = DataChange.__table__
    query = select(table).where(table.c.person_id == person_id).order_by(table.c.id.desc())
    return [DataChange(**row) for row in connection.execute(query).mappings()]
