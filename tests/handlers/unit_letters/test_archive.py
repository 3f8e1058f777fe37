"""What both sides read of letters later, whom a copy reaches, and what others say of the seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.certificates import revocation
from handlers.kit.services import Services
from handlers.unit_letters import archive, sending
from handlers.unit_letters.drawing import LetterNumber
from handlers.unit_letters.sending import readers_of, work_off
from states.cases.notice import IN_TURN, Notice
from states.kit.errors import DatabaseUnavailable
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from tests.kit.signing import pdfs
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor


@pytest.fixture
def asked(world: World) -> Callable[..., Any]:
    """Give the asking of the archive."""

    def ask(question: Callable[..., Any], *about: object) -> Any:  # noqa: ANN401 - as it answers
        with world.engine.database.connect() as connection:
            return question(connection, *about)

    return ask


def test_a_sender_sees_its_own_letters_newest_first_and_the_office_the_oldest_draft_first(
    world: World, letters: Letters, first: Actor, second: Actor, asked: Callable[..., Any]
) -> None:
    below = letters.coordinator("TEST-16-01")
    sent = letters.approved(first, second)
    work_off(world.engine)
    drafts = [letters.draft(first), letters.draft(first)]
    other = letters.draft(below, action=("TEST-16-01-1",), sender="TEST-16-01")
    mine = asked(archive.sent_by, letters.place())
    assert [row.id for row in mine] == [*reversed(drafts), sent]
    assert [row.number for row in mine] == [None, None, 1]
    assert [row.state for row in mine] == ["proposed", "proposed", "sent"]
    assert [row.id for row in asked(archive.waiting)] == [*drafts, other]
    assert (mine[0].sender_code, mine[0].sender) == ("TEST-16", "TEST Bursa İl Müdürlüğü")
    [registered] = world.all(RegisteredLetter)
    paper = world.read(Document, registered.sha256)
    number = str(LetterNumber("TEST-16", 2026, 1))
    assert asked(archive.number_and_code, sent) == (number, paper.verification_code)
    assert asked(archive.number_and_code, other) == ("", "")


def test_no_list_of_letters_is_longer_than_a_page(
    letters: Letters, first: Actor, asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "NEWEST", 1)
    old, new = letters.draft(first), letters.draft(first)
    assert [row.id for row in asked(archive.sent_by, letters.place())] == [new]
    assert [row.id for row in asked(archive.waiting)] == [old]


def test_a_unit_sees_what_came_to_it_and_nothing_that_is_under_way(
    world: World, letters: Letters, first: Actor, second: Actor, asked: Callable[..., Any]
) -> None:
    unit, told = letters.place("TEST-16-01"), letters.place("TEST-16-02")
    old = letters.approved(first, second, action=("TEST-16-01",), info=("TEST-16-02",))
    assert asked(archive.received_by, unit) == []
    assert asked(archive.one_received, old, unit) is None
    work_off(world.engine)
    new = letters.approved(first, second, action=("TEST-16-01",))
    work_off(world.engine)
    letters.approved(first, second, action=("TEST-16-01",))  # nobody has come to it yet
    assert [(row.id, row.purpose) for row in asked(archive.received_by, unit)] == [
        (new, "action"), (old, "action"),
    ]  # fmt: skip
    assert [(row.id, row.purpose) for row in asked(archive.received_by, told)] == [(old, "info")]
    assert asked(archive.one_received, new, told) is None
    found = asked(archive.one_received, old, told)
    assert (found.id, found.people, found.contact_name) == (old, 0, "Bilgi İşlem Şubesi")


def test_a_paper_is_that_of_its_letter_unit_and_part(
    world: World, letters: Letters, first: Actor, second: Actor, asked: Callable[..., Any]
) -> None:
    case, other = (letters.approved(first, second) for _ in range(2))
    work_off(world.engine)
    copies, unit = letters.copies(case), letters.place("TEST-16-02")
    [registered] = world.all(RegisteredLetter, letter_id=case)
    copy = copies["TEST-16-02"]
    wanted = (registered.sha256, copy.list_sha256, copy.sheet_sha256)
    found = [asked(archive.paper_of, case, part, unit) for part in ("yazi", "liste", "tablo")]
    assert tuple(one.sha256 for one in found) == wanted
    assert len(set(wanted)) == len(wanted)
    for part in ("liste", "tablo"):
        assert asked(archive.paper_of, case, part, letters.place("TEST-06")) is None
    assert asked(archive.paper_of, other, "liste", unit).sha256 not in wanted


def test_units_stand_in_their_order_with_the_states_of_their_messages_sorted(
    world: World, letters: Letters, first: Actor, second: Actor, asked: Callable[..., Any]
) -> None:
    for _ in range(3):
        letters.coordinator("TEST-16-02")
    case = letters.approved(first, second, action=("TEST-16-02",), info=("TEST-16-01",))
    letters.approved(first, second, action=("TEST-16-02",))
    work_off(world.engine)
    mine = world.all(Notice, case_id=case)
    assert {notice.lane for notice in mine} == {IN_TURN}
    for notice, state in zip(mine, ("handed_over", "bounced", "delivered"), strict=True):
        world.write("UPDATE notice SET state = :state WHERE id = :id", state=state, id=notice.id)
    rows = asked(archive.copies_of, case)
    assert [(row.code, row.purpose, row.outcome, row.messages) for row in rows] == [
        ("TEST-16-02", "action", "sent", "bounced delivered handed_over"),
        ("TEST-16-01", "info", "unread", None),
    ]  # fmt: skip


def test_whoever_can_be_written_to_reads_for_a_unit_in_the_order_of_their_accounts(
    world: World, letters: Letters, asked: Callable[..., Any]
) -> None:
    unit = letters.place("TEST-16-01")
    letters.coordinator("TEST-16-02")
    readers = [letters.coordinator("TEST-16-01") for _ in range(3)]
    numbers = [int(one.name.partition(":")[2]) for one in readers]
    people = [one.person_id for one in readers]
    assert asked(readers_of, unit) == list(zip(numbers, people, strict=True))

    def left() -> list[int]:
        return [number for number, _ in asked(readers_of, unit)]

    world.write("UPDATE person SET email = NULL WHERE id = :me", me=people[0])
    assert left() == numbers[1:]
    world.write("UPDATE person SET phone = '+905321112233' WHERE id = :me", me=people[0])
    assert left() == numbers
    world.write("UPDATE person SET standing = 'left' WHERE id = :me", me=people[1])
    world.write("UPDATE office_user SET active = false WHERE id = :me", me=numbers[2])
    assert left() == numbers[:1]
    world.write("UPDATE office_user SET roles = '{auditor}'")
    assert left() == []


def test_a_coordinator_is_told_in_their_own_language(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    reader = letters.coordinator("TEST-16-01")
    world.write("UPDATE person SET language = 'en' WHERE id = :me", me=reader.person_id)
    case = letters.approved(first, second)
    work_off(world.engine)
    [notice] = world.all(Notice, case_id=case)
    reference = letters.letter(case).reference
    assert (notice.language, reference in notice.subject) == ("en", True)
    assert not notice.subject.startswith("Biriminize")
    assert f"Biriminize {reference} kaydıyla bir resmî yazı gönderildi" in notice.text
    assert day_in_istanbul(notice.created_at) == day_in_istanbul(world.clock.now())


def test_pyhanko_accepts_letter_and_list_and_neither_once_a_byte_is_another(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second, action=("TEST-16-01",))
    work_off(world.engine)
    world.publish_lists()
    with world.engine.database.connect() as connection:
        lists = revocation.lists_at(connection, world.clock.now())
    [registered] = world.all(RegisteredLetter)
    authority, now = world.services.authority(), world.clock.now()
    for sha256 in (registered.sha256, letters.copies(case)["TEST-16-01"].list_sha256):
        sealed = world.read(Document, sha256).content
        status = pdfs.pyhanko_says(sealed, authority, lists, now)
        assert (status.bottom_line, pdfs.coverage(status)) == (True, "ENTIRE_FILE")
        at = sealed.index(b"/Reason") + 1
        changed = sealed[:at] + b"r" + sealed[at + 1 :]
        assert not pdfs.pyhanko_says(changed, authority, lists, now).bottom_line


# What ails one letter, and what ails all.


def test_a_letter_that_breaks_keeps_no_other_waiting(
    world: World, letters: Letters, first: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (letters.approved(first, second) for _ in range(2))
    whole = sending.send

    def send(engine: Any, letter_id: int) -> int:  # noqa: ANN401 - as the room's own
        if letter_id == bad:
            raise ZeroDivisionError
        return whole(engine, letter_id)

    monkeypatch.setattr(sending, "send", send)
    assert work_off(world.engine) == 2
    assert (letters.letter(bad).state, letters.letter(good).state) == ("approved", "sent")


def test_a_database_that_is_away_ends_the_look(
    world: World, letters: Letters, first: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.approved(first, second)

    def away(*_: object) -> int:
        raise DatabaseUnavailable("It is away.")

    monkeypatch.setattr(sending, "send", away)
    with pytest.raises(DatabaseUnavailable):
        work_off(world.engine)


def test_without_a_seal_the_papers_are_sent_as_they_were_set(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    bare = {name: getattr(world.services, name) for name in Services.__slots__} | {"seal": None}
    object.__setattr__(world.engine, "services", Services(**bare))
    case = letters.approved(first, second, action=("TEST-16-01",))
    assert work_off(world.engine) == 1
    assert letters.letter(case).state == "sent"
    assert all(b"/ByteRange" not in row.content for row in world.all(Document, case_id=case))
