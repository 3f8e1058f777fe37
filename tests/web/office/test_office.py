"""The officer's list, the case page and the moves, as an officer meets them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.reference import reference
from states.logs.access import AccessEntry
from states.logs.journal import JournalEntry, RefusedAttempt
from tests.kit.handlers.paper import lay_scan
from tests.kit.handlers.world import ISMAIL
from tests.kit.web.staff import (
    Staff,
    approval,
    path,
    printed_code,
    under_review,
    waiting_for_paper,
)
from workflow.model.actor import Actor
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


def paper_form(world: World, case: int, **changed: str) -> dict[str, str]:
    """Return the form for registering paper as an officer fills it in."""
    return {
        "seen": str(world.read(Application, case).version),
        "verification_code": printed_code(world, case),
        "documents-0-kind": "application_form",
        "documents-0-number": "1",
        "documents-0-copy_at": "arşiv 1",
        "documents-1-kind": "identity_card",
        "documents-1-number": "A01B",
        "documents-1-copy_at": "arşiv 1",
        "documents-2-kind": "",
        "documents-2-number": "",
        "documents-2-copy_at": "",
        **changed,
    }


def test_the_case_page_says_where_it_stands_who_acts_next_and_until_when(
    world: World, officer: Visitor
) -> None:
    page = officer.get(path(waiting_for_paper(world)))
    for said in (
        "Başvuru ofisinde bekleniyor", "Sıra kimde Başvuru sahibi",
        "Son tarih 1 Mayıs 2026", "100******46", "İlk başvuru", "Yüz yüze",
    ):  # fmt: skip
        assert said in page.text
    assert "Evrakı kaydet" in page.links
    assert "Reddet" not in page.links


def test_a_refused_move_is_listed_with_its_reason_instead_of_a_button(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    page = officer.get(path(case))
    assert "Evrakı onayla" not in page.links
    assert (
        "Evrakı onayla Bu kayıtta “Evrakı kaydet” işlemini siz yaptınız; “Evrakı onayla” "
        "işlemini başka biri yapmalıdır." in page.all("li")
    )


def test_the_drawing_marks_the_present_state_and_the_way_taken(
    world: World, officer: Visitor
) -> None:
    html = officer.get(path(waiting_for_paper(world))).response.text
    assert 'data-state="in_person" aria-current="step"' in html
    assert "Geçilen yol: Başlangıç → Taslak →" in html
    folded, whole = (part.split("</svg>")[0] for part in html.split("<svg ")[1:])
    assert [folded.count(f'data-state="{one}"') for one in ("draft", "in_person", "lost")] == [
        1, 1, 0,
    ]  # fmt: skip
    assert whole.count('data-state="lost"') == 1


def test_a_case_whose_journal_does_not_lead_to_its_state_is_drawn_whole(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET state = 'held' WHERE id = :case", case=case)
    html = officer.get(path(case)).response.text
    assert html.count('data-state="held" aria-current="step"') == 2


def test_an_officer_registers_paper_and_another_approves_it(
    world: World, officer: Visitor, second: Visitor
) -> None:
    case = waiting_for_paper(world)
    form = officer.get(path(case, "islem", "register_paper"))
    assert form.heading == "Evrakı kaydet"
    lay_scan(world, case)
    done = officer.post(path(case, "islem", "register_paper"), 200, **paper_form(world, case))
    assert "Evrakı kaydet: yapıldı. Yeni durum: Evrak incelemede." in done.text
    shown = officer.get(path(case, "evrak"))
    assert shown.all("th", scope="row") == ["Başvuru formu ve taahhütname", "Kimlik kartı"]

    asked = second.get(path(case, "islem", "approve_paper"))
    assert asked.all("p", role="note") == ["Başvuru üretime hazırlanır; bu onay geri alınamaz."]
    assert "Onayla" in asked.buttons
    assert asked.links["Vazgeç"] == path(case)
    approved = second.post(path(case, "islem", "approve_paper"), 200, **approval(second, case))
    assert "Yeni durum: Üretim sırasında." in approved.text
    paper = world.read(Application, case).paper
    assert paper is not None
    assert paper["validated_how"] == "face_to_face"


def test_a_form_filled_in_part_is_shown_again_with_the_fields_that_lack(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "islem", "register_paper"))
    typed = paper_form(world, case, **{"documents-1-number": "", "verification_code": ""})
    page = officer.post(path(case, "islem", "register_paper"), 422, **typed)
    assert page.title.startswith("Hata:")
    summary = next(part for part in page.tree.iter("div") if part.get("id") == "hatalar")
    assert [link.get("href") for link in summary.iter("a")] == [
        "#verification_code", "#documents-1-number",
    ]  # fmt: skip
    assert page.value("documents-0-number") == "1"
    assert world.state(case) == "in_person"


def test_a_kind_of_document_that_is_not_offered_is_refused_in_turkish(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "islem", "register_paper"))
    wrong = paper_form(world, case, **{"documents-0-kind": "library_card"})
    page = officer.post(path(case, "islem", "register_paper"), 422, **wrong)
    assert page.all("p", id="documents-0-kind-hata") == ["Geçerli bir seçenek değil."]


def test_paper_with_another_code_is_refused_with_the_reason(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "islem", "register_paper"))
    wrong = paper_form(world, case, verification_code="0000-0000-0000-0000-0000")
    page = officer.post(path(case, "islem", "register_paper"), 422, **wrong)
    assert page.heading == "İşlem yapılamaz: Evrakı kaydet"
    assert world.state(case) == "in_person"
    assert [row.code for row in world.all(RefusedAttempt)] == ["paper.other_version"]


def test_a_reason_that_must_be_given_is_asked_for_at_its_field(
    world: World, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    form = {"seen": second.get(path(case, "islem", "reject")).value("seen"), "cause": "other"}
    page = second.post(path(case, "islem", "reject"), 422, **form, reason=" ")
    assert page.all("p", id="reason-hata") == ["“Reddet” işlemi için gerekçe yazınız."]
    done = second.post(path(case, "islem", "reject"), 200, **form, reason="Ad uyuşmuyor")
    assert "Yeni durum: Reddedildi." in done.text
    assert "Bu kayıt kapandı" in done.text
    assert "Gerekçe: Ad uyuşmuyor" in second.get(path(case, "gecmis")).text


def test_a_stale_page_is_told_what_happened_since_and_changes_nothing(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    form = approval(second, case)
    other = officer.get(path(case, "islem", "return_to_applicant"))
    officer.post(
        path(case, "islem", "return_to_applicant"), seen=other.value("seen"), cause="other_form"
    )
    page = second.post(path(case, "islem", "approve_paper"), 409, **form)
    assert page.heading == "Bu başvuru siz bakarken ilerledi"
    assert "Başvuru sahibine iade et Evrak incelemede → Başvuru sahibine iade edildi" in page.text
    assert "Zeynep Görevli" in page.text
    assert world.state(case) == "returned_to_applicant"


def test_a_double_submit_moves_once_and_says_so(
    world: World, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    form = approval(second, case)
    second.post(path(case, "islem", "approve_paper"), 200, **form)
    entries = len(world.all(JournalEntry, case_id=case))
    again = second.post(path(case, "islem", "approve_paper"), 200, **form)
    assert "Bu işlem zaten yapılmıştı" in again.text
    assert len(world.all(JournalEntry, case_id=case)) == entries
    assert world.all(RefusedAttempt) == []


def test_a_form_without_a_version_is_not_taken(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "islem", "cancel_by_office"))
    assert officer.post(path(case, "islem", "cancel_by_office"), 400, seen="x").heading == (
        "İstek anlaşılamadı"
    )
    assert world.state(case) == "in_person"


def test_the_page_of_a_move_that_can_not_be_made_says_why(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    refused = officer.get(path(case, "islem", "approve_paper"), 403)
    assert "siz yaptınız" in refused.all("p", role="alert")[0]
    gone = officer.get(path(case, "islem", "register_paper"), 409)
    assert gone.heading == "Bu başvuru siz bakarken ilerledi"


@pytest.mark.parametrize("address", ["B999999999", "yok", "S000000001", "B1", "X000000001"])
def test_an_unknown_case_is_a_page_of_its_own(officer: Visitor, address: str) -> None:
    page = officer.get(f"/is/{address}", 404)
    assert page.title.startswith("Hata:")
    assert "Başlangıç sayfasına dön" in page.links


def test_a_reference_of_another_workflow_finds_nothing(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    officer.get(f"/is/{reference('certificate', case)}", 404)


@pytest.mark.parametrize("trigger", ["file", "sign", "yok"])
def test_a_move_that_is_not_of_this_workflow_is_unknown(
    world: World, officer: Visitor, trigger: str
) -> None:
    officer.get(path(waiting_for_paper(world), "islem", trigger), 404)


def test_a_document_is_shown_as_text_for_a_purpose_that_is_kept(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    papers = officer.get(path(case, "evrak"))
    sha256 = world.read(Application, case).form_sha256
    assert sha256 is not None
    assert sha256 in papers.text
    page = officer.post(path(case, "evrak", sha256), amac="review")
    assert "AYŞE ÖRNEKOĞLU" in page.all("pre")[0]
    assert sha256 in page.text
    (read,) = world.all(AccessEntry)
    assert (read.actor, read.what, read.purpose) == (
        f"user:{staff.officer}", f"document:{sha256}", "Başvurunun incelenmesi",
    )  # fmt: skip


def test_the_pdf_of_a_document_is_handed_out_for_a_purpose_that_is_kept(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    assert officer.get(path(case, "evrak")).buttons[-2:] == [
        "Metni aç : Başvuru formu ve taahhütname", "PDF indir : Başvuru formu ve taahhütname",
    ]  # fmt: skip
    sha256 = str(world.read(Application, case).form_sha256)
    asked = {"csrf_token": officer.token, "amac": "review"}
    answer = officer.client.post(path(case, "evrak", f"{sha256}.pdf"), data=asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert hashlib.sha256(answer.data).hexdigest() == sha256
    (read,) = world.all(AccessEntry)
    assert (read.actor, read.what) == (f"user:{staff.officer}", f"document:{sha256}")
    officer.get(path(case, "evrak"))
    officer.post(path(case, "evrak", f"{sha256}.pdf"), 400, amac="merak")


def test_a_text_is_not_handed_out_as_a_pdf_nor_a_paper_of_the_office_as_a_text(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    consent = world.consent(me, world.card(me, date(2026, 8, 10)))
    world.run_effects("record.consent")
    papers = officer.get(f"/is/{reference('consent', consent)}/evrak")
    assert sorted(papers.all("h3")) == ["e-onay kaydı", "e-onay metni"]
    assert "Metni aç : e-onay metni" in papers.buttons
    assert "PDF indir : e-onay kaydı" in papers.buttons
    assert "Metni aç : e-onay kaydı" not in papers.buttons
    text = world.read(Consent, consent).document_sha256
    officer.post(f"/is/{reference('consent', consent)}/evrak/{text}.pdf", 404, amac="review")


def test_a_document_is_not_opened_without_purpose_or_from_another_case(
    world: World, officer: Visitor
) -> None:
    mine, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    sha256 = str(world.read(Application, other).form_sha256)
    officer.get(path(mine, "evrak"))
    officer.post(path(other, "evrak", sha256), 400, amac="merak")
    officer.get(path(mine, "evrak"))
    officer.post(path(mine, "evrak", sha256), 404, amac="review")
    assert world.all(AccessEntry) == []


def test_the_signature_page_says_what_there_is(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    assert "Bu başvuru başvuru ofisinde elle imzalanır" in officer.get(path(case, "imza")).text


def test_the_history_tells_moves_and_refused_attempts_in_order(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    seen = officer.get(path(case, "islem", "reject")).value("seen")
    form = {"seen": seen, "view": "-", "how": "face_to_face"}
    officer.post(path(case, "islem", "approve_paper"), 403, **form)
    page = officer.get(path(case, "gecmis"))
    steps = page.all("li", class_="step")
    assert steps[-1].startswith("02.03.2026 12:00:00 Başvuru aç Yeni → durumundan Taslak")
    assert steps[0].startswith("02.03.2026 12:00:00 Evrakı kaydet")
    (refused,) = page.all("li", class_="step step-refused")
    assert "Reddedilen deneme: Evrakı onayla Zeynep Görevli" in refused
    assert "işlemini siz yaptınız" in refused


def test_the_operator_follows_a_card_from_the_queue_to_the_holder(
    world: World, operator: Visitor, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    second.post(path(case, "islem", "approve_paper"), 200, **approval(second, case))
    queue = operator.get("/")
    assert queue.heading == "Üretim ve kurye"
    assert "Üretim sırasında Sıra: Üretim görevlisi" in queue.all("td")
    page = operator.get(path(case))
    assert "Üretimi başlat" in page.buttons
    started = operator.post(path(case, "islem", "start_production"), seen=page.value("seen"))
    assert "Yeni durum: Üretimde." in started.text
    world.run_effects()
    listed = operator.get("/uretim")
    assert "Kuryede Sıra: Üretim görevlisi" in listed.all("td")
    tracking = world.read(Application, case).tracking_number
    assert tracking is not None
    assert tracking in listed.text

    form = operator.get(path(case, "islem", "deliver"))
    missing = operator.post(path(case, "islem", "deliver"), 422, seen=form.value("seen"))
    assert "Kart yalnızca sahibine teslim edilebilir; onaylayınız." in missing.text
    at = world.clock.now().astimezone(ISTANBUL).strftime("%Y-%m-%dT%H:%M")
    done = operator.post(
        path(case, "islem", "deliver"),
        seen=form.value("seen"),
        holder="y",
        shown="identity_card",
        shown_number="TEST00001",
        handed_by="Kurye 7",
        handed_at=at,
    )
    assert "Yeni durum: Teslim edildi." in done.text
    assert done.all("th", scope="col")[0] == "Yeni"


def test_a_signed_application_shows_how_its_signature_was_judged(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    assert "henüz elektronik imza yok" in officer.get(path(case, "imza")).text
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    world.engine.fire(case, "approve_e_imza", _applicant(me), payload)
    page = officer.get(path(case, "imza"))
    assert page.all("h3") == ["Geçerli TOTAL-PASSED"]
    assert "İmza düzeyi B-" in page.text
    summary = officer.get(path(case))
    assert "Son geçerlilik 10 Nisan 2026" in summary.text
    old = officer.get(f"/is/{reference('certificate', held.certificate_id)}")
    assert "Son geçerlilik 10 Nisan 2026" in old.text
    assert "İstek üzerine iptal et" in old.links


def _applicant(person_id: int) -> Actor:
    return Actor(f"person:{person_id}", frozenset({"applicant"}), "demo", person_id)


def test_a_renewal_by_e_onay_has_no_signature_of_its_own(world: World, officer: Visitor) -> None:
    me = world.person()
    old = world.certificate(me, date(2026, 8, 10))
    case = world.file(me, "renewal", old)
    world.choose(case, me, "e_onay")
    assert "henüz dayandığı bir e-onay yok" in officer.get(path(case, "imza")).text
