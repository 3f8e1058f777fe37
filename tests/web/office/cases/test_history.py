"""The past of a case: every kind of event, its details, pages, and notes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.logs.desk import DeskEntry
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.lint import text_of
from tests.kit.web.staff import Staff, path, under_review, waiting_for_paper
from web.kit.reading import timeline
from web.office.cases import past
from web.office.cases.verdicts import CONDITIONS, verdicts
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor


def steps(page: Page) -> list[str]:
    """Return what each event of the page says."""
    events = [part for part in page.tree.iter("li") if part.get("class", "").startswith("step")]
    return [text_of(event) for event in events]


def test_moves_refused_tries_notes_and_messages_stand_in_one_line_of_time(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    world.clock.advance(minutes=1)
    seen = officer.get(path(case, "islem", "return_to_applicant")).value("seen")
    form = {"seen": seen, "how": "face_to_face", "view": "-"}
    officer.post(path(case, "islem", "approve_paper"), 403, **form)
    world.clock.advance(minutes=1)
    officer.get(path(case, "gecmis"))
    officer.post(path(case, "not"), text="Kurumu arandı.")
    world.clock.advance(minutes=1)
    officer.post(
        path(case, "islem", "return_to_applicant"), seen=seen, cause="not_signed", reason="s. 2"
    )
    world.clock.advance(minutes=1)
    world.run_effects()
    page = officer.get(path(case, "gecmis"))
    told, returned, note, refused, *older = steps(page)
    assert told.startswith(
        "02.03.2026 12:04:00 Bildirim: Başvurunuz size iade edildi Gönderilmeyi bekliyor "
        "Metni göster"
    )
    assert "Formdaki imza eksik ya da yanlış yerde: s. 2" in told
    assert returned.startswith(
        "02.03.2026 12:03:00 Başvuru sahibine iade et Evrak incelemede → durumundan "
        "Başvuru sahibine iade edildi Zeynep Görevli, Başvuru görevlisi "
        "Gerekçe: Formdaki imza eksik ya da yanlış yerde: s. 2"
    )
    assert note.startswith(
        "02.03.2026 12:02:00 Not Zeynep Görevli, Başvuru görevlisi Kurumu arandı."
    )
    assert refused.startswith("02.03.2026 12:01:00 Reddedilen deneme: Evrakı onayla Zeynep Görevli")
    assert "işlemini siz yaptınız" in refused
    assert older[-1].startswith("02.03.2026 12:00:00 Başvuru aç Yeni")


def test_the_details_of_a_move_give_utc_hash_documents_and_the_verdicts_in_words(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    entries = timeline(world.engine.database, case)
    newest, chosen, _ = steps(officer.get(path(case, "gecmis")))
    assert f"UTC {entries[-1].body['at']}" in newest
    assert entries[-1].body["at"] == "2026-03-02T09:00:00.000000Z"
    assert entries[-1].hash in newest
    assert "Onaylama yöntemi yüz yüze başvuru: sağlandı method_is_in_person" in newest
    assert "Belgeler (SHA-256) " + entries[1].body["documents"][0] in chosen
    assert "Yöntem ve teslimat adresi eksiksiz: sağlandı form.complete" in chosen
    assert "Belgeler (SHA-256)" not in newest


def test_each_rule_and_check_of_the_shipped_processes_is_said_in_words(world: World) -> None:
    definitions = world.engine.library.current.values()
    named = {name for definition in definitions for name in definition.rules} | {
        name
        for definition in definitions
        for move in definition.transitions.values()
        for name in move.check
    }
    assert named - CONDITIONS.keys() == set()


def test_a_verdict_of_a_rule_that_is_gone_keeps_its_name(world: World) -> None:
    entry = timeline(world.engine.database, waiting_for_paper(world))[0]
    older = entry.__class__(
        entry.at, entry.hash, {**entry.body, "rules": {"gone": "deny"}, "checks": {"a.b": "error"}}
    )
    assert verdicts(older) == [
        ("gone", "sağlanmadı", "gone"), ("a.b", "denetlenemedi", "a.b"),
    ]  # fmt: skip


def test_a_long_past_is_paged_without_gap_or_repetition(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "PAGE", 3)
    case = waiting_for_paper(world)
    for number in range(4):
        officer.get(path(case, "gecmis"))
        officer.post(path(case, "not"), text=f"Not {number}")
    world.clock.advance(minutes=1)
    officer.get(path(case, "gecmis"))
    officer.post(path(case, "not"), text="Son not")
    whole: list[str] = []
    page = officer.get(path(case, "gecmis"))
    assert "En yeni kayıtlar" not in page.links
    while True:
        whole += steps(page)
        if "Daha eski kayıtlar" not in page.links:
            break
        assert len(steps(page)) == 3
        page = officer.get(page.links["Daha eski kayıtlar"])
        assert page.links["En yeni kayıtlar"] == path(case, "gecmis")
    assert len(whole) == len(set(whole)) == 3 + 5
    said = [text for text in whole if " Not " in text]
    assert [text.partition("görevlisi ")[2].partition(" Ayrıntı")[0] for text in said] == [
        "Son not", "Not 3", "Not 2", "Not 1", "Not 0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "mark", ["", "x", "2026-03-02_1_1", "2026-03-02T09:00:00+00:00_1", "9_9_9", "_1_1",
             "2026-03-02T09:00:00+00:00_1_99999999999"],
)  # fmt: skip
def test_a_mark_that_is_not_ours_is_the_newest_page(
    world: World, officer: Visitor, mark: str
) -> None:
    case = waiting_for_paper(world)
    assert len(steps(officer.get(path(case, "gecmis"), query_string={"once": mark}))) == 3


def test_a_mark_is_read_as_it_was_written() -> None:
    key = (datetime(2026, 3, 2, 9, 0, 0, 7, tzinfo=UTC), past.DESK, 12)
    assert past.parse_mark(past.mark_of(key)) == key


def test_a_note_sent_twice_is_kept_once_and_said_so(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "gecmis"))
    assert "Not eklendi." in officer.post(path(case, "not"), text="Arandı.").text
    again = officer.post(path(case, "not"), text="Arandı.")
    assert "Bu not zaten eklenmişti" in again.text
    (entry,) = world.all(DeskEntry)
    assert (entry.actor, entry.role) == (f"user:{staff.officer}", "officer")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Not boş; kaydedilecek bir not yazınız."),
        ("  ", "Not boş; kaydedilecek bir not yazınız."),
        ("a" * 2001, "Not çok uzun; kısaltınız."),
    ],
)
def test_a_note_that_can_not_be_kept_is_said_at_its_field_and_given_back(
    world: World, officer: Visitor, text: str, said: str
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "gecmis"))
    page = officer.post(path(case, "not"), 422, text=text)
    assert page.title.startswith("Hata:")
    assert page.all("p", id="text-hata") == [said]
    assert page.value("text") == text.strip()
    assert world.all(DeskEntry) == []


def test_an_auditor_reads_the_past_and_adds_nothing(
    world: World, auditor: Visitor, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    world.engine.fire(case, "return_to_applicant", officer_actor(), reason="not_signed")
    world.run_effects()
    page = auditor.get(path(case, "gecmis"))
    assert "Notu ekle" not in page.buttons
    assert not [name for name in page.links if name.startswith("Yeniden gönder")]
    auditor.post(path(case, "not"), 403, text="Arandı.")
    assert world.all(DeskEntry) == []
    assert [
        name for name in officer.get(path(case, "gecmis")).links if "Yeniden gönder" in name
    ] == ["Yeniden gönder : Başvurunuz size iade edildi, 02.03.2026 12:00:00"]


def test_a_note_with_a_sign_that_can_not_be_kept_is_given_back_without_it(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "gecmis"))
    page = officer.post(path(case, "not"), 400, text="Aran\0dı.")
    assert "saklanamayan bir işaret var" in page.text
    assert "Arandı." in page.text
    assert world.all(DeskEntry) == []


def test_of_his_own_case_an_officer_reads_and_writes_no_more_than_the_applicant(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    person = world.read(Application, case).person_id
    second.get(path(case, "gecmis"))
    second.post(path(case, "not"), text="Kurumu arandı.")
    world.engine.fire(case, "return_to_applicant", officer_actor(), reason="not_signed")
    with pytest.raises(Refused):
        world.engine.fire(case, "approve_paper", officer_actor())
    world.run_effects()
    world.write("UPDATE office_user SET person_id = :p WHERE id = :u", p=person, u=staff.officer)
    officer.sign_in("user", staff.officer)
    page = officer.get(path(case, "gecmis"))
    assert "Bu kayıt size ait" in page.text
    assert "Başvurunuz size iade edildi" in page.text
    for kept_from_him in ("Kurumu arandı.", "Reddedilen deneme", "Notu ekle", "Yeniden gönder"):
        assert kept_from_him not in page.text
        assert kept_from_him in second.get(path(case, "gecmis")).text
    refused = officer.post(path(case, "not"), 422, text="Öne alınsın.")
    assert "Kendi kaydınızda görevli olarak işlem yapamazsınız" in refused.text
    assert [row.text for row in world.all(DeskEntry)] == ["Kurumu arandı."]


def test_a_note_on_a_case_that_is_not_there_is_kept_nowhere(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "gecmis"))
    officer.post("/is/B999999999/not", 404, text="Arandı.")
    assert world.all(DeskEntry) == []
    assert len(world.all(JournalEntry, case_id=case)) == 3


def test_who_took_a_case_over_from_whom_is_told_by_name_and_a_note_stays_a_note(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "gecmis"))
    officer.post(path(case, "not"), text=f"user:{staff.second}")
    taken = (
        "INSERT INTO desk_entry (at, workflow, case_id, actor, role, what, text)"
        " VALUES (:at, 'application', :case, :actor, 'officer', 'taken_over', :text)"
    )
    actor, before = f"user:{staff.second}", f"user:{staff.officer}"
    world.write(taken, at=world.clock.now(), case=case, actor=actor, text=before)
    said = second.get(path(case, "gecmis")).all("li", class_="step step-desk")
    assert "Devraldı İlker Görevli, Başvuru görevlisi Şu kişiden: Zeynep Görevli" in said[0]
    assert f"Not Zeynep Görevli, Başvuru görevlisi user:{staff.second} " in said[1]
