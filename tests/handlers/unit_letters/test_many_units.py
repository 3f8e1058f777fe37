"""A letter to many units goes on where it stood, however often its worker is killed."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from handlers.papers import letters as papers
from handlers.unit_letters import register, sending
from handlers.unit_letters.payloads import Distribution
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from tests.kit.handlers.unit_letters import TOP, WORDS
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.kit.services import Services
    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor
    from workflow.model.context import Point

MANY = 200
READ = 7
"""Every so manieth unit has a coordinator who can be written to."""


class _Killed(BaseException):
    """What ends a worker without a word."""


def paper_unset(
    services: Services,
    template: papers.Template,
    values: Mapping[str, object],
    now: datetime,
    point: Point,
) -> papers.Made:
    """Make a paper that is as much as its code: setting and sealing it is another test's."""
    del services, values
    code = papers.new_verification_code()
    for name in ("paper_drawn", "paper_sealed"):
        point(name)
    return papers.Made(template, code, now, code.encode(), papers.PDF_TYPE)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep papers from being set and sealed."""
    monkeypatch.setattr(sending, "make_paper", paper_unset)
    monkeypatch.setattr(register, "make_paper", paper_unset)


@pytest.fixture
def many(world: World, letters: Letters) -> list[int]:
    """Give units below the sender, of which every seventh has a coordinator."""
    world.write(
        "INSERT INTO institution (code, name, sort_key, parent_id, path)"
        " SELECT 'TEST-16-M' || n, 'TEST Birim ' || n, 'birim', id, path || 'TEST-16-M' || n || '/'"
        " FROM institution, generate_series(1, :many) n WHERE code = :top", many=MANY, top=TOP,
    )  # fmt: skip
    for number in range(READ, MANY + 1, READ):
        letters.coordinator(f"TEST-16-M{number}")
    return [letters.place(f"TEST-16-M{number}") for number in range(1, MANY + 1)]


def approved(letters: Letters, units: list[int], first: Actor, second: Actor) -> int:
    """Have a letter to these units approved."""
    engine = letters.world.engine
    values = {"institution_id": letters.place(), **WORDS}
    said = Distribution(tuple(units)).payload()
    case = engine.open("unit_letter", "propose", first, values, said)
    engine.fire(case, "approve", second, workflow="unit_letter")
    return case


def kill_now_and_then(world: World, draw: Random) -> Counter[str]:
    """Have the worker end at one in thirty points that it passes; count where it did."""
    killed: Counter[str] = Counter()

    def passed(name: str) -> None:
        if draw.randrange(30) == 0:
            killed[name] += 1
            raise _Killed

    world.engine.point = passed
    return killed


@pytest.mark.usefixtures("quick")
def test_a_worker_that_is_killed_again_and_again_comes_to_each_of_many_units_once(
    world: World, letters: Letters, many: list[int], first: Actor, second: Actor
) -> None:
    case = approved(letters, many, first, second)
    killed = kill_now_and_then(world, Random(7))
    done = [0]
    while letters.letter(case).state == "approved":
        with contextlib.suppress(_Killed):
            sending.work_off(world.engine)
        outcomes = [one.outcome for one in letters.copies(case).values()]
        done.append(MANY - outcomes.count(None))
    assert killed.keys() >= {"paper_drawn", "paper_sealed", "letter_copied"}
    assert done == sorted(done)  # nothing that was kept is undone
    assert max(after - before for before, after in itertools.pairwise(done)) > 1
    assert letters.letter(case).state == "sent"
    assert [row.number for row in world.all(RegisteredLetter)] == [1]
    assert Counter(row.kind for row in world.all(Document, case_id=case)) == {
        "unit_letter": 1, "unit_list": MANY, "unit_sheet": MANY,
    }  # fmt: skip
    told = Counter(row.key for row in world.all(Notice, case_id=case))
    assert (len(told), max(told.values())) == (MANY // READ, 1)
    [entry] = world.all(JournalEntry, case_id=case, trigger="finish")
    assert parsed(entry.body)["details"] == {
        "year": 2026, "number": 1, "sent": MANY // READ, "unread": MANY - MANY // READ,
    }  # fmt: skip


@pytest.mark.usefixtures("quick")
def test_a_turn_is_so_many_units_in_the_order_of_the_list_and_the_last_one_ends_the_letter(
    world: World, letters: Letters, many: list[int], first: Actor, second: Actor
) -> None:
    some = many[: 2 * sending.TURN]
    case = approved(letters, some, first, second)
    other = approved(letters, many[-1:], first, second)
    assert sending.work_off(world.engine) == sending.TURN + 1  # a long letter delays no other
    assert letters.letter(other).state == "sent"
    places = {one.place: one.outcome for one in letters.copies(case).values()}
    assert {place for place, outcome in places.items() if outcome} == {*range(1, sending.TURN + 1)}
    assert letters.letter(case).state == "approved"
    assert sending.work_off(world.engine) == sending.TURN
    assert letters.letter(case).state == "sent"
    assert sending.work_off(world.engine) == 0
