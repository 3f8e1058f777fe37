"""A working day at the desk in a real browser: the morning's list, paper, letters, the bulk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from playwright.sync_api import FilePayload, expect

from handlers.desk import claims as desk
from handlers.desk.batches import work_off_batches
from handlers.upkeep import figures
from states.cases.application import Application
from states.cases.batch import Batch
from states.kit.reference import reference
from states.logs.desk import DeskEntry
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.scan import Scan
from tests.kit.handlers.world import officer as officer_of
from tests.kit.web.crowd import fill
from tests.kit.web.desk import seats, seen
from tests.kit.web.staff import PAPERS, path, printed_code, under_review
from web.demo.wave.invented import tckn_of
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff

    Many = Callable[..., list[int]]

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

ZEYNEP, ILKER = "Zeynep Görevli", "İlker Görevli"


def applied(world: World, number: int, given: str, surname: str) -> int:
    """File a first application on paper for somebody; it waits for the signed form."""
    me = world.person(tckn_of(number), given, surname)
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    return case


def name(case: int) -> str:
    """Return the number of an application."""
    return reference("application", case)


def scanned(world: World, case: int) -> FilePayload:
    """Print the form of an application, lay it on a scanner, and return the file."""
    form = world.read(Document, world.read(Application, case).form_sha256)
    paper = pypdfium2.PdfDocument(form.content)
    sheets = [paper[n].render(scale=1.4).to_pil() for n in range(len(paper))]
    paper.close()
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return FilePayload(name="tarama.pdf", mimeType="application/pdf", buffer=out.getvalue())


def moves(world: World, case: int) -> list[str]:
    """Return the moves that an application has made, in order."""
    return [entry.trigger for entry in world.all(JournalEntry, case_id=case)]


def registered(world: World, case: int, officer_id: int) -> int:
    """Register the paper of an application in an officer's name."""
    payload = {"documents": PAPERS, "verification_code": printed_code(world, case)}
    world.engine.fire(case, "register_paper", officer_of(officer_id), payload)
    return case


def upload(seat: Seat, kind: str, file: FilePayload) -> None:
    """Upload a scan on the page of scans."""
    seat.page.get_by_label("Taramada ne var?").select_option(label=kind)
    seat.page.get_by_label("Tarama (PDF, JPEG, PNG ya da TIFF)").set_input_files(file)
    seat.press("Yükle")
    expect(seat.page.get_by_text("Tarama başvuruya eklendi.")).to_be_visible()


def fill_in_papers(seat: Seat, file: FilePayload) -> None:
    """Add the scan, say that it shows form and identity card, and type the card's number."""
    first = seat.page.get_by_role("group", name="1. dosya")
    first.get_by_label("Dosya (PDF, JPEG, PNG ya da TIFF)").set_input_files(file)
    expect(first.get_by_label("İmzalı form ve taahhütname")).to_be_checked()
    first.get_by_label("Kimlik belgesi").check()
    seat.page.get_by_label("Kimlik belgesinin numarası").fill("A12B34567")


def test_in_the_morning_she_finds_claims_and_reads_a_case(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = registered(world, applied(world, 1, "Çiğdem", "Işıklı"), staff.officer)
    fill(world, 2, "paper_received", "wet_signature", "held")
    mine = [row.id for row in world.all(Application, state="paper_received") if row.id != case][:7]
    for other in mine:
        desk.claim(world.engine, other, officer_of(staff.officer))
    zeynep = seats(ZEYNEP)
    assert zeynep.heading == "İş listem"
    assert zeynep.page.get_by_role("status").first.inner_text() == "7 başvuru"
    zeynep.look("office-worklist")

    zeynep.page.get_by_role("button", name="Üzerime al").first.click()
    taken = [row.id for row in world.all(Application, holder_id=staff.officer)]
    assert len(taken) == 8

    zeynep.page.locator("#genel-arama").fill("isıklı")
    zeynep.press("Ara")
    assert "“isıklı” bulunamadı" in zeynep.text
    zeynep.page.locator("#genel-arama").fill("ışıklı çi")
    zeynep.press("Ara")
    zeynep.look("office-search")
    zeynep.follow(name(case))
    why = zeynep.page.get_by_role("region", name="Neden ilerletemiyorum?")
    assert "Evrakı onayla" in why.inner_text()
    assert "“Evrakı kaydet” işlemini siz yaptınız" in why.inner_text()
    zeynep.look()

    zeynep.follow("Geçmiş")
    zeynep.page.get_by_role("textbox", name="Not").fill("Kimlik kartının arka yüzü de istendi.")
    zeynep.press("Notu ekle")
    expect(zeynep.page.get_by_text("Kimlik kartının arka yüzü de istendi.")).to_be_visible()
    zeynep.look("office-history")


AGED = """
UPDATE application SET production_opens_on = CAST(:today AS date) + (id * id % 80)::int,
    due_at = :now + interval '9 days', entered_at = :now - (id % 5) * interval '4 days'
WHERE state IN ('held', 'paper_received', 'wet_signature')
"""
"""Cases that wait for their day, and have come on different days."""


def test_the_overview_says_what_stands_where_and_what_is_to_come(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = registered(world, applied(world, 1, "Çiğdem", "Işıklı"), staff.officer)
    fill(world, 3, "paper_received", "wet_signature", "held", "held", "held", "couriered")
    world.write("UPDATE application SET state = 'queued' WHERE id IN (4, 5)")
    world.write(AGED, today=world.clock.now().date(), now=world.clock.now())
    with pytest.raises(Refused):
        world.engine.fire(case, "approve_paper", officer_of(staff.officer))
    world.clock.advance(days=2)
    figures.count(world.engine)
    zeynep = seats(ZEYNEP)
    zeynep.menu("Genel bakış")
    stuck = zeynep.page.get_by_role("region", name="Takılan işler")
    assert stuck.get_by_role("link").all_inner_texts() == [name(5), name(4)]
    assert "“Evrakı kaydet” işlemini siz yaptınız" in zeynep.text
    zeynep.picture("office-overview", tallest=2600)
    zeynep.look()


def take_in(world: World, zeynep: Seat, case: int) -> None:
    """Find the application by the code on its paper, scan it, register what came."""
    zeynep.menu("Evrak kabul")
    zeynep.look()
    code = printed_code(world, case)
    zeynep.page.get_by_label("Başvuru numarası ya da belge doğrulama kodu").fill(code)
    zeynep.press("Başvuruyu aç")
    assert zeynep.page.get_by_label("Kâğıttaki belge doğrulama kodu").input_value() == code
    fill_in_papers(zeynep, scanned(world, case))
    zeynep.look("office-paper-desk")
    zeynep.press("Kaydet ve sıradaki")
    assert f"{name(case)}: evrak kaydedildi" in zeynep.text
    assert zeynep.heading == "Evrak kabul"
    zeynep.go(path(case, "taramalar"))
    zeynep.look("office-scans")
    zeynep.follow("Özet")
    assert "“Evrakı onayla” işlemini başka biri yapmalıdır." in zeynep.text
    zeynep.look("office-case")


def compare(ilker: Seat, how: str) -> None:
    """Go down to each page of paper, tick the list, and say how the identity was proved."""
    for picture in ilker.page.locator(".compared img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
    for box in ilker.page.get_by_role("checkbox").all():
        box.check()
    ilker.page.get_by_label(how).check()


def approve(ilker: Seat, case: int, how: str) -> None:
    """Open the page of the approval, say how the identity was proved, and press twice."""
    ilker.go(path(case, "islem", "approve_paper"))
    compare(ilker, how)
    ilker.button("Onayla").dblclick()
    expect(ilker.page.get_by_role("heading", level=1)).to_contain_text(name(case))


@pytest.mark.usefixtures("staff")
def test_paper_is_taken_in_by_one_and_approved_by_another_who_saw_it(
    world: World, seats: Seats
) -> None:
    case, stranger = applied(world, 1, "Çiğdem", "Işıklı"), applied(world, 2, "Ada", "Er")
    zeynep = seats(ZEYNEP)
    take_in(world, zeynep, case)
    ilker = seats(ILKER)
    ilker.go(path(case, "islem", "approve_paper"))
    assert ilker.page.locator(".compared img").count() == world.all(Scan)[0].pages
    ilker.look("office-approve")

    zeynep.go(path(case, "taramalar"))
    upload(zeynep, "Kimlik belgesi", scanned(world, stranger))
    compare(ilker, "Belgelerin suretleri karşılaştırılarak")
    ilker.press("Onayla")
    assert "Siz bakarken bu başvuruya yeni tarama eklendi." in ilker.text
    assert world.state(case) == "paper_received"
    ilker.look()

    zeynep.go(path(case, "islem", "return_to_applicant"))
    approve(ilker, case, "Yüz yüze, kimlik belgesinin aslıyla")
    assert moves(world, case).count("approve_paper") == 1
    zeynep.page.get_by_label("Formdaki imza eksik ya da yanlış yerde").check()
    zeynep.press("Onayla")
    assert zeynep.heading == "Bu başvuru siz bakarken ilerledi"
    assert "Evrakı onayla" in zeynep.page.locator(".timeline").inner_text()
    assert "İlker Görevli, Başvuru görevlisi" in zeynep.text
    assert "return_to_applicant" not in moves(world, case)
    zeynep.look("office-late")


def test_a_case_is_returned_with_a_reason_and_the_letter_is_read_before(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = under_review(world, staff.second)
    zeynep = seats(ZEYNEP)
    zeynep.go(path(case))
    zeynep.follow("Başvuru sahibine iade et")
    zeynep.press("Önizle")
    assert "Bir neden seçiniz." in zeynep.text
    zeynep.look()
    zeynep.page.get_by_label("Gönderilen belge okunmuyor").check()
    zeynep.page.get_by_label("Açıklama").fill("İkinci sayfa karanlık çıkmış.")
    zeynep.press("Önizle")
    letter = zeynep.page.locator("pre").inner_text()
    assert "Gönderilen belge okunmuyor" in letter
    assert "İkinci sayfa karanlık çıkmış." in letter
    assert world.state(case) == "paper_received"
    zeynep.look("office-return")
    zeynep.press("Onayla")
    assert "Başvuru sahibine iade et: yapıldı." in zeynep.text
    world.run_effects()
    zeynep.follow("Geçmiş")
    zeynep.page.get_by_text("Metni göster").first.click()
    assert zeynep.page.locator("pre").inner_text() == letter
    assert world.state(case) == "returned_to_applicant"


def rehearse(zeynep: Seat) -> None:
    """Go from the filter over the page's own fifty to all five hundred and their rehearsal."""
    zeynep.menu("Tüm başvurular")
    zeynep.page.get_by_label("Durum", exact=True).select_option(label="Üretim tarihi bekleniyor")
    zeynep.press("Uygula")
    zeynep.page.get_by_text("Toplu işlem", exact=True).click()
    zeynep.page.get_by_label("Bu sayfadaki 50 başvurunun tümü").check()
    assert zeynep.page.locator("input[name=basvuru]:checked").count() == 50
    zeynep.page.get_by_label("Filtreye uyan 500 başvurunun tümü").check()
    zeynep.look("office-bulk-filter")
    zeynep.page.get_by_label("Yapılacak işlem").select_option(label="Reddet")
    zeynep.press("Provaya geç")
    reason = "Aynı ihtiyaç için başka bir başvuru var"
    zeynep.page.get_by_label("Neden").select_option(label=reason)
    zeynep.look()
    zeynep.press("Provaya geç")
    expect(zeynep.page.get_by_text("500 başvuruda yapılabilir")).to_be_visible()
    zeynep.look("office-bulk-rehearsal")


def watch(world: World, zeynep: Seat) -> None:
    """Start, press once too often, and see the bar move by itself to the result."""
    zeynep.button("Başlat").dblclick()
    expect(zeynep.page.get_by_role("progressbar")).to_be_visible()
    for done in (200, 300):
        while newest(world).done < done:
            work_off_batches(world.engine)
        expect(zeynep.page.locator("#toplu-sayi")).to_have_text(str(done))
    zeynep.look("office-bulk-progress")
    while work_off_batches(world.engine):
        continue
    expect(zeynep.page.get_by_text("500 yapıldı, 0 reddedildi, 0 hata oldu.")).to_be_visible()
    zeynep.look("office-bulk-result")


def newest(world: World) -> Batch:
    """Return the newest batch as it stands."""
    return world.read(Batch, world.all(Batch)[-1].id)


@pytest.mark.usefixtures("staff")
def test_five_hundred_cases_go_from_the_filter_to_the_result(
    world: World, many: Many, seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.running.batch_worker.CHUNK", 100)
    monkeypatch.setattr("workflow.running.batch_worker.TURN", 1)
    cases = set(many(500))
    zeynep = seats(ZEYNEP)
    rehearse(zeynep)
    assert newest(world).moved == 0
    watch(world, zeynep)
    with zeynep.page.expect_download() as kept:
        zeynep.follow("Sonucu CSV olarak indir")
    assert len(kept.value.path().read_text("utf-8-sig").splitlines()) == 501
    assert len(world.all(Batch)) == 1
    entries = world.all(JournalEntry, batch=newest(world).name)
    assert len(entries) == 500
    assert {entry.case_id for entry in entries} == cases


def warned(seats: Seats, case: int, height: int = 900) -> tuple[Seat, Locator]:
    """Sit at the past of a case until the page warns that the session will end."""
    # Without motion the page scrolls at once to what has the focus.
    zeynep = seats(reduced_motion="reduce", viewport={"width": 1280, "height": height})
    zeynep.page.clock.install()
    zeynep.sign_in(ZEYNEP)
    zeynep.go(path(case, "gecmis"))
    zeynep.page.get_by_role("textbox", name="Not").fill("Yarım kalan bir not.")
    warning = zeynep.page.locator("#oturum-uyarisi")
    assert warning.is_hidden()
    zeynep.page.clock.fast_forward("25:01")
    assert warning.is_visible()
    return zeynep, warning


def test_the_warning_of_a_session_stays_in_sight_and_covers_nothing(
    world: World, staff: Staff, seats: Seats
) -> None:
    zeynep, warning = warned(seats, under_review(world, staff.second), height=400)
    zeynep.page.mouse.wheel(0, 4000)
    zeynep.page.wait_for_function("scrollY > 100")
    expect(warning).to_be_in_viewport()
    zeynep.tab_to("Belge doğrulama")
    zeynep.tab_to("Oturumu sürdür", key="Shift+Tab")
    zeynep.page.keyboard.press("Enter")
    warning.wait_for(state="hidden")


def test_a_session_that_ends_gives_back_what_was_typed(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = under_review(world, staff.second)
    zeynep, _ = warned(seats, case)
    zeynep.look("office-session-warning")
    world.clock.advance(minutes=31)
    zeynep.press("Notu ekle")
    assert zeynep.heading == "Formun süresi doldu"
    assert zeynep.page.locator("pre.typed").inner_text() == "Yarım kalan bir not."
    assert "Oturumunuz uzun süre işlem yapılmadığı için kapatıldı." in zeynep.text
    zeynep.look("office-session-form")
    zeynep.follow("Başlangıç sayfasına dön")
    assert zeynep.heading == "Nitelikli elektronik sertifika (NES) işlemleri"
    zeynep.look()
    assert not [row for row in world.all(DeskEntry) if row.case_id == case]
    zeynep.go(path(case))
    zeynep.press(ZEYNEP)
    assert zeynep.heading.startswith(name(case))
