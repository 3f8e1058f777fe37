"""The one press: what a person is shown before he approves, and what a bad press is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.reference import reference
from tests.handlers.applications.test_approval import chosen_under_an_older_form, fail, filed_for
from tests.kit.handlers.world import applicant
from tests.kit.handlers.world import officer as an_officer
from tests.kit.web.desk import seats, seen
from tests.web.portal.conftest import ENDS_ON, signed_in
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seats
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor
    from tests.web.portal.conftest import Holder

__all__ = ["seats", "seen"]


def home(case: int) -> str:
    return f"/basvurularim/{reference('application', case)}"


def press_of(holder: Holder, case: int) -> dict[str, str]:
    page = holder.browser.get(f"{home(case)}/onay")
    return {"seen": page.value("seen"), "belge": page.value("belge")}


def test_without_an_e_onay_the_page_says_so_and_leads_to_it(world: World, holder: Holder) -> None:
    case = filed_for(world, holder.person_id, holder.held)
    page = holder.browser.get(f"{home(case)}/onay")
    assert "Yürürlükte bir e-onay yok; önce e-onay veriniz." in page.text
    assert page.links["e-onay ver"] == "/e-onay"
    assert "Onayla" not in page.buttons
    own = holder.browser.get(home(case))
    assert own.links["e-onay ver"] == "/e-onay"
    assert "Yürürlükte bir e-onayınız bulunmadığı için başvuru bekliyor." in own.text


def test_once_an_e_onay_is_given_the_start_page_asks_for_the_press_and_says_nothing_else(
    world: World, holder: Holder
) -> None:
    filed_for(world, holder.person_id, holder.held)
    before = holder.browser.get("/basvurularim")
    assert "Yürürlükte bir e-onayınız bulunmadığı için başvuru bekliyor." in before.text
    world.consent(holder.person_id, holder.held)  # no sweep has run since
    page = holder.browser.get("/basvurularim")
    assert "bulunmadığı için" not in page.text
    assert "Başvurunuz sizi bekliyor: B" in page.text
    assert "e-onayınız 02.03.2026 tarihinden beri yürürlükte." in page.text
    assert page.text.count("okuyup onaylayınız") == 2


def test_what_else_stands_in_the_way_is_told_as_it_is(world: World, holder: Holder) -> None:
    consent = world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    fail(world, consent)
    page = holder.browser.get(home(case))
    failed = reference("consent", consent)
    assert f"{failed} numaralı e-onayın imzası son denetimden geçmedi" in page.text
    assert "bulunmadığı" not in page.text
    listed = holder.browser.get("/basvurularim")
    assert f"{failed} numaralı e-onayın imzası son denetimden geçmedi" in listed.text


def test_why_an_application_was_closed_is_told_on_its_page_and_in_the_list(
    world: World, holder: Holder
) -> None:
    me = holder.person_id
    world.consent(me, holder.held)
    case = filed_for(world, me, holder.held)
    lost = world.file(me, "lost", holder.held.certificate_id)
    world.write("UPDATE application SET state = 'in_production' WHERE id = :id", id=lost)
    world.clock.advance(days=120)
    sweep(world.engine)
    assert world.state(case) == "expired"
    other = reference("application", lost)
    said = f"onaylanamadığı için kapandı: Aynı kişinin açık bir başvurusu daha var ({other})"
    for page in (home(case), "/basvurularim"):
        assert said in signed_in(holder.browser.app, me).get(page).text


def test_a_form_of_an_older_text_is_drawn_anew_and_shown_before_the_press(
    world: World, holder: Holder
) -> None:
    case = chosen_under_an_older_form(world, holder.person_id, holder.held)
    world.consent(holder.person_id, holder.held)
    page = holder.browser.get(f"{home(case)}/onay")
    assert page.buttons[-2:] == ["Formu yenile", "Adresi ya da yöntemi değiştir"]
    again = holder.browser.post(f"{home(case)}/onay/yenile")
    assert "Form güncel metinle yeniden hazırlandı; okuyup onaylayınız." in again.text
    assert "Onayla" in again.buttons
    refused = holder.browser.post(f"{home(case)}/onay/yenile")
    assert "Form zaten güncel; yenilenmesi gerekmez." in refused.text


def test_a_press_on_a_form_that_was_replaced_meanwhile_approves_nothing(
    world: World, holder: Holder
) -> None:
    world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    old = press_of(holder, case)
    world.engine.fire(case, "change_method", applicant(holder.person_id))
    world.engine.fire(
        case, "choose_method", applicant(holder.person_id), {"method": "e_onay", "address": "B 2"}
    )
    late = holder.browser.post(f"{home(case)}/onay", seen=old["seen"], belge=old["belge"])
    assert len(late.all("div", class_="alert alert-danger")) == 1
    assert world.state(case) == "e_onay"


@pytest.mark.parametrize(
    "press", [{}, {"seen": "x", "belge": "0" * 64}, {"seen": "3", "belge": "<script>"}]
)
def test_a_press_that_names_no_form_is_told_to_read_it(
    world: World, holder: Holder, press: dict[str, str]
) -> None:
    world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    press_of(holder, case)
    page = holder.browser.post(
        f"{home(case)}/onay", seen=press.get("seen", ""), belge=press.get("belge", "")
    )
    assert "Onaylanan form güncel form değil; formu yeniden açıp okuyunuz." in page.text
    assert world.state(case) == "e_onay"


def test_nobody_reads_or_presses_for_another(
    world: World, holder: Holder, newcomer: Visitor
) -> None:
    world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    newcomer.get(f"{home(case)}/onay", 404)
    newcomer.post(f"{home(case)}/onay", 404)
    newcomer.post(f"{home(case)}/onay/yenile", 404)


def test_an_e_onay_chosen_before_the_form_approves_and_a_post_past_it_does_not(
    world: World, holder: Holder
) -> None:
    world.consent(holder.person_id, holder.held)
    card = reference("certificate", holder.held.certificate_id)
    query = f"?tur=renewal&sertifika={card}"
    address = "TEST Sokağı 1, Bursa"
    holder.browser.get(f"/basvurularim/yeni/yontem{query}")
    past = holder.browser.post(
        f"/basvurularim/yeni/ac{query}", yontem="e_onay", adres=address, gorulen="0" * 64
    )
    (case,) = world.all(Application)
    assert case.state == "e_onay"
    assert "Başvuru onayınızı bekliyor." in past.text
    holder.browser.post(f"/basvurularim/{case.reference}/islem/change_method")
    review = holder.browser.post(
        f"/basvurularim/{case.reference}/inceleme", yontem="e_onay", adres=address
    )
    assert "başvuruyu açmanız bu formu onaylamanız demektir" in review.text
    holder.browser.post(
        f"/basvurularim/{case.reference}/yontem/sec",
        yontem="e_onay", adres=address, gorulen=review.value("gorulen"),
    )  # fmt: skip
    assert world.state(case.id) == "held"


def test_an_officers_question_is_shown_and_its_answer_asked_for(
    world: World, holder: Holder
) -> None:
    world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    world.press(case, holder.person_id)
    world.engine.fire(case, "return_to_applicant", an_officer(), reason="other: adres hangisi?")
    page = holder.browser.get(f"{home(case)}/yontem")
    assert "adres hangisi?" in page.text
    address = "TEST Sokağı 1, Bursa"
    silent = holder.browser.post(f"{home(case)}/inceleme", 422, yontem="e_onay", adres=address)
    assert silent.text.count("İade nedenine yanıtınızı, neyin düzeltildiğini yazınız.") == 2
    review = holder.browser.post(
        f"{home(case)}/inceleme", yanit="Adresim doğru.", yontem="e_onay", adres=address
    )
    done = holder.browser.post(
        f"{home(case)}/yontem/sec", yanit=review.value("yanit"),
        gorulen=review.value("gorulen"), yontem="e_onay", adres=address,
    )  # fmt: skip
    assert world.state(case) == "in_review"
    assert "iade nedenine yanıtınız" in done.text
    assert "Adresim doğru." in done.text


def test_an_officer_ends_an_e_onay_on_its_page_and_sees_what_its_person_is_told(
    world: World, holder: Holder, officer: Visitor
) -> None:
    consent = world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    world.press(case, holder.person_id)
    behind = f"/is/{reference('consent', consent)}"
    page = officer.get(officer.get(behind).links["e-onayı sonlandır"])
    assert "yeniden onaya gönderilir" in page.text
    way = f"{behind}/islem/end_by_office"
    seen_version = page.value("seen")
    none = officer.post(way, 422, seen=seen_version)
    assert world.read(Consent, consent).state == "in_force"
    assert none.title.startswith("Hata:")
    officer.post(way, seen=seen_version, cause="key_compromised", reason="kart çalındı")
    assert world.read(Consent, consent).state == "ended"
    assert world.state(case) == "e_onay"
    told = holder.browser.get(f"/e-onay/{reference('consent', consent)}")
    assert "e-onayınız sonlandırıldı." in told.text
    assert "Kart ve PIN başkasının eline geçti: kart çalındı" in told.text


@pytest.mark.no_cover
def test_a_person_approves_in_one_press_what_somebody_else_filed(
    world: World, staff: Staff, seats: Seats
) -> None:
    me = world.person()
    held = world.card(me, ENDS_ON)
    consent = world.consent(me, held)
    case = filed_for(world, me, held)
    person = seats("AYŞE ÖRNEKOĞLU")
    person.look("onay-1-basvurularim")
    person.follow(reference("application", case))
    person.look("onay-2-basvuru")
    person.follow("Formu oku ve onayla")
    assert person.heading == "Başvuruyu onayla"
    assert reference("consent", consent) in person.text
    person.look("onay-3-form")
    person.press("Onayla")
    assert "Başvurunuz e-onayınızla onaylandı." in person.text
    assert world.state(case) == "held"
    person.look("onay-4-onaylandi")
    officer_seat = seats("Zeynep Görevli")
    officer_seat.go(f"/is/{reference('consent', consent)}/islem/end_by_office")
    officer_seat.look("onay-5-sonlandir")
    officer_seat.page.get_by_label("Kart ve PIN başkasının eline geçti").check()
    officer_seat.press("Onayla")
    assert world.state(case) == "e_onay"
    person.go(home(case))
    assert "Yürürlükte bir e-onayınız bulunmadığı için" in person.text
    person.look("onay-6-yeniden")
    assert staff.officer
