"""What the lists cost: few statements, as many for many rows as for few, and no scan of a table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from tests.kit.web.crowd import analyze, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.visitor import Visitor

PAGES = (
    "/is-listem",
    "/is-listem?durum=wet_signature&sirala=ad",
    "/alinabilecekler",
    "/alinabilecekler?sirala=ad&yon=azalan",
    "/alinabilecekler?sirala=gelis&tur=lost",
    "/alinabilecekler?sirala=ad&tur=renewal",
    "/alinabilecekler?tur=renewal&sure=later",
    "/sira/paper_received?kimde=bos&sure=soon",
    "/basvurular",
    "/basvurular?durum=delivered&sirala=ad",
    "/basvurular?durum=delivered&durum=wet_signature&sirala=gelis&yon=azalan",
    "/basvurular?durum=held&kimde=ben",
    "/ara?aranan=can",
    "/ara?aranan=çelik c",
    "/ara?aranan=B000000001",
    "/ara?aranan=abcdef123456",
    "/ara?q=TEST0000000001",
    "/ara?kisi=1",
)

MOST = 8
"""Statements of one page, those that keep the session among them."""

OURS = ("application", "person")
"""Tables that are filled here; of an empty one a scan costs nothing."""


@contextmanager
def heard(world: World) -> Iterator[list[tuple[str, Any]]]:
    """Give the statements that are run within, with their parameters."""
    said: list[tuple[str, Any]] = []

    def hear(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(world.engine.database, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(world.engine.database, "before_cursor_execute", hear)


def sealed(officer: Visitor, address: str) -> str:
    """Return an address with what is searched for as the box leads to it."""
    start, _, text = address.partition("?aranan=")
    if not text:
        return address
    officer.get("/hesap")
    data = {"csrf_token": officer.token, "q": text}
    return officer.client.post(start, data=data).headers["Location"]


def statements(world: World, officer: Visitor, address: str) -> int:
    address = sealed(officer, address)
    with heard(world) as said:
        officer.client.get(address)
    return len(said)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_as_often_for_many_cases_as_for_few(
    world: World, officer: Visitor, address: str
) -> None:
    fill(world, 1, "wet_signature", "paper_received", "delivered")
    few = statements(world, officer, address)
    fill(world, 9, "wet_signature", "paper_received", "delivered")
    assert statements(world, officer, address) <= few <= MOST


def test_no_list_and_no_search_scans_a_table(
    world: World, officer: Visitor, database: Database
) -> None:
    fill(world, 1_450, "wet_signature", "paper_received", *("delivered",) * 8)
    analyze(database)
    found: list[str] = []
    for address in PAGES:
        opened = sealed(officer, address)
        with heard(world) as said:
            officer.client.get(opened)
        for statement, parameters in said:
            if statement.lstrip().upper().startswith("SELECT"):
                found += [f"{address}: {line}" for line in scans(world, statement, parameters)]
    assert found == []


def scans(world: World, statement: str, parameters: object) -> list[str]:
    """Return where the plan of a statement reads a growing table from end to end."""
    with world.engine.database.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars()  # type: ignore[arg-type]
        return [line for line in plan if _reads_on(line)]


def _reads_on(line: str) -> bool:
    """Say whether a step of a plan may read far more rows than it hands on.

    A walk that leaves out the rows of other kinds may pass all of a state to find none.
    """
    scans = any(f"Seq Scan on {table}" in line for table in OURS)
    return scans or ("Filter:" in line and "kind" in line)
