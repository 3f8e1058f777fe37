"""A browser that asks for a code, a program that signs, and cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.kit.web.program import Program, address, digits, program, signed
from tests.kit.web.visitor import Visitor
from tests.web.portal.conftest import ENDS_ON

if TYPE_CHECKING:
    from flask import Flask

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

__all__ = ["program"]


@dataclass(frozen=True)
class Caller:
    """Ayşe before she is signed in: her person, her card, her browser."""

    person_id: int
    held: Held
    browser: Visitor

    def ask(self, onward: str = "") -> Page:
        """Choose the card on the sign-in page and get to the code."""
        self.browser.get("/giris")
        page = self.browser.post("/giris/kart", devam=onward)
        assert address(page) == "/giris/kart"
        return page

    def prove(self, world: World, program: Program, page: Page) -> None:
        """Sign what the code on the page stands for."""
        claim = program.claim(digits(page))
        program.send(claim.secret, signed(world, self.held, claim))


@pytest.fixture
def caller(world: World, app: Flask) -> Caller:
    """Give Ayşe, who holds a card and has not signed in."""
    person_id = world.person()
    return Caller(person_id, world.card(person_id, ENDS_ON), Visitor(app))
