"""``nes keys``: what it prints, and that values no key opens end it with 1."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.kit.own_keys import ROLE_IDS
from handlers.kit.services import AUTHORITY_LABEL
from handlers.people.register import enter_user
from signing.authority.demo import create
from signing.authority.seal import put
from signing.tokens.slots import TokenStore
from states.kit.settings import load_settings
from states.kit.vault import Vault
from states.people.person import Person
from tests.kit.handlers.world import AYSE
from tests.kit.ports import free_port
from tests.kit.signing import house as kit
from tests.kit.web.terminal import Terminal
from web.demo.seed import LAST

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

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


@pytest.fixture
def furnished(terminal: Terminal) -> Terminal:
    """Give the terminal of a house with an authority on its token."""
    settings = load_settings(terminal.environment)
    pin = settings.token_pin.get_secret_value()
    plan = replace(kit.plan(label=AUTHORITY_LABEL), so_pin=pin, pin=pin)
    create(TokenStore(settings.var / "tokens"), plan, put)
    return terminal


def test_the_keys_of_the_house_are_noted_proved_and_shown(furnished: Terminal) -> None:
    said = furnished.json("keys", "check")
    assert said.keys() == ROLE_IDS.keys()
    assert all(len(one["certificate"]) == len(one["key"]) == 64 for one in said.values())
    lines = furnished.run("keys", "check").stdout.splitlines()
    assert lines[1] == f"issuing    {said['issuing']['certificate']}"
    assert lines[-1] == "Every key is on the token and works."


def test_a_house_without_keys_says_so(terminal: Terminal) -> None:
    assert terminal.run("keys", "check").stdout == "This installation has no keys yet.\n"
    assert terminal.json("keys", "check") == {}


@pytest.mark.parametrize(
    "command",
    [
        ("worker",),
        ("web",),
        ("sweep",),
        ("keys", "check"),
        ("case", "new", "application", "--as", "system"),
        ("case", "fire", "1", "cancel", "--as", "system"),
    ],
)
def test_a_house_whose_keys_are_gone_starts_nothing_and_says_what_to_do(
    world: World, terminal: Terminal, command: tuple[str, ...]
) -> None:
    world.card(world.person(), date(2027, 1, 1))
    free = {"NES_PORT": str(free_port()), "NES_DEMO": "1"}
    # The demo is complete, so that `nes web` seeds nothing.
    with world.engine.database.begin() as connection:
        enter_user(connection, "Son", ["administrator"], world.clock.now(), subject=LAST)
    said = Terminal({**terminal.environment, **free}).refused(*command)
    assert said == (
        "nes: The keys of this installation are missing on the token 'nes-authority': issuing. "
        "Put NES_VAR back as it was when the database was; no other keys are made in their place."
    )
    assert TokenStore(load_settings(terminal.environment).var / "tokens").tokens() == []


def test_keys_of_another_house_are_refused_until_they_are_taken_on_purpose(
    world: World, furnished: Terminal
) -> None:
    world.card(world.person(), date(2027, 1, 1))
    refused = furnished.refused("sweep")
    assert "carries other keys than this installation's own: issuing" in refused
    assert "Go on?" in furnished.run("keys", "adopt", code=130).stderr
    assert furnished.json("keys", "adopt", "--yes")["changed"] == list(ROLE_IDS)
    assert furnished.run("keys", "adopt", "--yes").stdout.endswith("own: nothing new.\n")
    furnished.run("sweep")


def test_a_house_for_which_others_issue_has_no_keys_to_look_at(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.kit.services.OwnKeys", lambda *_: None)
    assert "Another authority issues here" in terminal.refused("keys", "check")


def test_what_the_queue_tries_again_and_again_is_listed(world: World, terminal: Terminal) -> None:
    assert "No effect was tried 5 times or more." in terminal.run("case", "retried").stdout
    assert terminal.json("case", "retried") == []
    world.write(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, queueing_lock)"
        " VALUES ('effect', 'effect', 'todo', 9, '7/3/production.make')"
    )
    told = terminal.run("case", "retried", code=1)
    assert told.stdout == "     9 tries  7/3/production.make\n"
    assert "1 effects do not come to their end" in told.stderr
    (listed,) = terminal.json("case", "retried", code=1)
    assert listed == {
        "key": "7/3/production.make", "attempts": 9, "all": 1,
        "party": None, "code": None, "since": None, "again": None,
    }  # fmt: skip


def test_the_first_failures_are_listed_too_with_their_reason(
    world: World, terminal: Terminal
) -> None:
    assert "No effect waits." in terminal.run("case", "retried", "--all").stdout
    world.write(
        "WITH job AS (INSERT INTO procrastinate_jobs"
        " (queue_name, task_name, status, attempts, queueing_lock)"
        " VALUES ('effect', 'effect', 'todo', 1, '7/3/courier.book') RETURNING id)"
        " INSERT INTO outside_wait (key, party, code, job_id, tries, since, at, next_at)"
        " SELECT '7/3/courier.book', 'courier', 'TimeoutError', id, 1, :now, :now,"
        " :now + interval '2 seconds' FROM job",
        now=world.clock.now(),
    )
    assert terminal.json("case", "retried") == []
    assert terminal.run("case", "retried", "--all", code=1).stdout == (
        "     1 tries  7/3/courier.book  waits for courier: TimeoutError,"
        " since 2026-03-02 09:00:00, again 09:00:02\n"
    )
    (listed,) = terminal.json("case", "retried", "--all", code=1)
    assert (listed["since"], listed["code"]) == ("2026-03-02T09:00:00+00:00", "TimeoutError")
