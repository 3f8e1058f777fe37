"""The applicant's own things: applications, certificates, e-onay, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from signing.cms import pades
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.kit.reference import reference
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.world import applicant, officer, operator
from tests.web.portal.conftest import ENDS_ON, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from tests.web.portal.conftest import Holder


def test_the_start_page_shows_each_thing_with_state_step_and_date(
    world: World, holder: Holder
) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    page = holder.browser.get("/")
    assert page.heading == "Başvurularım"
    assert page.links[reference("application", case)] == f"/basvurularim/{number(case)}"
    for said in (
        "Taslak", "Onaylama yöntemini seçiniz.", "Son tarih: 31.03.2026.",
        "Yürürlükte bir e-onayınız yok.", "10.08.2026", "Geçerli",
    ):  # fmt: skip
        assert said in page.text


def test_who_has_nothing_is_told_so(newcomer: Visitor) -> None:
    page = newcomer.get("/basvurularim")
    assert "Henüz bir başvurunuz yok." in page.text
    assert "Kayıtlı bir sertifikanız yok." in page.text


def test_the_start_page_names_the_e_onay_in_force(world: World, holder: Holder) -> None:
    consent = world.consent(holder.person_id, holder.held)
    page = holder.browser.get("/basvurularim")
    assert "e-onayınız 02.03.2026 tarihinden beri yürürlükte." in page.text
    assert f"/e-onay/{reference('consent', consent)}" in page.links.values()


def test_an_account_that_is_no_applicant_does_not_get_in(officer: Visitor) -> None:
    officer.get("/basvurularim", 403)


def number(case: int) -> str:
    """Return the reference of an application."""
    return reference("application", case)


def test_the_page_of_an_application_tells_its_way_and_its_reason(
    world: World, holder: Holder
) -> None:
    case = world.file(holder.person_id, "fault", holder.held.certificate_id)
    world.choose(case, holder.person_id, "wet_signature")
    world.engine.fire(case, "return_to_applicant", officer(), reason="İmza eksik.")
    page = holder.browser.get(f"/basvurularim/{number(case)}")
    assert page.all("dd")[1] == "İmza eksik."
    assert "Düzeltilmezse başvuru kapanır." in page.text
    steps = page.all("li", class_="step")
    assert "Başvuru aç → Taslak" in steps[0]
    assert steps[-1].endswith("İmza eksik.")


def test_an_application_is_cancelled_on_a_page_of_its_own(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    asked = holder.browser.get(f"/basvurularim/{number(case)}/vazgec")
    assert asked.heading == "Başvurudan vazgeç"
    assert "Başvuru kapanır; yeniden başvurmak gerekir." in asked.text
    seen = asked.value("seen")
    path = f"/basvurularim/{number(case)}/vazgec"
    done = holder.browser.post(path, seen=seen, reason="Gerek kalmadı.")
    assert "Başvurudan vazgeç: yapıldı." in done.text
    assert world.state(case) == "cancelled"
    again = holder.browser.post(path, seen=seen, csrf_token=asked.value("csrf_token"))
    assert "ikinci kez yapılmadı" in again.text
    late = holder.browser.get(path, 409)
    assert "Bu işlem şu an yapılamaz" in late.text


def test_a_form_from_before_another_move_changes_nothing(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    path = f"/basvurularim/{number(case)}/vazgec"
    seen = holder.browser.get(path).value("seen")
    world.choose(case, holder.person_id, "e_imza")
    late = holder.browser.post(path, seen=seen)
    assert "Bu kayıt siz bakarken ilerledi" in late.text
    assert world.state(case) == "e_imza"


def test_a_form_without_its_version_is_asked_again(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    path = f"/basvurularim/{number(case)}/vazgec"
    holder.browser.get(path)
    holder.browser.post(path, 422, seen="son", reason="x" * 1001)
    assert world.state(case) == "draft"


def test_another_method_may_be_chosen(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    world.choose(case, holder.person_id, "e_imza")
    page = holder.browser.get(f"/basvurularim/{number(case)}")
    assert "Formu imzala" in page.links
    assert "Başka yöntem seç" in page.buttons
    path = f"/basvurularim/{number(case)}/islem"
    method = holder.browser.post(f"{path}/change_method")
    assert method.heading == "Onaylama yöntemini seçiniz"
    assert world.state(case) == "draft"
    again = holder.browser.post(f"{path}/change_method")
    assert len(again.all("div", class_="alert alert-danger")) == 1


def test_a_waiting_application_goes_on_by_one_press_once_the_consent_is_there(
    world: World, holder: Holder
) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    world.choose(case, holder.person_id, "e_onay")
    consent = world.consent(holder.person_id, holder.held)
    shown = holder.browser.get(f"/e-onay/{reference('consent', consent)}")
    page = holder.browser.get(shown.links[number(case)])
    assert page.buttons[-2:] == ["Onayla", "Adresi ya da yöntemi değiştir"]
    assert "TEST Sokağı 1, Bursa" in page.all("dd")
    assert "AYŞE ÖRNEKOĞLU" in page.all("pre")[0]
    seen, form = page.value("seen"), page.value("belge")
    done = holder.browser.post(f"/basvurularim/{number(case)}/onay", seen=seen, belge=form)
    assert "Başvurunuz e-onayınızla onaylandı." in done.text
    assert world.state(case) == "held"
    assert world.read(Application, case).consent_id == consent
    late = holder.browser.get(f"/basvurularim/{number(case)}/onay")
    assert late.heading == done.heading


def test_a_draft_has_no_form_to_show_or_sign(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    holder.browser.get(f"/basvurularim/{number(case)}/form", 404)
    holder.browser.get(f"/basvurularim/{number(case)}/imza", 409)


def test_a_certificate_is_suspended_and_revoked_by_its_holder(world: World, holder: Holder) -> None:
    path = f"/sertifikalarim/{reference('certificate', holder.held.certificate_id)}"
    page = holder.browser.get(path)
    assert "Son geçerlilik günü: 10.08.2026." in page.text
    asked = holder.browser.get(page.links["Askıya al"])
    assert "askıdan indirilene kadar kullanılamaz" in asked.text
    done = holder.browser.post(f"{path}/askiya-al", seen=asked.value("seen"))
    assert "Sertifikanız askıda" in done.text
    asked = holder.browser.get(done.links["İptal et"])
    missing = holder.browser.post(f"{path}/iptal-et", 422, seen=asked.value("seen"), reason=" ")
    assert missing.title.startswith("Hata:")
    assert world.read(Certificate, holder.held.certificate_id).state == "suspended"
    done = holder.browser.post(f"{path}/iptal-et", seen=asked.value("seen"), reason="Çalındı.")
    assert "Gerekçe" in done.text
    assert world.read(Certificate, holder.held.certificate_id).state == "revoked"


def test_a_reason_to_revoke_may_be_chosen_and_own_words_added(world: World, holder: Holder) -> None:
    path = f"/sertifikalarim/{reference('certificate', holder.held.certificate_id)}"
    asked = holder.browser.get(f"{path}/iptal-et")
    seen, cause = asked.value("seen"), "Kart kayboldu ya da çalındı"
    assert cause in asked.all("option")
    invented = holder.browser.post(f"{path}/iptal-et", 422, seen=seen, cause="certificate_hold")
    assert invented.title.startswith("Hata:")
    holder.browser.post(f"{path}/iptal-et", seen=seen, cause=cause, reason=" dün otobüste ")
    revoked = world.read(Certificate, holder.held.certificate_id)
    assert revoked.revocation_reason == f"{cause}: dün otobüste"


def test_a_certificate_without_a_text_can_not_be_activated(
    world: World, newcomer_id: int, newcomer: Visitor
) -> None:
    foreign = world.certificate(newcomer_id, ENDS_ON)
    world.write("UPDATE certificate SET state = 'suspended' WHERE id = :id", id=foreign)
    path = f"/sertifikalarim/{reference('certificate', foreign)}"
    assert "Etkinleştir" not in newcomer.get(path).links
    newcomer.get(f"{path}/etkinlestir", 409)


def test_a_certificate_that_has_not_begun_spends_no_code_on_its_activation(
    world: World, app: Flask, newcomer_id: int, newcomer: Visitor
) -> None:
    held = world.card(newcomer_id, date(2026, 4, 10))
    world.consent(newcomer_id, held)
    case = world.file(newcomer_id, "renewal", held.certificate_id)
    world.choose(case, newcomer_id, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    codes = len(world.all(Code))
    new = world.read(Application, case).certificate_id or 0
    path = f"/sertifikalarim/{reference('certificate', new)}"
    page = newcomer.get(path)
    assert "Etkinleştir" not in page.links
    assert "PIN oluşturma ve etkinleştirme en erken: 11.04.2026 00:00." in page.text
    assert "henüz başlamadı" in newcomer.get(f"{path}/etkinlestir").text
    assert "henüz başlamadı" in newcomer.post(f"{path}/etkinlestir", okudum="y").text
    assert len(world.all(Code)) == codes
    world.clock.advance(days=40)
    later = signed_in(app, newcomer_id)
    assert "Etkinleştir" in later.get(path).links
    assert later.get(f"{path}/etkinlestir").heading == "Sertifikayı etkinleştir"


def test_the_e_onay_begins_with_what_it_needs(holder: Holder, newcomer: Visitor) -> None:
    page = holder.browser.get("/e-onay")
    assert page.all("h2") == ["Neye ihtiyacınız var?", "Nasıl ilerler?"]
    assert "sertifikanız görünmüyor" not in page.text
    assert "sertifikanız görünmüyor" in newcomer.get("/e-onay").text


def test_the_box_is_not_ticked_for_anybody_and_must_be_ticked(world: World, holder: Holder) -> None:
    holder.browser.get("/e-onay")
    page = holder.browser.post("/e-onay/basla")
    assert "checked" not in page.response.text
    (consent,) = world.all(Consent)
    path = f"/e-onay/{consent.reference}/metin"
    missing = holder.browser.post(path, 422)
    assert missing.title.startswith("Hata:")
    assert missing.text.count("Devam etmek için metni okuduğunuzu işaretleyiniz.") == 2
    assert "AYŞE ÖRNEKOĞLU" in missing.all("pre")[0]


def test_an_e_onay_that_was_begun_is_gone_on_with(world: World, holder: Holder) -> None:
    holder.browser.get("/e-onay")
    holder.browser.post("/e-onay/basla")
    holder.browser.get("/e-onay")
    holder.browser.post("/e-onay/basla")
    (consent,) = world.all(Consent)
    page = holder.browser.get(f"/e-onay/{consent.reference}")
    assert page.links["Metni oku"] == f"/e-onay/{consent.reference}/metin"


def test_a_renewed_text_is_asked_for_again(world: World, holder: Holder) -> None:
    world.consent(holder.person_id, holder.held)
    assert "Onay verdiğiniz metin günceldir" in holder.browser.get("/e-onay").text
    world.clock.advance(days=1)
    holder.browser.sign_in("person", holder.person_id)
    world.write(
        "INSERT INTO terms (version, text, valid_from) VALUES ('EO.01/99', 'Yeni metin.', :at)",
        at=world.clock.now(),
    )
    page = holder.browser.get("/e-onay")
    assert "e-onay metni yenilendi" in page.text
    assert "Metni oku" in page.buttons


def test_an_e_onay_is_taken_back_on_a_page_of_its_own(world: World, holder: Holder) -> None:
    consent = reference("consent", world.consent(holder.person_id, holder.held))
    page = holder.browser.get(f"/e-onay/{consent}")
    asked = holder.browser.get(page.links["e-onayı geri al"])
    assert "Bundan sonraki başvurularınız e-onay ile yapılamaz." in asked.text
    done = holder.browser.post(f"/e-onay/{consent}/geri-al", seen=asked.value("seen"))
    assert "e-onayınızı geri aldınız." in done.text
    (row,) = world.all(Consent)
    assert row.state == "withdrawn"
    back = holder.browser.get(f"/e-onay/{consent}/metin")
    assert back.heading == f"e-onay {consent}"


def test_the_things_of_another_person_are_as_unknown_as_none(
    world: World, holder: Holder, newcomer: Visitor
) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    world.choose(case, holder.person_id, "e_imza")
    consent = reference("consent", world.consent(holder.person_id, holder.held))
    certificate = reference("certificate", holder.held.certificate_id)
    newcomer.get("/basvurularim")
    for path in (
        f"/basvurularim/{number(case)}",
        f"/basvurularim/{number(case)}/form",
        f"/basvurularim/{number(case)}/imza",
        f"/basvurularim/{number(case)}/yontem",
        f"/basvurularim/{number(case)}/vazgec",
        f"/e-onay/{consent}",
        f"/e-onay/{consent}/metin",
        f"/e-onay/{consent}/geri-al",
        f"/sertifikalarim/{certificate}",
        f"/sertifikalarim/{certificate}/etkinlestir",
        f"/sertifikalarim/{certificate}/iptal-et",
        f"/belge/consent/{consent}.p7s",
        f"/belge/consent/{consent}.txt",
        "/basvurularim/B000000999",
        "/basvurularim/yok",
        f"/basvurularim/{consent}",
    ):
        page = newcomer.get(path, 404)
        assert "AYŞE" not in page.text
    newcomer.get("/basvurularim")
    newcomer.post(f"/basvurularim/{number(case)}/islem/change_method", 404)
    assert world.state(case) == "e_imza"


def test_what_was_not_signed_has_no_signed_file(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    holder.browser.get(f"/belge/application/{number(case)}.p7s", 404)


def test_the_record_of_an_e_onay_is_there_once_the_office_has_made_it(
    world: World, holder: Holder, newcomer: Visitor
) -> None:
    consent = reference("consent", world.consent(holder.person_id, holder.held))
    link = "e-onay kaydı (.pdf)"
    assert link not in holder.browser.get(f"/e-onay/{consent}").links
    holder.browser.get(f"/e-onay/{consent}/kayit.pdf", 404)
    world.run_effects("record.consent")
    answer = holder.browser.client.get(holder.browser.get(f"/e-onay/{consent}").links[link])
    assert answer.mimetype == "application/pdf"
    assert consent in words_on_paper(answer.data)
    newcomer.get(f"/e-onay/{consent}/kayit.pdf", 404)


def test_a_file_is_handed_out_as_what_it_is(world: World, holder: Holder) -> None:
    consent = reference("consent", world.consent(holder.person_id, holder.held))
    holder.browser.get(f"/belge/consent/{consent}.pdf", 404)
    assert holder.browser.client.get(f"/belge/consent/{consent}.txt").mimetype == "text/plain"


def test_the_form_is_handed_out_prepared_first_and_signed_afterwards(
    world: World, holder: Holder, newcomer: Visitor
) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    path = f"/basvurularim/{number(case)}"
    holder.browser.get(f"{path}/form.pdf", 404)
    world.choose(case, holder.person_id, "e_imza")
    page = holder.browser.get(path)
    assert "Başvuru formu , BF.01 revizyon 02" in page.text
    first = holder.browser.client.get(page.links["Başvuru formunu indir (.pdf)"]).data
    assert pades.is_prepared(first)
    claimed = world.claimed("application", case, holder.person_id)
    payload = replace(
        claimed, container=world.sign(holder.held, world.read(Application, case).form_sha256)
    ).payload()
    world.engine.fire(case, "approve_e_imza", applicant(holder.person_id), payload)
    page = holder.browser.get(path)
    assert "Başvuru formunu indir (.pdf)" not in page.links
    signed = holder.browser.client.get(page.links["İmzalı başvuru formu (.pdf)"]).data
    assert pades.check(signed).content == pades.covered(first)
    assert holder.browser.client.get(f"{path}/form.pdf").data == signed
    newcomer.get(f"{path}/form.pdf", 404)
    newcomer.get(f"/belge/application/{number(case)}.pdf", 404)


@pytest.mark.parametrize("path", ["/basvurularim", "/e-onay", "/kod/K000000001"])
def test_a_stranger_is_asked_to_sign_in(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    assert page.heading == "Giriş"


def test_an_applicant_who_is_no_person_has_nothing_here(world: World, holder: Holder) -> None:
    world.write("UPDATE web_session SET person_id = NULL")
    holder.browser.get("/basvurularim", 403)


def test_the_start_page_lists_the_newest_application_first(
    app: Flask, world: World, holder: Holder
) -> None:
    first = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    second = world.file(holder.person_id, "additional")
    page = signed_in(app, holder.person_id).get("/basvurularim")
    found = [name for name in page.links if name.startswith("B0")]
    assert found == [number(second), number(first)]
    assert len(world.all(Application)) == 2


def test_the_page_of_a_new_certificate_says_which_one_ends_with_its_activation(
    world: World, holder: Holder
) -> None:
    me, old = holder.person_id, holder.held.certificate_id
    world.consent(me, holder.held)
    case = world.file_by_office(me, "reissue", old)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    new = world.read(Application, case).certificate_id
    assert new is not None
    address = f"/sertifikalarim/{reference('certificate', new)}"
    said = f"yerine geçtiği sertifika iptal edilir: {reference('certificate', old)}."
    assert said in holder.browser.get(address).text
    assert (
        "yerine geçtiği"
        not in holder.browser.get(f"/sertifikalarim/{reference('certificate', old)}").text
    )
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :old", old=old)
    assert "yerine geçtiği" not in holder.browser.get(address).text
    world.write("UPDATE certificate SET state = 'active'")
    assert "yerine geçtiği" not in holder.browser.get(address).text
