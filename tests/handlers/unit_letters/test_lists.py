"""Who stands in the list of a unit, with which words, and which units have somebody who is late."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from handlers.unit_letters import people, units
from handlers.unit_letters.people import ListLine, UnitPeople, people_of
from handlers.unit_letters.sheet import CUT, workbook
from handlers.ways.asked import routing_day
from states.cases.certificate import Certificate
from states.people.institution import Institution
from states.people.person import Person
from tests.kit.handlers.consents import consented
from tests.kit.handlers.world import AYSE

if TYPE_CHECKING:
    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

TODAY = date(2026, 3, 2)
FAR = date(2026, 9, 1)
NEAR = date(2026, 3, 20)
"""An end whose last day to apply is over."""

SCHOOL = "TEST-16-01-1"
LINE = ListLine("Ayşe Örnek", "S000000001", "01.09.2026", "01.08.2026", "e-onayı yok")


def lines(world: World, code: str, letter: int = 0) -> UnitPeople:
    """Return the list of a unit, of a letter or of none."""
    [row] = world.all(Institution, code=code)
    unit, day = world.read(Institution, row.id), routing_day(world.engine)
    with world.engine.database.connect() as connection:
        return people_of(connection, letter, unit, day)


def told(world: World, code: str = SCHOOL, letter: int = 0) -> list[tuple[str, str]]:
    """Return first name and standing of each line."""
    return [
        (one.name.split()[0], one.standing) for one in lines(world, code, letter).lines
    ]  # fmt: skip


def late(world: World, top: str = "TEST") -> list[str]:
    """Return the codes of the units where somebody is late."""
    [row] = world.all(Institution, code=top)
    unit, day = world.read(Institution, row.id), routing_day(world.engine)
    with world.engine.database.connect() as connection:
        return [one.code for one in units.late(connection, unit, day)]


def certificate_of(world: World, person: int) -> int:
    """Return the certificate of somebody."""
    return int(world.all(Certificate, person_id=person)[0].id)


def test_a_line_says_whose_certificate_ends_when_and_until_when_to_apply(
    world: World, letters: Letters
) -> None:
    person = letters.staff(SCHOOL, FAR)
    [line] = lines(world, SCHOOL).lines
    [row] = world.all(Certificate, person_id=person)
    assert line == ListLine(
        "AYŞE YETKİLİ", row.reference, "01.09.2026", "01.08.2026", people.NO_CONSENT
    )


def test_a_standing_is_what_comes_next_for_the_certificate(world: World, letters: Letters) -> None:
    waits = letters.staff(SCHOOL, FAR, "Bekler")
    consented(world, waits)
    applied = letters.staff(SCHOOL, FAR, "Başvurdu")
    world.file(applied, "renewal", certificate_of(world, applied))
    letters.staff(SCHOOL, FAR, "Onaysız")
    consented(world, letters.staff(SCHOOL, NEAR, "Geç"))
    over = letters.staff(SCHOOL, FAR, "Bitti")
    world.write(
        "UPDATE certificate SET state = 'expired', ends_on = '2026-03-01' WHERE person_id = :over",
        over=over,
    )
    assert told(world) == [
        ("BİTTİ", people.LATE), ("GEÇ", people.LATE), ("BEKLER", people.WAITS),
        ("BAŞVURDU", people.APPLIED), ("ONAYSIZ", people.NO_CONSENT),
    ]  # fmt: skip


def test_on_the_last_day_to_apply_nobody_is_late_and_on_the_next_one_they_are(
    world: World, letters: Letters
) -> None:
    letters.staff(SCHOOL, date(2026, 4, 2))
    assert (told(world), late(world)) == ([("AYŞE", people.NO_CONSENT)], [])
    world.clock.advance(days=1)
    assert (told(world), late(world)) == ([("AYŞE", people.LATE)], [SCHOOL])


def test_whoever_has_a_new_certificate_has_no_line_for_the_one_that_is_over(
    world: World, letters: Letters
) -> None:
    me = letters.staff(SCHOOL, NEAR)
    old = certificate_of(world, me)
    world.write("UPDATE certificate SET state = 'expired' WHERE id = :old", old=old)
    assert told(world) == [("AYŞE", people.LATE)]
    new = world.certificate(me, date(2029, 3, 1), "c3d4")
    assert [(one.certificate, one.standing) for one in lines(world, SCHOOL).lines] == [
        (world.read(Certificate, new).reference, people.NO_CONSENT)
    ]
    world.write("UPDATE certificate SET state = 'active' WHERE id = :old", old=old)
    assert len(told(world)) == 2
    assert late(world) == [] if told(world)[0][1] == people.RENEWED else [SCHOOL]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE person SET standing = 'left'",
        "UPDATE institution SET closed_on = '2026-03-01' WHERE code = 'TEST-16-01-1'",
        "UPDATE certificate SET state = 'revoked', revoked_at = entered_at",
    ],
)
def test_nobody_is_listed_who_need_not_renew(world: World, letters: Letters, change: str) -> None:
    letters.staff(SCHOOL, NEAR)
    world.write(change)
    assert told(world, "TEST-16-01") == []
    assert late(world) == []


def test_a_certificate_on_hold_is_listed_once_it_was_in_use(world: World) -> None:
    me = world.person(AYSE)
    number = world.certificate(me, NEAR)
    world.write(
        "UPDATE certificate SET state = 'suspended', suspended_at = entered_at,"
        " suspended_by = 'holder' WHERE id = :number", number=number,
    )  # fmt: skip
    assert told(world) == [("AYŞE", people.LATE)]
    assert late(world) == [SCHOOL]  # the office asks the unit, whose list says so
    world.write("UPDATE certificate SET state = 'revoked', revoked_at = entered_at")
    # Nothing in the journal says that its holder ever had this one.
    world.write(
        "INSERT INTO certificate (person_id, serial, ends_on, definition, state, suspended_at,"
        " version, head, entered_at, created_at) SELECT person_id, 'ff', ends_on, definition,"
        " 'suspended', entered_at, 1, head, entered_at, created_at FROM certificate"
    )
    assert told(world) == []
    assert late(world) == []


def test_a_unit_that_closed_answers_for_nobody_and_the_next_above_does(
    world: World, letters: Letters
) -> None:
    ministry = letters.coordinator("TEST"), letters.coordinator("TEST")
    letters.staff(SCHOOL, FAR)
    case = letters.draft(
        ministry[0], action=("TEST-16", "TEST-16-01"), info=("TEST-16-02",), sender="TEST"
    )
    assert told(world, "TEST-16", case) == []
    assert told(world, "TEST-16-01", case) == [("AYŞE", people.NO_CONSENT)]
    letters.close("TEST-16-01", TODAY)
    world.write(
        "UPDATE unit_letter_copy SET outcome = 'closed', made_at = '2026-03-02'"
        " WHERE institution_id = :unit", unit=letters.place("TEST-16-01"),
    )  # fmt: skip
    assert told(world, "TEST-16", case) == [("AYŞE", people.NO_CONSENT)]
    world.write("UPDATE unit_letter_copy SET outcome = 'unread', made_at = '2026-03-02'")
    assert told(world, "TEST-16", case) == []


def test_units_of_another_letter_and_those_beside_answer_for_nobody(
    world: World, letters: Letters, first: Actor
) -> None:
    letters.staff("TEST-16-01", FAR, "Memur")
    letters.staff(SCHOOL, FAR, "Öğretmen")
    mine = letters.draft(first, action=("TEST-16-01",), info=("TEST-16-01-2",))
    other = letters.draft(first, action=("TEST-16-01",), info=(SCHOOL,))
    assert [name for name, _ in told(world, "TEST-16-01", mine)] == ["MEMUR", "ÖĞRETMEN"]
    assert [name for name, _ in told(world, "TEST-16-01", other)] == ["MEMUR"]
    assert [name for name, _ in told(world, SCHOOL, other)] == ["ÖĞRETMEN"]


def test_of_one_day_the_certificate_that_came_first_is_first_and_a_full_list_is_not_cut(
    world: World, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_LINES", 3)
    monkeypatch.setattr(people, "AT_ONCE", 2)
    for name in ("Bir", "İki"):
        letters.staff(SCHOOL, FAR, name)
    letters.staff("TEST-16-01-2", FAR - timedelta(days=1), "Önce")
    found = lines(world, "TEST-16-01")
    assert [one.name.split()[0] for one in found.lines] == ["ÖNCE", "BİR", "İKİ"]
    assert not found.cut
    letters.staff(SCHOOL, FAR, "Üç")
    found = lines(world, "TEST-16-01")
    assert [one.name.split()[0] for one in found.lines] == ["ÖNCE", "BİR", "İKİ"]
    assert found.cut


@pytest.mark.parametrize("seed", range(2))
def test_late_units_are_those_whose_own_people_are_late_in_their_list(
    world: World, letters: Letters, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "AT_ONCE", 3)
    draw = Random(seed)
    places = ["TEST-16", "TEST-16-01", SCHOOL, "TEST-16-01-2", "TEST-16-02-1", "TEST-06-01-1"]
    for number in range(16):
        end = TODAY + timedelta(days=draw.choice((0, 20, 30, 31, 32, 100)))
        person = letters.staff(draw.choice(places), end, chr(65 + number) * 3)
        _happen(world, person, draw)
    whole = {
        code: {name for name, standing in told(world, code) if standing == people.LATE}
        for code in ("TEST", *places, "TEST-16-02", "TEST-06", "TEST-06-01")
    }
    homes = {row.id: row.code for row in world.all(Institution)}
    own = {row.given_name: homes[row.institution_id] for row in world.all(Person)}
    expected = {own[name] for name in whole["TEST"]}
    assert 1 < len(expected) < len(places)
    assert set(late(world)) == expected
    assert late(world) == sorted(expected)  # in the order of the tree
    assert set(late(world, "TEST-16")) == {code for code in expected if code.startswith("TEST-16-")}


def _happen(world: World, person: int, draw: Random) -> None:
    """Let something happen to somebody, or nothing."""
    changes = (
        "", "", "",
        "UPDATE person SET standing = 'left' WHERE id = :me",
        "UPDATE certificate SET state = 'expired', ends_on = '2026-03-01' WHERE person_id = :me",
        ("UPDATE certificate SET state = 'suspended', suspended_at = entered_at,"
        " suspended_by = 'holder' WHERE person_id = :me"),
    )  # fmt: skip
    change = draw.choice(changes)
    if change:
        world.write(change, me=person)
    elif draw.random() < 0.3:
        world.write(
            "INSERT INTO application (kind, person_id, old_certificate_id, definition, state,"
            " version, head, entered_at, created_at) SELECT 'renewal', c.person_id, c.id,"
            " c.definition, 'in_review', 1, c.head, c.entered_at, c.created_at"
            " FROM certificate c WHERE c.person_id = :me", me=person,
        )  # fmt: skip


# The units that are chosen from.


def test_units_are_listed_in_the_order_of_the_tree_by_their_depth_and_only_open_ones(
    world: World, letters: Letters
) -> None:
    letters.close("TEST-16-02-1", TODAY)
    letters.close("TEST-16-01-2", TODAY + timedelta(days=1))  # open until then
    [row] = world.all(Institution, code="TEST-16")
    top = world.read(Institution, row.id)
    with world.engine.database.connect() as connection:
        every = units.listed(connection, top, TODAY, 99)
        assert [(one.code, one.level) for one in every] == [
            ("TEST-16-01", 1), (SCHOOL, 2), ("TEST-16-01-2", 2), ("TEST-16-02", 1),
        ]  # fmt: skip
        assert [one.code for one in units.listed(connection, top, TODAY, 3)] == [
            "TEST-16-01", SCHOOL, "TEST-16-01-2",
        ]  # fmt: skip
        assert [one.code for one in units.listed(connection, top, TODAY, 9, 2)] == [
            SCHOOL, "TEST-16-01-2",
        ]  # fmt: skip
        assert units.levels(connection, top, TODAY) == {1: 2, 2: 2}
        found, unknown = units.by_codes(
            connection, top, ("TEST-16-02-1", "TEST-16-01", "Z", "TEST-16", "TEST-06", "TEST-16-01")
        )
    assert [one.code for one in found] == ["TEST-16-01", "TEST-16-02-1"]
    assert unknown == ["TEST-06", "TEST-16", "Z"]


# The workbook.


def cells(book: bytes) -> list[tuple[object, ...]]:
    """Return the rows of a workbook."""
    return list(load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True))


def test_no_cell_of_a_workbook_is_a_formula_and_its_lines_are_numbered() -> None:
    bad = replace(LINE, name='=HYPERLINK("http://x.invalid")', certificate="-1+2")
    book = workbook((("Birim", "=1+1"),), UnitPeople((bad, LINE)))
    assert cells(book)[0][:2] == ("Birim", "=1+1")
    assert cells(book)[2:] == [
        ("1", '=HYPERLINK("http://x.invalid")', "-1+2", "01.09.2026", "01.08.2026", "e-onayı yok"),
        ("2", "Ayşe Örnek", "S000000001", "01.09.2026", "01.08.2026", "e-onayı yok"),
    ]
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet.title == "Liste"
    assert [sheet.column_dimensions[one].width for one in "ABCDEF"] == [8, 36, 16, 14, 18, 26]


def test_a_workbook_says_in_its_last_row_that_there_are_more() -> None:
    assert cells(workbook((), UnitPeople((LINE,))))[-1][0] == "1"
    assert cells(workbook((), UnitPeople((LINE,), cut=True)))[-1][0] == CUT
