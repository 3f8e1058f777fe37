"""An audit in a real browser: filter, take out, prove, find what was tampered with."""

from __future__ import annotations

import csv
import json
import re
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from states.kit.reference import reference
from tests.kit.handlers.world import ISMAIL, operator
from tests.kit.handlers.world import officer as officer_of
from tests.kit.web.desk import seats, seen, templates
from tests.kit.web.staff import path, under_review, waiting_for_paper
from workflow.engine.library import publish
from workflow.journal.verification import verify
from workflow.loading.publish import canonical_of, from_canonical
from workflow.model.refusal import Refused
from workflow.running import journal_verification

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff
    from workflow.engine.library import Library
    from workflow.journal.verification import Verification

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

AUDITOR = "Çağrı Denetçi"


@pytest.fixture
def case(world: World, staff: Staff) -> int:
    """Give an office with a past: an application under review, another one, and refused tries."""
    under = under_review(world, staff.officer)
    other = waiting_for_paper(world, ISMAIL, "Işıklı")
    world.clock.advance(hours=2, seconds=7)
    for trigger in ("approve_paper", "release"):
        with pytest.raises(Refused):
            world.engine.fire(other, trigger, officer_of(staff.officer))
    world.engine.fire(
        other, "return_to_applicant", officer_of(staff.second), reason="missing_document: ek yok"
    )
    return under


def counted(seat: Seat) -> int:
    """Return how many rows the page says there are."""
    said = seat.page.locator("p.lead[role=status]").inner_text()
    return int(said.removesuffix(" kayıt"))


def taken_out(seat: Seat, kind: str) -> Path:
    """Download what the filter shows."""
    with seat.page.expect_download() as kept:
        seat.follow(kind)
    return kept.value.path()


def chosen(seat: Seat, **fields: str) -> None:
    """Fill in the filter and apply it; a field is named by its id."""
    for field_id, value in fields.items():
        field = seat.page.locator(f"#{field_id}")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    seat.press("Uygula")


def test_the_journal_is_filtered_to_one_entry_and_its_detail(case: int, seats: Seats) -> None:
    auditor = seats(AUDITOR)
    everything = counted(auditor)
    auditor.look("audit-journal")
    chosen(auditor, kim="Zeynep Görevli", surec="NES başvurusu")
    assert (counted(auditor), auditor.page.locator("tbody tr").count()) == (1, 1)
    auditor.page.get_by_text("Ayrıntı", exact=True).click()
    assert "2026-03-02T09:00:00Z" in auditor.text
    auditor.look()
    auditor.follow("Temizle")
    assert counted(auditor) == everything
    chosen(auditor, tur="Reddedilen denemeler")
    assert counted(auditor) == 2
    assert reference("application", case) not in auditor.text
    auditor.look("audit-refused")


def test_what_the_filter_shows_is_taken_out_and_the_taking_is_kept(
    case: int, staff: Staff, seats: Seats
) -> None:
    auditor = seats(AUDITOR)
    everything = counted(auditor)
    chosen(auditor, basvuru=reference("application", case))
    shown = counted(auditor)
    assert 0 < shown < everything
    sheet = taken_out(auditor, "CSV").read_text("utf-8-sig").splitlines()
    rows = list(csv.reader(sheet, delimiter=";"))
    assert len([row for row in rows if row[:1] == [str(case)]]) == shown
    lines = taken_out(auditor, "JSON Lines").read_text("utf-8").splitlines()
    head, *entries = [json.loads(line) for line in lines]
    assert (len(entries), head["export"]["entries"]) == (shown, shown)
    assert head["export"]["exported_by"] == f"user:{staff.auditor}"
    assert {json.loads(entry["body"])["case"] for entry in entries} == {case}
    xes = taken_out(auditor, "XES").read_text("utf-8")
    assert xes.count("<event>") == shown
    auditor.follow("Veri erişimleri")
    assert auditor.text.count(f"Günlük, {shown} kayıt") == 3
    auditor.look("audit-reads")


@dataclass
class Worker:
    """A worker at a proof who waits, half way, until somebody has looked."""

    world: World
    looked: threading.Event = field(default_factory=threading.Event)

    def wait(
        self, database: Engine, library: Library, tell: Callable[[int], object]
    ) -> Verification:
        """Verify as the engine does, once somebody has seen how far it is."""
        tell(3)
        assert self.looked.wait(timeout=30)
        return verify(database, library, tell)

    def start(self, monkeypatch: pytest.MonkeyPatch) -> threading.Thread:
        """Begin the proof that was asked for."""
        monkeypatch.setattr("workflow.running.journal_verification.verify", self.wait)
        thread = threading.Thread(target=journal_verification.prove, args=[self.world.engine])
        thread.start()
        return thread


def proved(auditor: Seat, world: World) -> None:
    """Ask for a proof, have a worker do it, and wait until the page says so by itself."""
    auditor.press("Günlüğü şimdi doğrula")
    expect(auditor.page.get_by_text("Sırada bekliyor")).to_be_visible()
    assert journal_verification.prove(world.engine)
    expect(auditor.button("Günlüğü şimdi doğrula")).to_be_visible()


@pytest.mark.usefixtures("case")
def test_the_whole_journal_is_proved_while_the_auditor_watches(
    world: World, seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = seats(AUDITOR)
    entries = counted(auditor)
    auditor.follow("Bütünlük")
    assert "Zincir henüz doğrulanmadı." in auditor.text
    auditor.press("Günlüğü şimdi doğrula")
    expect(auditor.page.get_by_text("Sırada bekliyor")).to_be_visible()
    worker = Worker(world)
    thread = worker.start(monkeypatch)
    expect(auditor.page.get_by_text(f"hesaplanıyor: 3 / {entries}")).to_be_visible()
    auditor.look("audit-proof-progress")
    worker.looked.set()
    thread.join()
    result = auditor.page.get_by_text(f"Zincir doğrulandı, 02.03.2026 14:00, {entries} kayıt.")
    expect(result).to_be_visible()
    assert "Her girdi, adını verdiği tanımın izin verdiği bir işlemdir." in auditor.text
    assert auditor.page.get_by_role("alert").count() == 0
    auditor.look("audit-proof")


def test_one_changed_letter_is_a_red_alert_that_names_the_entry(
    world: World, case: int, database: Database, seats: Seats
) -> None:
    auditor = seats(AUDITOR)
    auditor.follow("Bütünlük")
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text(
                'UPDATE journal SET body = replace(body, \'"role":"applicant"\','
                ' \'"role":"officer"\') WHERE case_id = :case AND n = 2'
            ),
            {"case": case},
        )
    proved(auditor, world)
    alert = auditor.page.get_by_role("alert").first
    number = reference("application", case)
    assert f"{number} numaralı kaydın 2. girdisi değiştirilmiş" in alert.inner_text()
    named = auditor.page.get_by_role("link", name=number, exact=True)
    red, green, blue = map(int, re.findall(r"\d+", background(auditor))[:3])
    assert red > green + 15
    assert red > blue + 15
    auditor.look("audit-proof-broken")
    named.click()
    assert auditor.heading == "Günlük"
    assert counted(auditor) == 4


def background(seat: Seat) -> str:
    """Return the colour behind the first alert."""
    alert = seat.page.get_by_role("alert").first
    return str(alert.evaluate("one => getComputedStyle(one).backgroundColor"))


def test_a_move_that_its_definition_forbids_is_told_by_its_reason(
    world: World, case: int, database: Database, seats: Seats
) -> None:
    auditor = seats(AUDITOR)
    auditor.follow("Bütünlük")
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text(
                "UPDATE journal SET trigger = 'deliver', body = replace(body,"
                " '\"register_paper\"', '\"deliver\"') WHERE case_id = :case AND trigger ="
                " 'register_paper'"
            ),
            {"case": case},
        )
    proved(auditor, world)
    differences = auditor.page.get_by_role("region", name="Tanıma uymayan işlemler").first
    assert "İşlem bu durumda yapılamaz" in differences.inner_text()
    assert reference("application", case) in differences.inner_text()
    auditor.look("audit-conformance")


def test_an_approval_is_followed_from_who_gave_it_to_whose_hands_the_card_was_in(
    world: World, staff: Staff, seats: Seats
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator(staff.operator))
    world.run_effects()
    world.engine.fire(case, "deliver", operator(staff.operator), world.handed_over())
    auditor = seats(AUDITOR)
    auditor.follow("Onaylar")
    assert auditor.heading == "Onaylar"
    assert "Dayandığı e-onay: O0" in auditor.text
    begun = auditor.page.get_by_role("listitem").filter(has_text="Üretimi başlat")
    begun.locator("summary").click()
    assert "settlement.final: uygun" in auditor.text
    auditor.look("audit-approvals")
    chosen(auditor, basvuru="B12")
    assert "Bir başvuru numarası yazınız; örnek: B000000123." in auditor.text
    auditor.look("audit-approvals-wrong")
    chosen(auditor, basvuru=reference("application", case))
    auditor.follow(reference("application", case))
    assert auditor.page.locator("h1").inner_text()


def test_definitions_sign_ins_and_a_case_are_read_and_nothing_can_be_done(
    world: World, case: int, seats: Seats
) -> None:
    publish_an_older_one(world)
    auditor = seats(AUDITOR)
    auditor.follow("Tanımlar")
    auditor.look("audit-definitions")
    auditor.page.get_by_role("link", name=re.compile("^Farkı göster")).first.click()
    assert auditor.page.locator("p.lead[role=status]").inner_text() == "1 fark"
    auditor.look("audit-difference")
    auditor.follow("Oturumlar")
    assert "Oturum açıldı" in auditor.text
    assert "user:4, Denetçi" in auditor.text
    auditor.look("audit-sign-ins")
    auditor.go(path(case))
    assert auditor.page.locator(".identity-moves").count() == 0
    assert "Üzerime al" not in auditor.text
    assert "Rolünüz bu kaydı yalnız okur; ilerletmez." in auditor.text
    auditor.look()
    for page in ("gunluk", "onaylar", "butunluk", "erisimler"):
        auditor.go(f"/denetim/{page}")
        auditor.look()
    assert templates("audit") - auditor.seen.looked_at == set()


def publish_an_older_one(world: World) -> None:
    """Publish a definition before today's, in which a form was waited for a shorter time."""
    document = json.loads(world.engine.library.current["application"].canonical)
    (waiting,) = (state for state in document["states"] if state["name"] == "in_person")
    waiting["due"] = "30 days"
    older = from_canonical(canonical_of(document))
    publish(world.engine.database, {"application": older}, world.clock.now() - timedelta(days=60))
