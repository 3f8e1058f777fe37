"""An identity number that somebody types into a move stays out of what cannot be taken back."""

from __future__ import annotations

import ast
from dataclasses import fields
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import pytest

import handlers
from handlers.kit.payload import MovePayload
from handlers.people import changes, registration
from handlers.people.registration import IdentityShown, RegistrationWish
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.shipment import Shipment
from states.logs.journal import JournalEntry, RefusedAttempt
from states.people.change import DataChange
from tests.handlers.applications.test_paper import FORM, IDENTITY, register
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.typed import SOON, typed
from tests.kit.handlers.world import AYSE, ISMAIL, World, officer, operator
from workflow.engine.masking import masked
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPACED = "100 000 001 46"
"""The same number as people write it."""

HANDED_IN = {
    "der": "bytes", "learnt": "an object", "submission": "an object", "consent": "a key",
    "handed_at": "a moment", "revoked_at": "a moment", "dated": "a day",
    "ends_on": "a day", "revoked_on": "a day",
    "secret_hash": "a hash", "verification_code": "compared only", "view": "compared only",
    "form": "compared only", "shown": "one of a list", "handed_to": "one of a list",
    "asked_by": "one of a list", "recognised": "one of a list", "status": "one of a list",
    "method": "one of a list", "how": "one of a list", "browser": "compared only",
    "checked": "yes or no", "card_kept": "yes or no", "chain": "bytes",
    "address": "where a card goes; never noted",
    "card_id": "a number", "cards": "a number", "handover_id": "a number",
    "parcel_id": "a number", "person_id": "a number",
    "code": "compared only", "tckn": "sealed", "action": "numbers", "info": "numbers",
    "given_name": "a name, kept with the person", "surname": "a name",
    "answer": "refused where a number stands in it; the journal holds its hash",
}  # fmt: skip
"""Fields of payloads into which nobody writes his own words, and what they are."""


def _payload_fields() -> Iterator[str]:
    """Yield the fields of the payloads of moves: of their dataclasses, or read by name in one."""
    modules = [one.name for one in walk_packages(handlers.__path__, "handlers.")]
    for one in map(import_module, modules):
        yield from (
            field.name
            for kind in vars(one).values()
            if isinstance(kind, type) and issubclass(kind, MovePayload)
            for field in fields(kind)
        )
    for tree in _trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    ast.Attribute(ast.Name("payload"), "get"), [ast.Constant(str(name)), *_]
                ):
                    yield name
                case ast.Call(_, [ast.Name("payload"), ast.Constant(str(name)), *_]):
                    yield name


def _trees() -> list[ast.Module]:
    paths = sorted(Path(handlers.__path__[0]).rglob("*.py"))
    return [ast.parse(path.read_text("utf-8")) for path in paths]


def test_no_handler_takes_a_field_out_of_a_payload_but_through_its_dataclass() -> None:
    nodes = [node for tree in _trees() for node in ast.walk(tree)]
    uses = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == "payload"]
    read = [
        node.args[0]
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "of"
        and len(node.args) == 1
    ]
    uses = [
        node for node in uses if isinstance(node.value, ast.Name) and node.value.id == "context"
    ]
    assert len(uses) > 20
    assert [node for node in uses if node not in read] == []


def _couriered(world: World) -> int:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    world.engine.fire(case, "note_booking", operator(), {"tracking_number": f" {AYSE}"})
    world.engine.fire(case, "hand_to_courier", operator(), {"tracking_number": AYSE})
    return case


def _deliver(world: World) -> None:
    case = _couriered(world)
    said = {"shown_number": AYSE, "handed_by": f"Kurye {SPACED}"}
    world.engine.fire(case, "deliver", operator(8), world.handed_over() | said)
    assert world.read(Application, case).delivery is not None


def _recall(world: World) -> None:
    case = _couriered(world)
    row = "INSERT INTO shipment (key, case_id, tracking_number, booked_at) VALUES"
    world.write(f"{row} ('k', :case, :number, now())", case=case, number=AYSE)
    world.engine.fire(case, "recall", officer(), reason=f"wrong_address: {SPACED}")
    world.run_effects("courier.call_back")
    # What the journal masks, the courier is told whole: he knows the parcel by it.
    assert world.all(Shipment, key="k")[0].recalled_at is not None


def _paper(world: World) -> None:
    me = world.person()
    case = world.file(me, "renewal", world.certificate(me, SOON))
    world.choose(case, me, "wet_signature")
    number, place = {"number": AYSE}, {"copy_at": f"dolap {SPACED}"}
    register(world, case, [FORM | number | place, IDENTITY | number | place])
    how = {"how": f"karşılaştırıldı {AYSE}"}
    approve_paper(world, case, officer(2), **how, reason=f"gördüm {AYSE}")


def _letter(world: World) -> None:
    case = typed(world, world.person()).certificate_id
    told = {"number": f"E-{AYSE}", "dated": date(2026, 3, 1)}
    seen = told | {"issuer": f"Kuruluş {SPACED}", "ends_on": SOON}
    world.engine.fire(case, "confirm_seen", officer(), seen)
    gone = told | {"revoked_on": date(2026, 3, 1)}
    world.engine.fire(case, "learn_revoked", officer(), gone, reason=AYSE)
    assert world.read(Certificate, case).seen_proof is not None


def _change(world: World) -> None:
    me = world.person()
    with world.engine.database.connect() as connection:
        known = changes.known_of(connection, me)
    assert known is not None
    proof = changes.DocumentShown("petition", f"E {AYSE}", f"dolap {SPACED}")
    seen = changes.view_of(world.services.vault, known)
    wish = changes.PersonChange({**known, "email": "b@ornek.invalid"}, seen, proof, f"No {AYSE}")
    assert changes.change_person(world.engine, me, officer(), wish).fields == ["email"]


def _unknown(world: World) -> None:
    case = world.file(world.person(), "first")
    for trigger, reason in ((AYSE, None), ("cancel_by_office", None), ("reject", SPACED)):
        with pytest.raises(Refused):
            world.engine.fire(case, trigger, officer(), reason=reason)


def _enter(world: World) -> None:
    wish = RegistrationWish(ISMAIL, "İsmail", "Iraksak", phone="0532 123 45 67")
    with world.engine.database.connect() as connection:
        values = registration.values_of(connection, world.engine.services.vault, wish)
    shown = IdentityShown("identity_card", AYSE, SPACED).payload()
    world.engine.open("registration", "enter", officer(), values, shown)


TYPED: dict[str, tuple[set[str], Callable[[World], None]]] = {
    "a delivery": ({"tracking_number", "shown_number", "handed_by"}, _deliver),
    "a parcel that is called back": ({"tracking_number"}, _recall),
    "paper": ({"documents", "how"}, _paper),
    "a letter of an authority": ({"number", "issuer"}, _letter),
    "a change of data": (set(), _change),
    "an identity document at the desk": ({"number", "copy_at"}, _enter),
    "a move that is refused": (set(), _unknown),
}
"""Where people write their own words, by which fields, and a way on which each is a number."""


def test_every_field_of_a_payload_is_known_to_hold_own_words_or_none() -> None:
    """A new one is told here: into ``TYPED`` with a way through it, or what else it is."""
    found = set(_payload_fields())
    written = {name for fields, _ in TYPED.values() for name in fields}
    assert found <= written | HANDED_IN.keys()
    assert written <= found
    assert HANDED_IN.keys() <= found


@pytest.mark.parametrize("what", TYPED)
def test_a_number_that_is_typed_is_nowhere_kept_for_ever(world: World, what: str) -> None:
    TYPED[what][1](world)
    kept = _kept(world)
    assert AYSE not in kept
    assert SPACED not in kept
    assert "100******46" in kept


def test_a_hash_is_no_number_whatever_digits_it_has() -> None:
    digest = f"a{AYSE}b".ljust(64, "0")
    assert masked({"sha256": digest, "said": f"a{AYSE}b", "n": int(AYSE)}) == {
        "sha256": digest,
        "said": "a100******46b",
        "n": int(AYSE),
    }


def _kept(world: World) -> str:
    """Return all that the journals and the lists of what was shown hold, as one text."""
    # As tuples: a row cuts what is long when it is shown.
    tables = (JournalEntry, RefusedAttempt, DataChange)
    lasting = [tuple(row) for table in tables for row in world.all(table)]
    applications = [(row.paper, row.delivery) for row in world.all(Application)]
    certificates = [
        (row.issuer, row.seen_proof, row.revocation_reason) for row in world.all(Certificate)
    ]
    return repr((lasting, applications, certificates))
