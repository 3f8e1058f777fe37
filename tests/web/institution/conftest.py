"""A coordinator of one district, with his browser, and what he uploads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from handlers.lists.staff_list import COLUMNS
from handlers.people.register import enter_user, find_institution
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

ROW = {
    "tckn": AYSE,
    "given_name": "Ayşe",
    "surname": "Örnekoğlu",
    "institution_code": "TEST-16-01-1",
    "serial": "a1b2c3",
    "ends_on": "10.04.2026",
    "address": "TEST Sokağı 1, Bursa",
}
OTHER = {**ROW, "tckn": ISMAIL, "given_name": "İsmail", "surname": "Iraksak", "serial": "d4e5f6"}


@dataclass(frozen=True)
class Coordinator:
    """The coordinator of the district TEST-16-01 at his browser."""

    browser: Visitor
    user: int

    def upload(
        self, content: bytes, *, renewals: bool = False, status: int = 200, name: str = "liste.csv"
    ) -> Page:
        """Upload a file."""
        self.browser.get("/kurum/yukle")
        ticked = {"yenileme": "y"} if renewals else {}
        return self.browser.post(
            "/kurum/yukle", status, dosya=(io.BytesIO(content), name), **ticked
        )


def coordinator_at(app: Flask, world: World, code: str) -> Coordinator:
    """Give a coordinator of an institution, signed in."""
    with world.engine.database.begin() as connection:
        place = find_institution(connection, code)
        assert place is not None
        now = world.clock.now()
        user = enter_user(connection, "Şule", ["coordinator"], now, institution_id=place.id)
    browser = Visitor(app)
    browser.sign_in("user", user)
    return Coordinator(browser, user)


@pytest.fixture
def coordinator(app: Flask, world: World) -> Coordinator:
    """Give the coordinator of the district."""
    return coordinator_at(app, world, "TEST-16-01")


def listed(*rows: dict[str, str], encoding: str = "utf-8-sig") -> bytes:
    """Write rows as a semicolon-separated list."""
    lines = [COLUMNS.values(), *([row.get(name, "") for name in COLUMNS] for row in rows)]
    return "\r\n".join(";".join(line) for line in lines).encode(encoding)
