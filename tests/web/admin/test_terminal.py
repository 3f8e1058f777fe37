"""The first administrators, opened from the terminal of an office that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.people.register import enter_user
from states.cases.grant import RoleGrant
from states.people.person import Person
from states.people.tckn import check_digits
from states.people.user import User
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.kit.web.terminal import Terminal

if TYPE_CHECKING:
    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

CEM = f"200000000{check_digits('200000000')}"


@pytest.fixture
def terminal(database: Database, settings: Settings) -> Terminal:
    """Give a terminal of the test's office."""
    return Terminal({**database.environment, "NES_VAR": str(settings.var)})


def test_a_new_office_has_no_account_of_anybody(terminal: Terminal) -> None:
    assert terminal.json("user", "list") == []


def test_two_administrators_are_opened_and_the_third_is_refused(
    world: World, terminal: Terminal
) -> None:
    opened = terminal.json("user", "first", " Ayşe Örnek ", "--subject", "s-1", "--tckn", AYSE)
    (grant,) = world.all(RoleGrant)
    (one,) = world.all(User)
    assert opened == {"account": f"user:{one.id}", "reference": grant.reference}
    assert (one.name, one.roles, one.subject) == ("Ayşe Örnek", ["administrator"], "s-1")
    assert grant.state == "granted"
    said = terminal.run("user", "first", "Bora Örnek", "--subject", "s-2", "--tckn", ISMAIL).stdout
    assert "is open; the journal has it as Y" in said
    assert "first two administrators only" in terminal.refused(
        "user", "first", "Cem Örnek", "--subject", "s-3", "--tckn", CEM
    )
    assert len(world.all(User)) == 2
    assert {world.read(Person, user.person_id).name for user in world.all(User)} == {
        "AYŞE ÖRNEK", "BORA ÖRNEK",
    }  # fmt: skip


def test_administrators_of_the_time_before_are_tied_while_fewer_than_two_can_sign_in(
    world: World, terminal: Terminal
) -> None:
    with world.engine.database.begin() as connection:
        numbers = [
            enter_user(connection, name, ["administrator"], world.clock.now(), subject=name)
            for name in ("A", "B", "C")
        ]
    terminal.json("user", "tie", str(numbers[0]), "Ayşe Örnek", "--tckn", AYSE)
    one = world.read(User, numbers[0])
    assert world.read(Person, one.person_id).name == "AYŞE ÖRNEK"
    second = str(numbers[1])
    assert "has an open account" in terminal.refused(
        "user", "tie", second, "Ayşe Örnek", "--tckn", AYSE
    )
    assert "checksum" in terminal.refused(
        "user", "tie", second, "Bora Örnek", "--tckn", "10000000147"
    )
    said = terminal.run("user", "tie", second, "Bora Örnek", "--tckn", ISMAIL).stdout
    assert "is tied; the journal has it as Y" in said
    assert "first two administrators" in terminal.refused(
        "user", "tie", str(numbers[2]), "Cem Örnek", "--tckn", CEM
    )
    assert "There is no account user:999" in terminal.refused(
        "user", "tie", "999", "Cem Örnek", "--tckn", CEM
    )


def test_a_subject_that_has_an_account_is_refused(world: World, terminal: Terminal) -> None:
    terminal.run("user", "first", "Ayşe Örnek", "--subject", "s-1", "--tckn", AYSE)
    assert "has an account" in terminal.refused(
        "user", "first", "Bora Örnek", "--subject", "s-1", "--tckn", ISMAIL
    )
    assert len(world.all(User)) == 1


def test_accounts_are_listed_with_their_role(world: World, terminal: Terminal) -> None:
    terminal.run("user", "first", "Ayşe Örnek", "--subject", "s-1", "--tckn", AYSE)
    (one,) = terminal.json("user", "list")
    assert (one["name"], one["role"], one["open"]) == ("Ayşe Örnek", "administrator", True)
    world.write("UPDATE office_user SET active = false")
    assert (
        terminal.run("user", "list").stdout.strip().endswith("Ayşe Örnek, administrator (closed)")
    )
