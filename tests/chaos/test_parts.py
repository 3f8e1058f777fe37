"""The parts of the chaos: what pages say, what is lost or untrue, whom to kill, what is twice."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from states.cases.shipment import Shipment
from states.postgres.database import conninfo
from tests.chaos.browser import fields
from tests.chaos.checks import Checks
from tests.chaos.harm import MOST_OF_ONE, VICTIMS, Harm
from tests.chaos.ledger import Ledger, Move, Said, balance, said_by, says_both
from tests.chaos.pages import Answer, Away, Judge, told
from tests.chaos.site import Site
from tests.kit.ports import free_port
from web.gate.errors import DATABASE_AWAY, FORM_EXPIRED, MESSAGES

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

DONE = "Üretimi başlat: yapıldı. Yeni durum: Üretimde."
MOVE = Move("B000000123", "approve_paper", "user:2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DONE, Said.DONE),
        ("Başvurunuz alındı. Başvuru numarası: B000000123.", Said.DONE),
        ("Veritabanına ulaşılamıyor; işleminiz yapılmadı. Sonra deneyiniz.", Said.DENIED),
        (FORM_EXPIRED, Said.DENIED),
        (MESSAGES[429].text, Said.OPEN),
        ("İşleminizin yapılıp yapılmadığı bilinmiyor.", Said.OPEN),
        (DATABASE_AWAY, Said.OPEN),
        ("", Said.OPEN),
    ],
)
def test_what_a_page_says_of_a_move(text: str, said: Said) -> None:
    assert said_by(text) is said
    assert not says_both(text)


def test_a_page_that_says_both_is_a_fault_and_no_answer() -> None:
    text = f"{DONE} İşleminiz yapılmadı."
    assert says_both(text)
    assert said_by(text) is Said.OPEN
    judge = Judge(Away())
    judge.look(Answer(503, text, "/is/B000000123", 0))
    assert judge.faults == {"a page (503) says both done and not done": 1}


def test_503_is_the_truth_only_while_something_is_away() -> None:
    away = Away()
    judge = Judge(away)
    judge.look(Answer(503, "", "/", 0))
    judge.look(Answer(0, "", "/", 0))
    assert judge.faults == {}
    away.end()
    judge.look(Answer(503, "", "/is-listem", away.until + 60))
    judge.look(Answer(0, "", "/is-listem", away.until + 60))
    judge.look(Answer(500, "<p>Beklenmeyen</p> 123 456 789 012 345", "/x", 0))
    judge.look(Answer(409, "", "/x", away.until + 60))
    assert judge.faults == {
        "503 while nothing was away": 1, "no answer while nothing was away": 1, "answered 500": 1,
    }  # fmt: skip
    assert judge.samples["answered 500"] == "/x: Beklenmeyen …"
    assert told("<script>1</script><b>a</b>") == "a"
    away.begin()
    judge.look(Answer(503, "", "/", away.until + 60))
    assert judge.faults["503 while nothing was away"] == 1


@pytest.mark.parametrize(
    ("said", "made", "lost", "untrue"),
    [
        ({Said.DONE: 1}, 1, False, False),
        ({Said.DONE: 1}, 0, True, False),
        ({Said.DONE: 1}, 2, False, True),
        ({Said.DENIED: 1}, 1, False, True),
        ({Said.DENIED: 1}, 0, False, False),
        ({Said.OPEN: 1, Said.DENIED: 1}, 1, False, False),
        ({Said.OPEN: 1, Said.DONE: 1}, 2, False, False),
    ],
)
def test_what_people_were_told_is_held_against_the_journal(
    said: dict[Said, int], made: int, *, lost: bool, untrue: bool
) -> None:
    ledger = Ledger()
    for what, times in said.items():
        for _ in range(times):
            ledger.note(MOVE, what)
    found = balance(ledger.told, {MOVE: made})
    assert (bool(found.lost), bool(found.untrue)) == (lost, untrue)
    assert ledger.total(Said.DONE) == said.get(Said.DONE, 0)


def test_nobody_is_killed_so_often_that_he_is_rightly_given_up() -> None:
    harm = Harm(Site(Path("/nowhere"), port=free_port()), Away(), 7, threading.Event())
    chosen: Counter[str] = Counter()
    for _ in range(300):
        name = harm._choose()  # noqa: SLF001 - the choice alone, without killing
        harm._ends.append((float("inf"), name))  # noqa: SLF001 - all of them just now
        chosen[name] += 1
    assert set(chosen) == set(VICTIMS)
    assert {chosen[name] for name in ("web", "worker", "postmaster")} == {MOST_OF_ONE}
    assert harm.killed.total() == 0


def test_the_hidden_fields_of_a_form_are_read() -> None:
    text = '<input id="a" type="hidden" name="seen" value="3&quot;"><input name="b" value="1">'
    assert fields(text) == {"seen": '3"'}


def test_what_is_twice_in_the_database_is_found(world: World, database: Database) -> None:
    site = Site(Path("/nowhere"), address=conninfo(database.url))
    checks = Checks(site)
    checks.between()
    assert checks.wrong == {}
    assert checks.settled(lambda _: None)
    assert checks.effects() == []
    with database.owner.begin() as connection:
        for key in ("1/1/courier.book", "1/2/courier.book"):
            now = world.clock.now()
            row = {"key": key, "case_id": 1, "tracking_number": key, "booked_at": now}
            connection.execute(insert(Shipment).values(row))
    checks.between()
    assert checks.wrong == {"bookings twice": 1}


def test_moves_of_the_journal_are_told_by_case_and_by_who_filed(
    world: World, database: Database
) -> None:
    checks = Checks(Site(Path("/nowhere"), address=conninfo(database.url)))
    me = world.person()
    case = world.file(me, "first")
    ledger = Ledger()
    ledger.note(Move("", "file", f"person:{me}"), Said.DONE)
    ledger.note(Move(f"B{case:09}", "file", f"person:{me}"), Said.OPEN)
    ledger.note(Move(f"B{case:09}", "choose_method", f"person:{me}"), Said.DONE)
    found = checks.moves(ledger)
    assert (found.lost, found.untrue) == (
        [Move(f"B{case:09}", "choose_method", f"person:{me}")],
        [],
    )
    assert checks.made()["file"] == 1
