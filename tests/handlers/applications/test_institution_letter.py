"""The letter of the day: each card stands in one letter, each institution reads of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.applications import institution_letter
from handlers.applications.institution_letter import last_closing, write_letters
from handlers.desk import verification
from handlers.people.register import find_institution
from handlers.truth.outcomes import outcomes
from signing.errors import DeviceFailed
from states.cases.application import Application
from states.papers.document import Document
from states.papers.letter_line import LetterLine
from tests.kit.handlers.courier.hand_over import hand_over
from tests.kit.handlers.paper import pages, words_on_paper
from tests.kit.handlers.world import ISMAIL
from tests.kit.signing import pdfs
from workflow.engine.library import Library, Witnesses
from workflow.journal.conformance import conform

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.seal import Seal
    from tests.kit.handlers.world import World

CLOSED = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""Five in the afternoon in Istanbul."""


@pytest.fixture
def case(world: World) -> int:
    """Give the first application of Ayşe, of a school."""
    return world.file(world.person(), "first")


def institution(world: World, code: str) -> int:
    with world.engine.database.connect() as connection:
        found = find_institution(connection, code)
    assert found is not None
    return found.id


def written(world: World) -> list[Document]:
    rows = world.all(Document, kind="official_letter")
    return [world.read(Document, row.sha256) for row in sorted(rows, key=lambda row: row.made_by)]


def test_one_letter_names_the_cards_of_a_day_with_number_form_and_line(
    world: World, case: int
) -> None:
    other = world.file(world.person(ISMAIL, "İsmail", "Işık"), "first")
    codes = [hand_over(world, other), hand_over(world, case)]
    world.clock.set(CLOSED)
    assert write_letters(world.engine) == 1
    (letter,) = written(world)
    words = words_on_paper(letter.content)
    first, second = (world.read(Application, one) for one in (case, other))
    assert first.institution_id is not None
    for said in (
        f"E-NESOFIS-710.03-{first.institution_id}-20260302/1",
        "02.03.2026",
        "TEST Zeytinlik İlkokulu",
        "üretilen 2 kart",
        "Kuryeye verilen kartların listesi (2 satır)",
        "Doküman kodu: RY.01",
    ):
        assert said in words
    joined = " ".join(words.split())
    assert f"1 {first.reference} AYŞE ÖRNEKOĞLU TEST00002 {codes[1]}" in joined
    assert f"2 {second.reference} İSMAİL IŞIK TEST00001 {codes[0]}" in joined
    assert "TEST Sokağı" not in words
    assert [(line.case_id, line.line) for line in world.all(LetterLine, line=1)] == [(case, 1)]
    assert {line.letter_sha256 for line in world.all(LetterLine)} == {letter.sha256}
    assert (letter.person_id, letter.case_id) == (None, None)


def test_a_letter_is_sealed_read_by_others_and_known_to_the_public_page(
    world: World, case: int, tmp_path: Path
) -> None:
    hand_over(world, case)
    world.clock.set(CLOSED)
    write_letters(world.engine)
    (letter,) = written(world)
    assert pdfs.unread(tmp_path, letter.content) == []
    with world.engine.database.connect() as connection:
        found = verification.find(connection, letter.verification_code)
    assert found is not None
    assert (found.approval, found.person) == (verification.Approval.SEALED, "")


def test_each_institution_reads_of_its_own_staff_only(world: World, case: int) -> None:
    other = world.file(world.person(ISMAIL, "İsmail", "Işık"), "first")
    hand_over(world, case)
    hand_over(world, other, institution_id=institution(world, "TEST-16-02-1"))
    world.clock.set(CLOSED)
    assert write_letters(world.engine) == 2
    school, lycee = (words_on_paper(letter.content) for letter in written(world))
    if "Zeytinlik" not in school:
        school, lycee = lycee, school
    assert ("AYŞE" in school, "İSMAİL" in school) == (True, False)
    assert ("AYŞE" in lycee, "İSMAİL" in lycee) == (False, True)


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        (CLOSED - timedelta(microseconds=1), CLOSED - timedelta(days=1)),
        (CLOSED, CLOSED),
        (CLOSED + timedelta(hours=6, minutes=59), CLOSED),
        (CLOSED + timedelta(hours=23, minutes=59), CLOSED),
    ],
)
def test_letters_are_closed_at_five_in_istanbul(now: datetime, closed: datetime) -> None:
    assert last_closing(now) == closed


def test_a_card_waits_for_the_closing_after_it_was_handed_over(world: World, case: int) -> None:
    hand_over(world, case)
    hand_over(world, case, CLOSED)
    world.clock.set(CLOSED - timedelta(minutes=1))
    assert write_letters(world.engine) == 0
    world.clock.set(CLOSED)
    assert [write_letters(world.engine), write_letters(world.engine)] == [1, 0]
    assert [line.tracking_number for line in world.all(LetterLine, letter_sha256=None)] == [
        "TEST00002"
    ]
    world.clock.set(CLOSED + timedelta(days=1))
    assert write_letters(world.engine) == 1
    assert [
        number
        for letter in written(world)
        for number in ("20260302/1", "20260303/1")
        if number in words_on_paper(letter.content)
    ] == ["20260302/1", "20260303/1"]


def test_a_large_day_is_told_in_several_numbered_letters(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(institution_letter, "MOST", 2)
    for _ in range(5):
        hand_over(world, case)
    world.clock.set(CLOSED)
    assert write_letters(world.engine) == 3
    found = [words_on_paper(letter.content) for letter in written(world)]
    assert [f"20260302/{n}" in words for n, words in enumerate(found, start=1)] == [True] * 3
    assert [words.count("TEST000") for words in found] == [2, 2, 1]


def test_a_long_list_goes_on_over_pages_under_its_head(world: World, case: int) -> None:
    for _ in range(60):
        hand_over(world, case)
    world.clock.set(CLOSED)
    write_letters(world.engine)
    (letter,) = written(world)
    found = pages(letter.content)
    assert len(found) > 2
    assert all("Takip numarası" in page for page in found[1:-1])
    assert sum(page.count("TEST000") for page in found) == 60


def test_a_token_that_is_away_leaves_the_lines_to_the_next_look(world: World, case: int) -> None:
    hand_over(world, case)
    world.clock.set(CLOSED)
    whole = world.services

    def away() -> Seal:
        raise DeviceFailed(support="CKR_DEVICE_ERROR")

    object.__setattr__(world.engine, "services", replace(whole, seal=away))
    with pytest.raises(DeviceFailed):
        write_letters(world.engine)
    assert written(world) == []
    object.__setattr__(world.engine, "services", whole)
    assert write_letters(world.engine) == 1


def test_two_that_write_at_once_keep_one_letter(world: World, case: int) -> None:
    hand_over(world, case)
    world.clock.set(CLOSED)
    whole, other = world.services, iter((True,))
    made: list[int] = []

    def meanwhile() -> Seal:
        if next(other, False):
            made.append(write_letters(world.engine))
        assert whole.seal is not None
        return whole.seal()

    object.__setattr__(world.engine, "services", replace(whole, seal=meanwhile))
    assert write_letters(world.engine) == 0
    assert made == [1]
    assert len(written(world)) == 1
    assert [line.line for line in world.all(LetterLine)] == [1]


def unordered(world: World) -> set[str]:
    """Return the rows of which no entry says that they were ordered."""
    house = world.engine.library
    library = Library(
        world.engine.database,
        dict(house.current),
        house.registry,
        Witnesses(lambda _: [], (outcomes,)),
    )
    found = conform(world.engine.database, library).differences
    return {
        sample.row for one in found if one.reason == "outcome_unordered" for sample in one.samples
    }


def test_a_letter_is_ordered_by_the_hand_overs_that_its_lines_name(world: World, case: int) -> None:
    hand_over(world, case)
    world.clock.set(CLOSED)
    write_letters(world.engine)
    (letter,) = written(world)
    assert f"document {letter.sha256}" not in unordered(world)
    world.write("UPDATE letter_line SET letter_sha256 = NULL, line = NULL")
    assert f"document {letter.sha256}" in unordered(world)
