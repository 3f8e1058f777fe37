"""A letter gets its number with its seal and comes to each unit once, whatever breaks off."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from structlog.testing import capture_logs

from handlers.desk import verification
from handlers.unit_letters import register, sending
from handlers.unit_letters.sending import work_off
from signing.errors import DeviceFailed
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from tests.kit.handlers.paper import words_on_paper
from tests.kit.signing import pdfs
from workflow.model.entry import parsed
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.seal import Seal
    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

SOON = date(2026, 3, 20)
"""Within the month before which the institution wants everybody to have applied."""

LATER = date(2026, 9, 1)


class _Killed(BaseException):
    """What ends a worker without a word."""


def numbers(world: World) -> list[tuple[int, int]]:
    """Return years and numbers of the register in their order."""
    return sorted((row.year, row.number) for row in world.all(RegisteredLetter))


def paper(world: World, case: int) -> Document:
    """Return the sealed paper of a letter."""
    [row] = world.all(RegisteredLetter, letter_id=case)
    return world.read(Document, row.sha256)


def kill_at(world: World, point: str) -> None:
    """Have the worker end the next time that it passes a point."""
    before = world.engine.point

    def passed(name: str) -> None:
        if name == point:
            world.engine.point = before
            raise _Killed
        before(name)

    world.engine.point = passed


def test_a_letter_says_number_subject_reference_text_enclosure_and_distribution(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second, info=("TEST-16-01-1",))
    assert work_off(world.engine) == 3
    assert letters.letter(case).state == "sent"
    words = " ".join(words_on_paper(paper(world, case).content).split())
    for said in (
        "T.C. TEST Bursa İl Müdürlüğü",
        ": E-TEST-16-710.03-1",
        "02.03.2026",
        ": Sertifika yenileme başvuruları",
        "DAĞITIM YERLERİNE",
        "İlgi: Bakanlığın 17.02.2026 tarihli ve 123 sayılı yazısı.",
        "yenileme başvurusunu en geç kendi satırındaki son başvuru gününe kadar",
        "Bilgi İşlem Şubesi (0 (224) 000 00 00, destek@ornek.invalid) ile iletişime",
        "Bilgilerinizi ve gereğini rica ederim.",
        f"Yetkili {second.person_id} Kurum yetkilisi",
        "Ek: Personelin sertifika bitiş listesi",
        "TEST Mudanya İlçe Müdürlüğü TEST Zeytinlik İlkokulu",
        "RY.02",
    ):
        assert said in words
    assert "Ayşe" not in words


def test_without_reference_and_information_a_letter_says_neither(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(
        first, second, about=None, wording="consent", addition="Toplantı 5 Mart günüdür."
    )
    work_off(world.engine)
    words = " ".join(words_on_paper(paper(world, case).content).split())
    assert "İlgi:" not in words
    assert "Gereğini rica ederim." in words
    assert "Bilgilerinizi" not in words
    assert "bir kez elektronik onay (e-onay) vermesi gerekmektedir" in words
    assert "yenileme başvurusunu" not in words
    assert "Toplantı 5 Mart günüdür." in words


def test_each_unit_gets_the_list_of_its_own_people_as_pdf_and_workbook(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    letters.staff("TEST-16-01-1", LATER, "Geç")
    letters.staff("TEST-16-01-2", SOON, "Erken")
    letters.staff("TEST-16-02-1", SOON, "Başka")
    letters.staff("TEST-06-01-1", SOON, "Yabancı")
    case = letters.approved(first, second, action=("TEST-16-01", "TEST-16-01-1", "TEST-16-02"))
    work_off(world.engine)
    copies = letters.copies(case)
    assert {code: copy.people for code, copy in copies.items()} == {
        "TEST-16-01": 1, "TEST-16-01-1": 1, "TEST-16-02": 1,
    }  # fmt: skip
    said = {
        code: " ".join(words_on_paper(world.read(Document, copy.list_sha256).content).split())
        for code, copy in copies.items()
    }
    for code, name in (("TEST-16-01", "ERKEN"), ("TEST-16-01-1", "GEÇ"), ("TEST-16-02", "BAŞKA")):
        assert f"{name} YETKİLİ" in said[code]
        others = {"ERKEN", "GEÇ", "BAŞKA", "YABANCI"} - {name}
        assert not [other for other in others if f"{other} YETKİLİ" in said[code]]
    assert "20.03.2026 20.02.2026 Son başvuru günü geçti" in said["TEST-16-01"]
    assert "01.09.2026 01.08.2026 e-onayı yok" in said["TEST-16-01-1"]
    assert "E-TEST-16-710.03-1" in said["TEST-16-01"]
    sheet = world.read(Document, copies["TEST-16-01"].sheet_sha256)
    rows = list(load_workbook(io.BytesIO(sheet.content)).worksheets[0].iter_rows(values_only=True))
    assert rows[4][:2] == ("Belge doğrulama kodu", sheet.verification_code)
    assert rows[5] == ("Sıra", "Ad soyad", "Sertifika", "Bitiş günü", "Son başvuru günü", "Durum")
    assert rows[6][1] == "ERKEN YETKİLİ"
    assert rows[6][3:] == ("20.03.2026", "20.02.2026", "Son başvuru günü geçti")
    assert len(rows) == 7


def test_letter_and_list_are_sealed_read_by_others_and_known_to_the_public_page(
    world: World, letters: Letters, first: Actor, second: Actor, tmp_path: Path
) -> None:
    case = letters.approved(first, second)
    work_off(world.engine)
    copy = letters.copies(case)["TEST-16-01"]
    sealed = (paper(world, case), world.read(Document, copy.list_sha256))
    for document in sealed:
        assert pdfs.unread(tmp_path, document.content) == []
    found = [standing(world, one.verification_code) for one in sealed]
    assert found == [(verification.Approval.SEALED, "")] * 2
    sheet = world.read(Document, copy.sheet_sha256)
    assert standing(world, sheet.verification_code) == (verification.Approval.UNSEALED, "")


def standing(world: World, code: str) -> tuple[object, str] | None:
    with world.engine.database.connect() as connection:
        found = verification.find(connection, code)
    return None if found is None else (found.approval, found.person)


def test_the_coordinators_of_a_unit_are_told_once_and_who_cannot_be_is_marked(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    reader = letters.coordinator("TEST-16-01")
    letters.coordinator("TEST-16-01", email=None)
    letters.coordinator("TEST-16-02", email=None)
    case = letters.approved(first, second)
    work_off(world.engine)
    assert work_off(world.engine) == 0
    [notice] = world.all(Notice, template="institution/letter")
    assert (notice.person_id, notice.case_id) == (reader.person_id, case)
    reference = letters.letter(case).reference
    assert notice.subject == f"Biriminize {reference} kaydıyla bir resmî yazı gönderildi"
    assert "E-TEST-16-710.03-1 sayılı resmî yazı" in notice.text
    assert f"/kurum/gelen-yazilar/{reference}" in notice.text
    assert {code: copy.outcome for code, copy in letters.copies(case).items()} == {
        "TEST-16-01": "sent", "TEST-16-02": "unread",
    }  # fmt: skip
    [entry] = world.all(JournalEntry, case_id=case, trigger="finish")
    said = parsed(entry.body)
    assert said["details"] == {"year": 2026, "number": 1, "sent": 1, "unread": 1}
    assert said["documents"] == [paper(world, case).sha256]


def test_numbers_follow_each_other_for_each_institution_and_year(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    other = letters.coordinator("TEST-16-01"), letters.coordinator("TEST-16-01")
    for _ in range(2):
        letters.approved(first, second)
    letters.approved(*other, sender="TEST-16-01", action=("TEST-16-01-1",))
    work_off(world.engine)
    assert numbers(world) == [(2026, 1), (2026, 1), (2026, 2)]
    # Half past one of the new year in Istanbul is still the old one in UTC.
    world.clock.set(datetime(2026, 12, 31, 22, 30, tzinfo=UTC))
    case = letters.approved(first, second)
    work_off(world.engine)
    assert numbers(world)[-1] == (2027, 1)
    assert "E-TEST-16-710.03-1" in words_on_paper(paper(world, case).content)


@pytest.mark.parametrize(
    "point", ["paper_drawn", "paper_sealed", "letter_registered", "letter_copied", "before_commit"]
)
def test_a_worker_that_is_killed_leaves_no_gap_and_no_double(
    world: World, letters: Letters, first: Actor, second: Actor, point: str
) -> None:
    letters.coordinator("TEST-16-01")
    killed, whole = (letters.approved(first, second) for _ in range(2))
    kill_at(world, point)
    with pytest.raises(_Killed):
        sending.send(world.engine, killed)
    sending.send(world.engine, whole)
    sending.send(world.engine, killed)
    assert numbers(world) == [(2026, 1), (2026, 2)]
    for case in (killed, whole):
        assert letters.letter(case).state == "sent"
        assert len(world.all(Document, case_id=case)) == 5
        assert len(world.all(Notice, case_id=case)) == 1
        assert f"-710.03-{world.all(RegisteredLetter, letter_id=case)[0].number}" in words_on_paper(
            paper(world, case).content
        )


def test_two_workers_that_seal_at_once_share_no_number(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    slow, fast = (letters.approved(first, second) for _ in range(2))
    whole, other = world.services, iter((True,))

    def meanwhile() -> Seal:
        if next(other, False):
            register.seal(world.engine, fast)
        assert whole.seal is not None
        return whole.seal()

    object.__setattr__(world.engine, "services", replace(whole, seal=meanwhile))
    assert register.seal(world.engine, slow).number == 2
    assert register.seal(world.engine, fast).number == 1
    assert numbers(world) == [(2026, 1), (2026, 2)]
    assert "E-TEST-16-710.03-2" in words_on_paper(paper(world, slow).content)
    assert len(world.all(Document, kind="unit_letter")) == 2


def test_two_workers_that_seal_one_letter_give_it_one_number(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    whole, other = world.services, iter((True,))

    def meanwhile() -> Seal:
        if next(other, False):
            register.seal(world.engine, case)
        assert whole.seal is not None
        return whole.seal()

    object.__setattr__(world.engine, "services", replace(whole, seal=meanwhile))
    assert register.seal(world.engine, case).number == 1
    assert numbers(world) == [(2026, 1)]
    assert len(world.all(Document, kind="unit_letter")) == 1


def test_two_workers_at_one_unit_send_it_one_copy(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    letters.coordinator("TEST-16-01")
    case = letters.approved(first, second, action=("TEST-16-01",))
    register.seal(world.engine, case)
    whole, other = world.services, iter((True,))

    def meanwhile() -> Seal:
        if next(other, False):
            sending.send(world.engine, case)
        assert whole.seal is not None
        return whole.seal()

    object.__setattr__(world.engine, "services", replace(whole, seal=meanwhile))
    letter, number = letters.letter(case), register.seal(world.engine, case)
    sending._send_to(world.engine, letter, number, letters.place("TEST-16-01"))  # noqa: SLF001 - a worker that comes in between
    assert len(world.all(Document, kind="unit_list")) == 1
    assert len(world.all(Notice, case_id=case)) == 1


def test_a_token_that_is_away_leaves_the_letter_to_the_next_look(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    whole = world.services

    def away() -> Seal:
        raise DeviceFailed(support="CKR_DEVICE_ERROR")

    object.__setattr__(world.engine, "services", replace(whole, seal=away))
    with capture_logs() as told:
        assert work_off(world.engine) == 0
    assert [(one["event"], one["letter"], one["code"]) for one in told] == [
        ("unit_letter_failed", case, DeviceFailed.code)
    ]
    assert numbers(world) == []
    object.__setattr__(world.engine, "services", whole)
    assert work_off(world.engine) == 2


def test_many_units_are_come_to_turn_by_turn(
    world: World, letters: Letters, first: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TURN", 2)
    units = ("TEST-16-01", "TEST-16-01-1", "TEST-16-01-2", "TEST-16-02", "TEST-16-02-1")
    case = letters.approved(first, second, action=units)
    assert work_off(world.engine) == 2
    assert letters.letter(case).state == "approved"
    assert [work_off(world.engine) for _ in range(3)] == [2, 1, 0]
    assert letters.letter(case).state == "sent"
    assert len(world.all(Document, kind="unit_list")) == 5


def test_a_unit_that_closed_meanwhile_is_left_out_of_the_distribution(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    letters.close("TEST-16-01", date(2026, 3, 2))
    work_off(world.engine)
    assert letters.copies(case)["TEST-16-01"].outcome == "closed"
    words = words_on_paper(paper(world, case).content)
    assert "Mudanya" not in words
    assert "İnegöl" in words


def test_where_all_units_closed_no_number_is_used_up(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    for unit in ("TEST-16-01", "TEST-16-02"):
        letters.close(unit, date(2026, 3, 2))
    assert work_off(world.engine) == 0
    assert letters.letter(case).state == "unsendable"
    assert numbers(world) == []
    assert sending.send(world.engine, case) == 0


def test_whoever_holds_a_letter_keeps_others_from_it(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    with held_alone(world.engine, sending.LOCK_SPACE, case):
        assert work_off(world.engine) == 0
    assert work_off(world.engine) == 2


def test_a_long_list_names_those_who_end_first_and_says_so(
    world: World, letters: Letters, first: Actor, second: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.unit_letters.people.MOST_LINES", 2)
    monkeypatch.setattr("handlers.unit_letters.people.AT_ONCE", 1)
    for days, name in ((30, "Üç"), (10, "Bir"), (20, "İki")):
        letters.staff("TEST-16-01-1", LATER + timedelta(days=days), name)
    case = letters.approved(first, second, action=("TEST-16-01",))
    work_off(world.engine)
    words = words_on_paper(
        world.read(Document, letters.copies(case)["TEST-16-01"].list_sha256).content
    )
    assert words.index("BİR YETKİLİ") < words.index("İKİ YETKİLİ")
    assert "ÜÇ YETKİLİ" not in words
    assert "Liste çok uzun olduğu için" in words
