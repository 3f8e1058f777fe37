"""The keys of personal data are exchanged: in batches, again after a stop, never half."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from handlers.lists import uploads
from handlers.lists.sample import as_csv, sample_rows
from handlers.lists.staff_list import COLUMNS, from_table
from handlers.papers.sandbox import tables
from handlers.people import registration
from handlers.people.registration import RegistrationWish
from handlers.upkeep import keys
from states.cases.card import Card
from states.cases.requests.registration import Registration
from states.kit.vault import Vault, VaultClosed
from states.logs.access import AccessEntry
from states.papers.upload import StaffUploadRow
from states.people.person import Person
from tests.kit.handlers.world import AYSE, ISMAIL
from workflow.model.actor import system

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

BEFORE = Vault(b"s" * 32, b"l" * 32)
"""The vault of the world."""

AFTER = Vault(b"n" * 32, b"l" * 32, former_key=b"s" * 32)
WHO = system("terminal")
THIRD = "10000000214"
"""The number of somebody who asks to be registered."""

COLUMNS_RENEWED = (
    "person.tckn_sealed 2/2", "card.pin_sealed 2/2", "card.so_pin_sealed 3/3",
    "staff_upload_row.content 1/1", "contact_change.sealed 0/0", "notice.to_sealed 0/0",
    "registration.tckn_sealed 1/1",
)  # fmt: skip


def fill(world: World, cards: int = 3) -> None:
    """Enter two persons and some cards; every second card has no first PIN any more."""
    world.person()
    world.person(ISMAIL, name="İsmail", surname="Iraksak")
    rows = [
        {"serial": f"T{n}", "maker": "TEST", "status": "made", "created_at": world.clock.now(),
         "pin_sealed": None if n % 2 else BEFORE.seal(f"10000{n}", "pin"),
         "so_pin_sealed": BEFORE.seal(f"2000000{n}", "pin")}
        for n in range(cards)
    ]  # fmt: skip
    with world.engine.database.begin() as connection:
        connection.execute(insert(Card), rows)
    _hand_in(world)
    _ask(world)


def _ask(world: World) -> None:
    """Ask to be registered, which nobody has decided yet."""
    wish = RegistrationWish(THIRD, "Ömer", "Örnek", "", "", "o@ornek.invalid")
    with world.engine.database.connect() as connection:
        values = registration.values_of(connection, BEFORE, wish)
    world.engine.open("registration", "request", system("gateway"), values)


def _hand_in(world: World) -> None:
    """Keep a list of one person, whose row waits to be entered, and of one that was not read."""
    content = as_csv([*sample_rows(world.clock.now().date(), 1), dict.fromkeys(COLUMNS, "x")])
    staff = from_table(tables.read(content, "9"))
    uploads.keep(world.engine, uploads.Handed("a.csv", content, WHO, "/TEST/"), staff)


def reseal(world: World, vault: Vault = AFTER, size: int = 2) -> list[keys.Progress]:
    """Seal everything anew and return what was said."""
    return list(keys.reseal(world.engine.database, vault, WHO, world.clock.now(), size))


def opened(world: World, vault: Vault) -> list[str]:
    """Open everything that is sealed."""
    numbers = [vault.open(row.tckn_sealed, "tckn") for row in world.all(Person)]
    pins = [
        vault.open(sealed, "pin")
        for row in world.all(Card)
        for sealed in (row.pin_sealed, row.so_pin_sealed)
        if sealed is not None
    ]
    lists = [
        vault.open(row.content, uploads.SEALED)
        for row in world.all(StaffUploadRow)
        if row.content is not None
    ]
    asked = [vault.open(row.tckn_sealed or b"", "tckn") for row in world.all(Registration)]
    return [*numbers, *sorted(pins), *lists, *asked]


def last(said: list[keys.Progress]) -> dict[str, tuple[int, int, int]]:
    """Return what was said last of each column."""
    return {step.column: (step.looked_at, step.renewed, step.closed) for step in said}


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_everything_sealed_opens_with_the_new_key_alone_afterwards(world: World, size: int) -> None:
    fill(world)
    whole = opened(world, BEFORE)
    said = reseal(world, size=size)
    assert last(said) == {
        "person.tckn_sealed": (2, 2, 0), "card.pin_sealed": (2, 2, 0),
        "card.so_pin_sealed": (3, 3, 0), "staff_upload_row.content": (1, 1, 0),
        "contact_change.sealed": (0, 0, 0), "notice.to_sealed": (0, 0, 0),
        "registration.tckn_sealed": (1, 1, 0),
    }  # fmt: skip
    new_alone = Vault(b"n" * 32, b"l" * 32)
    assert opened(world, new_alone) == whole
    assert whole[:2] == [AYSE, ISMAIL]
    with pytest.raises(VaultClosed):
        opened(world, BEFORE)


def test_a_batch_holds_so_many_rows_and_no_more(world: World) -> None:
    fill(world, cards=5)
    steps = [step.looked_at for step in reseal(world) if step.column == "card.so_pin_sealed"]
    assert steps == [2, 4, 5]


def test_what_was_stopped_goes_on_and_what_is_done_is_passed_over(world: World) -> None:
    fill(world)
    whole = opened(world, BEFORE)
    run = keys.reseal(world.engine.database, AFTER, WHO, world.clock.now(), 1)
    assert next(run).renewed == 1
    run.close()
    assert opened(world, AFTER) == whole
    kept = bytes(world.all(Person)[0].tckn_sealed)
    said = reseal(world)
    assert last(said)["person.tckn_sealed"] == (2, 1, 0)
    assert bytes(world.all(Person)[0].tckn_sealed) == kept
    assert {counts[1] for counts in last(reseal(world)).values()} == {0}


def test_a_value_that_no_key_opens_is_counted_and_left_as_it_is(world: World) -> None:
    fill(world)
    strange = Vault(b"x" * 32, b"l" * 32).seal("1", "pin")
    world.write("UPDATE card SET so_pin_sealed = :v WHERE serial = 'T1'", v=strange)
    assert last(reseal(world))["card.so_pin_sealed"] == (3, 2, 1)
    (card,) = [card for card in world.all(Card) if card.serial == "T1"]
    assert bytes(card.so_pin_sealed or b"") == strange


def test_beginning_and_end_of_an_exchange_stand_in_the_log_with_its_numbers(world: World) -> None:
    fill(world)
    reseal(world)
    keys.rehash(world.engine.database, AFTER, WHO, world.clock.now())
    lines = world.all(AccessEntry)
    assert [line.what for line in lines] == [
        "keys:reseal:begun",
        f"keys:reseal:{', '.join(COLUMNS_RENEWED)}",
        "keys:rehash:person.tckn_hash 0/3",
    ]
    assert {(line.actor, line.at) for line in lines} == {("system:terminal", world.clock.now())}


@pytest.mark.parametrize("size", [1, 2, 500])
def test_hashes_are_made_anew_under_the_new_look_up_key(world: World, size: int) -> None:
    fill(world)
    other = Vault(b"s" * 32, b"m" * 32)
    done = keys.rehash(world.engine.database, other, WHO, world.clock.now(), size)
    assert (done.looked_at, done.renewed, done.closed) == (3, 3, 0)
    hashes = [bytes(row.tckn_hash) for row in world.all(Person)]
    assert hashes == [other.lookup(number, "tckn") for number in (AYSE, ISMAIL)]
    (asked,) = world.all(Registration)
    assert asked.tckn_hash == other.lookup(THIRD, "tckn")
    again = keys.rehash(world.engine.database, other, WHO, world.clock.now(), size)
    assert (again.looked_at, again.renewed) == (3, 0)


def test_one_number_that_does_not_open_leaves_every_hash_as_it_was(world: World) -> None:
    fill(world)
    before = [bytes(row.tckn_hash) for row in world.all(Person)]
    strange = Vault(b"x" * 32, b"l" * 32).seal(ISMAIL, "tckn")
    world.write(
        "UPDATE person SET tckn_sealed = :v WHERE id = (SELECT max(id) FROM person)", v=strange
    )
    with pytest.raises(VaultClosed):
        keys.rehash(world.engine.database, Vault(b"s" * 32, b"m" * 32), WHO, world.clock.now(), 1)
    assert [bytes(row.tckn_hash) for row in world.all(Person)] == before
    assert world.all(AccessEntry) == []
