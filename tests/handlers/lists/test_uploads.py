"""Lists that the worker rehearses and enters: everything once, and only by who may."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.lists import uploads
from handlers.lists.sample import as_csv, sample_rows
from handlers.lists.staff_list import MOST_ROWS, from_table
from handlers.lists.uploads import Handed
from handlers.papers.sandbox import tables
from handlers.people.register import enter_user, find_institution
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.errors import DatabaseUnavailable
from states.logs.access import AccessEntry
from states.papers.upload import StaffUpload, StaffUploadRow
from states.people.institution import Institution
from states.people.person import Person
from tests.kit.workflow.breaks import break_once, broken
from workflow.model.actor import Actor
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

TODAY = date(2026, 3, 2)
TOP = "/TEST/"


@pytest.fixture
def me(world: World) -> Actor:
    """Give the coordinator of the whole tree."""
    with world.engine.database.begin() as connection:
        place = find_institution(connection, "TEST")
        assert place is not None
        user = enter_user(
            connection, "Şule", ["coordinator"], world.clock.now(), institution_id=place.id
        )
    return Actor(f"user:{user}", frozenset({"coordinator"}), "demo")


def hand_in(world: World, me: Actor, rows: list[dict[str, str]], *, renewals: bool = False) -> int:
    content = as_csv(rows)
    staff = from_table(tables.read(content, str(MOST_ROWS)))
    return uploads.keep(world.engine, Handed("a.csv", content, me, TOP, renewals), staff)


def now(world: World, number: int) -> StaffUpload:
    found = uploads.read(world.engine.database, number)
    assert found is not None
    return found


def rows_of(world: World, number: int) -> list[StaffUploadRow]:
    found = world.all(StaffUploadRow, upload_id=number)
    return sorted(found, key=lambda row: row.number)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every list count as long, in chunks of two and turns of two chunks."""
    monkeypatch.setattr(uploads, "SHORT", 0)
    monkeypatch.setattr(uploads, "CHUNK", 2)
    monkeypatch.setattr(uploads, "TURN", 2)


@pytest.mark.usefixtures("long")
def test_a_long_list_is_rehearsed_then_entered_in_turns(world: World, me: Actor) -> None:
    rows = sample_rows(TODAY, 7)
    rows[3]["tckn"] = "12345678901"
    rows[4]["phone"] = "yok"
    number = hand_in(world, me, rows, renewals=True)
    assert (now(world, number).state, now(world, number).total) == ("rehearsing", 6)
    assert uploads.work_off(world.engine) == 1
    assert now(world, number).state == "rehearsed"
    assert (world.all(Person), uploads.work_off(world.engine)) == ([], 0)
    assert uploads.start(world.engine, number, me)
    assert uploads.work_off(world.engine) == 2
    assert (now(world, number).done, len(world.all(Person))) == (4, 4)
    assert uploads.work_off(world.engine) == 2
    assert (now(world, number).state, uploads.work_off(world.engine)) == ("done", 0)
    ended = now(world, number)
    assert (ended.done, ended.persons, ended.certificates, ended.renewals) == (6, 6, 6, 6)
    assert ended.finished_at is not None
    outcomes = [(row.number, row.outcome, row.content) for row in rows_of(world, number)]
    assert outcomes == [(n, "rejected" if n == 5 else "entered", None) for n in range(2, 9)]
    assert uploads.told(world.engine.database, number, "reason", 9)[0] == 1
    total, [(row, said)] = uploads.told(world.engine.database, number, "left_out", 9)
    assert (total, row) == (1, 6)
    assert "Telefon" in said


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    "when", ["NEW.state = 'rehearsed'", "NEW.done > OLD.done", "NEW.state = 'done'"]
)
def test_a_list_whose_count_or_end_was_not_written_goes_on_at_the_next_look(
    world: World, me: Actor, database: Database, when: str
) -> None:
    break_once(database, "staff_upload", when)
    number = hand_in(world, me, sample_rows(TODAY, 4), renewals=True)
    for _ in range(6):
        with suppress(DatabaseUnavailable):
            uploads.work_off(world.engine)
        uploads.start(world.engine, number, me)
    assert broken(database) > 1
    ended = now(world, number)
    assert (ended.state, ended.done, len(world.all(Person))) == ("done", ended.total, ended.total)
    assert len(world.all(Application)) == ended.total


@pytest.mark.usefixtures("long")
def test_the_rehearsal_foretells_what_the_run_rejects_and_enters_nothing(
    world: World, me: Actor
) -> None:
    first, second, third, *others = sample_rows(TODAY, 9)
    number = hand_in(world, me, [first, second, third])
    uploads.work_off(world.engine)
    uploads.start(world.engine, number, me)
    uploads.work_off(world.engine)
    world.write("UPDATE person SET institution_id = NULL WHERE id = 2")
    new = {"institution_code": "NEW-1", "institution": "Yeni", "parent_code": "TEST-16"}
    below = {"institution_code": "NEW-2", "institution": "Alt", "parent_code": "NEW-1"}
    rows = [
        {**first, "surname": "Başka"},
        second,
        {**others[0], "serial": third["serial"], "ends_on": third["ends_on"]},
        {**others[1], **new},
        {**others[2], **below},
        {**others[3], **new, "institution_code": "NEW-3", "parent_code": "NEW-9"},
        {**others[4], "ends_on": "01.03.2026"},
        {**others[5], "ends_on": "03.03.2036"},
        {**third, "serial": "", "ends_on": ""},
    ]
    before = world.all(Person), world.all(Institution), world.all(Certificate)
    world_reads = len(world.all(AccessEntry))
    number = hand_in(world, me, rows)
    uploads.work_off(world.engine)
    _, foretold = uploads.told(world.engine.database, number, "reason", 99)
    assert (world.all(Person), world.all(Institution), world.all(Certificate)) == before
    assert len(world.all(AccessEntry)) == world_reads + 3
    assert [row for row, _ in foretold] == [2, 3, 4, 7, 8, 9]
    uploads.start(world.engine, number, me)
    while uploads.work_off(world.engine):
        pass
    assert uploads.told(world.engine.database, number, "reason", 99) == (6, foretold)


@pytest.mark.usefixtures("long")
def test_a_list_is_paused_resumed_and_stopped_by_its_uploader_only(world: World, me: Actor) -> None:
    number = hand_in(world, me, sample_rows(TODAY, 9))
    other = Actor("user:999", frozenset({"coordinator"}), "demo")
    office = world.engine
    assert not uploads.start(office, number, me)
    uploads.work_off(office)
    assert not uploads.start(office, number, other)
    assert uploads.start(office, number, me)
    assert not uploads.start(office, number, me)
    uploads.work_off(office)
    assert not uploads.stop(office, number, other)
    assert uploads.pause(office, number, me)
    assert (uploads.work_off(office), len(world.all(Person))) == (0, 4)
    assert uploads.resume(office, number, me)
    uploads.work_off(office)
    assert uploads.stop(office, number, me)
    assert (uploads.work_off(office), len(world.all(Person))) == (0, 8)
    assert not uploads.resume(office, number, me)
    assert {row.content for row in rows_of(world, number)} == {None}
    assert [one.id for one in uploads.latest(office.database, me, 5)] == [number]
    assert list(uploads.latest(office.database, other, 5)) == []


@pytest.mark.usefixtures("long")
def test_a_list_that_is_paused_while_it_runs_rests_after_the_chunk(world: World, me: Actor) -> None:
    number = hand_in(world, me, sample_rows(TODAY, 9))
    uploads.work_off(world.engine)
    uploads.start(world.engine, number, me)

    def rest(place: str) -> None:
        if place == "upload_entered":
            assert uploads.pause(world.engine, number, me)

    world.engine.point = rest
    assert uploads.work_off(world.engine) == 1
    assert (now(world, number).state, now(world, number).done) == ("paused", 2)


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.usefixtures("long")
def test_a_worker_that_dies_leaves_a_list_that_the_next_one_enters_once(
    world: World, me: Actor
) -> None:
    rows = sample_rows(TODAY, 5)
    number = hand_in(world, me, rows, renewals=True)
    uploads.work_off(world.engine)
    uploads.start(world.engine, number, me)

    def die(place: str) -> None:
        if place == "upload_entered":
            raise Killed

    world.engine.point = die
    for _ in range(3):
        with pytest.raises(Killed):
            uploads.work_off(world.engine)
    world.engine.point = lambda _: None
    while uploads.work_off(world.engine):
        pass
    ended = now(world, number)
    assert (ended.state, ended.done) == ("done", 5)
    assert ended.persons + ended.known_persons == 5
    counts = [len(world.all(table)) for table in (Person, Certificate, Application)]
    assert counts == [5, 5, 5]
    assert {row.outcome for row in rows_of(world, number)} == {"entered"}


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE office_user SET active = false",
        "UPDATE office_user SET roles = '{operator}'",
        "UPDATE office_user SET institution_id = NULL",
        "UPDATE office_user SET institution_id = 2",
    ],
)
def test_a_list_does_not_outlive_the_right_of_its_uploader(
    world: World, me: Actor, change: str
) -> None:
    number = hand_in(world, me, sample_rows(TODAY, 9))
    uploads.work_off(world.engine)
    uploads.start(world.engine, number, me)
    uploads.work_off(world.engine)
    world.write(change)
    assert uploads.work_off(world.engine) == 0
    ended = now(world, number)
    assert (ended.state, ended.why, ended.done) == ("stopped", "right_lost", 4)
    assert {row.content for row in rows_of(world, number)} == {None}


@pytest.mark.parametrize("name", ["system:timer", "user:x", "person:1", "user:999"])
def test_only_an_account_goes_on_with_a_list(world: World, me: Actor, name: str) -> None:
    number = hand_in(world, me, sample_rows(TODAY, 2))
    upload = now(world, number)
    assert uploads.may_go_on(world.engine, upload)
    upload.actor = name
    assert not uploads.may_go_on(world.engine, upload)


def test_two_workers_never_hold_one_list(world: World, me: Actor) -> None:
    number = hand_in(world, me, sample_rows(TODAY, 3))
    with held_alone(world.engine, uploads.LOCK_SPACE, number) as held:
        assert held
        assert uploads.enter(world.engine, number) == 0
    assert uploads.enter(world.engine, number) == 1
    assert now(world, number).state == "done"


@pytest.mark.usefixtures("long")
def test_a_list_that_breaks_keeps_no_other_waiting(
    world: World, me: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = (hand_in(world, me, sample_rows(TODAY, 2)) for _ in range(2))
    world.write(f"UPDATE staff_upload_row SET content = 'x' WHERE upload_id = {broken}")
    assert uploads.work_off(world.engine) == 1
    assert (now(world, broken).state, now(world, good).state) == ("rehearsing", "rehearsed")

    def away(*_: object) -> int:
        raise DatabaseUnavailable("away", where="here")

    monkeypatch.setattr(uploads, "enter", away)
    with pytest.raises(DatabaseUnavailable):
        uploads.work_off(world.engine)


def test_a_list_without_a_row_to_enter_is_done_at_once(world: World, me: Actor) -> None:
    number = hand_in(world, me, [{**sample_rows(TODAY, 1)[0], "tckn": "12345678901"}])
    assert uploads.enter(world.engine, number) == 1
    assert (now(world, number).state, now(world, number).total) == ("done", 0)


def test_the_rows_rest_sealed(world: World, me: Actor) -> None:
    rows = sample_rows(TODAY, 1)
    number = hand_in(world, me, rows)
    [row] = rows_of(world, number)
    assert rows[0]["tckn"].encode() not in (row.content or b"")
    assert row.content is not None
    assert world.services.vault.is_current(bytes(row.content), uploads.SEALED)
