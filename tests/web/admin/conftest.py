"""Three administrators at their browsers: one proposes, one decides, one is decided about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from states.cases.grant import RoleGrant
from states.kit.reference import reference
from states.people.user import User
from tests.kit.handlers.world import open_account
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page


@dataclass(frozen=True)
class Administrator:
    """An administrator and his browser."""

    number: int
    browser: Visitor

    def propose(self, account: int, act: str, status: int = 200, **data: object) -> Page:
        """Propose a change of an account."""
        address = f"/yonetim/hesap/{account}/{act}"
        self.browser.get(address)
        return self.browser.post(address, status, **{"gerekce": "Görev değişikliği", **data})

    def decide(self, case: int, trigger: str, reason: str = "", status: int = 200) -> Page:
        """Decide about a proposal as it stands."""
        address = f"/yonetim/oneri/{reference('grant', case)}"
        self.browser.get(address)
        return self.browser.post(f"{address}/{trigger}", status, surum="1", gerekce=reason)


def administrator(world: World, app: Flask, name: str) -> Administrator:
    """Enter an administrator and sign him in."""
    with world.engine.database.begin() as connection:
        now = world.clock.now()
        number = open_account(connection, name, "administrator", now, subject=f"sub-{name}")
    browser = Visitor(app)
    browser.sign_in("user", number)
    return Administrator(number, browser)


@pytest.fixture
def first(world: World, app: Flask) -> Administrator:
    """Give the administrator who proposes."""
    return administrator(world, app, "Yaprak Yönetici")


@pytest.fixture
def other(world: World, app: Flask) -> Administrator:
    """Give the administrator who decides."""
    return administrator(world, app, "Sevgi Yönetici")


@pytest.fixture
def third(world: World, app: Flask) -> Administrator:
    """Give a third administrator."""
    return administrator(world, app, "Çetin Yönetici")


def newest(world: World) -> RoleGrant:
    """Return the newest proposal."""
    found: RoleGrant = world.all(RoleGrant)[-1]
    return world.read(RoleGrant, found.id)


def account(world: World, number: int) -> User:
    """Return an account as it stands."""
    return world.read(User, number)
