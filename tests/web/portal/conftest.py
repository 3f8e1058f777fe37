"""People who apply: one with a card in force, one without anything, and their browsers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.world import ISMAIL
from tests.kit.web.program import program
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

__all__ = ["program"]

ENDS_ON = date(2026, 8, 10)


@dataclass(frozen=True)
class Holder:
    """A person who is signed in, and his card."""

    person_id: int
    held: Held
    browser: Visitor


@pytest.fixture
def holder(world: World, app: Flask) -> Holder:
    """Give Ayşe, who holds a card until 10 August 2026 and is signed in."""
    person_id = world.person()
    held = world.card(person_id, ENDS_ON)
    return Holder(person_id, held, signed_in(app, person_id))


@pytest.fixture
def newcomer_id(world: World) -> int:
    """Give İsmail, who has no certificate."""
    return world.person(ISMAIL, "İsmail", "Iraksak")


@pytest.fixture
def newcomer(app: Flask, newcomer_id: int) -> Visitor:
    """Give İsmail's browser, signed in."""
    return signed_in(app, newcomer_id)


def signed_in(app: Flask, person_id: int) -> Visitor:
    """Return a browser in which a person is signed in."""
    someone = Visitor(app)
    someone.be("person", person_id)
    return someone
