"""``nes keys``: what it prints, and that values no key opens end it with 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.person import Person
from states.vault import Vault
from tests.handlers.world import AYSE
from tests.web.test_cli import Terminal, terminal

if TYPE_CHECKING:
    from tests.handlers.world import World

__all__ = ["terminal"]

NEW, OLD, LOOK_UP = b"n" * 32, b"s" * 32, b"m" * 32


def exchanged(terminal: Terminal) -> Terminal:
    """Return the terminal of a site whose keys have been exchanged."""
    keys = {"NES_PERSONAL_KEY": NEW.hex(), "NES_PERSONAL_KEY_OLD": OLD.hex()}
    return Terminal({**terminal.environment, **keys, "NES_LOOKUP_KEY": LOOK_UP.hex()})


def test_an_exchange_is_told_in_numbers_and_the_old_key_can_go(
    world: World,
    terminal: Terminal,
) -> None:
    world.person()
    site = exchanged(terminal)
    said = site.run("keys", "reseal", "--batch", "1").stdout
    assert "person.tckn_sealed: 1 looked at, 1 sealed anew, 0 that no key opens" in said
    assert site.json("keys", "reseal")[0] == {
        "column": "person.tckn_sealed", "looked_at": 1, "renewed": 0, "closed": 0,
    }  # fmt: skip
    assert site.run("keys", "rehash").stdout == "person.tckn_hash: 1 looked at, 1 made anew\n"
    assert site.json("keys", "rehash")["renewed"] == 0
    (person,) = world.all(Person)
    after = Vault(NEW, LOOK_UP)
    assert after.open(person.tckn_sealed, "tckn") == AYSE
    assert bytes(person.tckn_hash) == after.lookup(AYSE, "tckn")


def test_values_of_a_key_that_is_not_there_end_it_with_one_sentence(
    world: World,
    terminal: Terminal,
) -> None:
    world.person()
    keys = {"NES_PERSONAL_KEY": NEW.hex(), "NES_PERSONAL_KEY_OLD": LOOK_UP.hex()}
    site = Terminal({**terminal.environment, **keys})
    assert "1 values open with neither key" in site.run("keys", "reseal", code=1).stderr
    assert "no hash was changed" in site.refused("keys", "rehash")
    (person,) = world.all(Person)
    assert Vault(OLD, LOOK_UP).open(person.tckn_sealed, "tckn") == AYSE
