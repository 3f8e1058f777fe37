"""Filing an application, from the kind to the case."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.world import applicant
from tests.web.portal.conftest import signed_in
from workflow.model.refusal import Conflict

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor
    from tests.web.portal.conftest import Holder

METHOD = "/basvurularim/yeni/yontem"
REVIEW = "/basvurularim/yeni/inceleme"
SEND = "/basvurularim/yeni/ac"
ADDRESS = "TEST Sokağı 1, Bursa"


def own(holder: Holder) -> str:
    """Return the number of the holder's certificate."""
    return reference("certificate", holder.held.certificate_id)


def renewal_of(holder: Holder) -> str:
    """Return the query of a renewal of the holder's card."""
    return f"?tur=renewal&sertifika={reference('certificate', holder.held.certificate_id)}"


def send(browser: Visitor, query: str, method: str, status: int = 200) -> Page:
    """Go the whole way through the pages and press the last button."""
    browser.get(METHOD + query)
    review = browser.post(REVIEW + query, yontem=method, adres=ADDRESS)
    seen = review.value("gorulen")
    return browser.post(SEND + query, status, yontem=method, adres=ADDRESS, gorulen=seen)


def test_the_first_page_offers_the_kinds_that_can_end_well_and_says_why_not_of_the_others(
    holder: Holder,
) -> None:
    page = holder.browser.get("/basvurularim/yeni")
    kinds = [label.partition(" – ")[0] for label in page.all("label", class_="form-check-label")]
    assert kinds == [
        "Yenileme", "Kayıp veya çalıntı", "Arıza", "Garanti dışı arıza", "Bilgi değişikliği",
        "Ek sertifika",
    ]  # fmt: skip
    closed = [line for line in page.all("li") if " : " in line]
    assert [line.partition(" : ")[0] for line in closed] == ["İlk başvuru", "PUK kilitlenmesi"]
    assert "Daha önce sertifikanız olduğu için ilk başvuru yapılamaz" in closed[0]
    assert "PIN kilidini aç" in closed[1]


def test_the_certificate_that_ends_first_is_preset_and_not_the_one_that_ends_last(
    world: World, holder: Holder
) -> None:
    later = world.certificate(holder.person_id, date(2029, 1, 1), "b2")
    page = holder.browser.get("/basvurularim/yeni")
    assert page.all("option")[0].startswith(reference("certificate", later))
    (chosen,) = [one for one in page.tree.iter("option") if "selected" in one.attrib]
    assert chosen.get("value") == own(holder)


def test_who_has_no_certificate_finds_the_first_application_chosen(newcomer: Visitor) -> None:
    page = newcomer.get("/basvurularim/yeni")
    assert page.all("option") == ["Sertifikam yok"]
    (only,) = [one for one in page.tree.iter("input") if one.get("name") == "tur"]
    assert (only.get("value"), "checked" in only.attrib) == ("first", True)
    told = "Yenileme : Bu tür bir sertifika içindir; kayıtlı bir sertifikanız yok."
    assert told in page.all("li")


def test_whoever_may_apply_for_nothing_reads_why(
    world: World, app: Flask, newcomer_id: int
) -> None:
    world.write("UPDATE person SET standing = 'left' WHERE id = :id", id=newcomer_id)
    page = signed_in(app, newcomer_id).get("/basvurularim/yeni")
    assert "Şu an yapabileceğiniz bir başvuru yok." in page.text
    assert "Devam et" not in page.buttons
    assert "görevde görünmüyor" in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Başvuru türünü seçiniz."),
        ("?tur=yok", "Geçerli bir seçenek değil"),
        ("?tur=renewal&sertifika=", "sertifikayı seçiniz"),
    ],
)
def test_a_missing_answer_is_named_first_and_at_the_field(
    holder: Holder, query: str, sentence: str
) -> None:
    page = holder.browser.get(METHOD + query, 422)
    assert page.title.startswith("Hata:")
    assert "Eksik veya hatalı alanlar var" in page.text
    assert page.text.count(sentence) == 2


def test_another_persons_certificate_is_no_choice(holder: Holder, newcomer: Visitor) -> None:
    newcomer.get(METHOD + renewal_of(holder), 422)


@pytest.mark.parametrize(
    ("state", "said"), [("active", ""), ("suspended", ", askıda"), ("revoked", ", iptal edildi")]
)
def test_a_certificate_to_choose_says_whether_it_is_still_good(
    world: World, holder: Holder, state: str, said: str
) -> None:
    world.write("UPDATE certificate SET state = :state", state=state)
    option = holder.browser.get("/basvurularim/yeni").all("option")[0]
    assert option.endswith(f"son geçerlilik günü 10.08.2026{said}")


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("renewal", ["e-onay", "e-imza", "Islak imza", "Yüz yüze"]),
        ("first", []),
        ("data_change", ["e-imza", "Islak imza", "Yüz yüze"]),
    ],
)
def test_only_the_methods_of_the_kind_are_offered(
    holder: Holder, kind: str, methods: list[str]
) -> None:
    page = holder.browser.get(METHOD + renewal_of(holder).replace("renewal", kind))
    labels = page.all("label", class_="form-check-label")
    assert [label.partition(" – ")[0] for label in labels] == methods


def test_each_method_says_the_day_of_its_card_and_what_refuses_the_others(
    world: World, app: Flask, holder: Holder
) -> None:
    world.clock.set(datetime(2026, 8, 9, 9, 0, tzinfo=UTC))
    browser = signed_in(app, holder.person_id)
    page = browser.get(METHOD + renewal_of(holder))
    labels = page.all("label", class_="form-check-label")
    assert [label.partition(" – ")[0] for label in labels] == ["e-onay", "e-imza", "Yüz yüze"]
    assert labels[0].endswith(
        "Bugün başvurursanız kartın beklenen günü 16.08.2026; 5 gün sertifikasız kalırsınız."
    )
    assert "Islak imza : Bu yöntemle başvuru en erken 17.08.2026 tarihinde" in page.text
    assert "Formu göster" in page.buttons


def test_a_kind_that_no_method_serves_says_why_and_asks_nothing(holder: Holder) -> None:
    page = holder.browser.get(METHOD + renewal_of(holder).replace("renewal", "first"))
    assert "Bu başvuru şu an hiçbir yöntemle yapılamaz." in page.text
    assert "Daha önce sertifikanız olduğu için ilk başvuru yapılamaz" in page.text
    assert "Formu göster" not in page.buttons
    assert page.all("textarea") == []


def test_a_draft_is_not_in_its_own_way(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    page = holder.browser.get(f"/basvurularim/{reference('application', case)}/yontem")
    assert len(page.all("label", class_="form-check-label")) == 4
    assert "Neden seçemiyorum?" not in page.text


def test_what_the_office_alone_opens_is_not_offered_nor_taken(world: World, holder: Holder) -> None:
    page = holder.browser.get("/basvurularim/yeni")
    assert not [label for label in page.all("label") if "yeniden üretim" in label.lower()]
    query = renewal_of(holder).replace("renewal", "reissue")
    holder.browser.get(METHOD + query, 422)
    holder.browser.post(SEND + query, 400, yontem="e_onay", adres=ADDRESS)
    assert world.all(Application) == []


def test_the_method_page_brings_the_address_and_asks_for_what_is_missing(holder: Holder) -> None:
    query = renewal_of(holder)
    assert holder.browser.get(METHOD + query).value("adres") == ADDRESS
    page = holder.browser.post(REVIEW + query, 422, yontem="", adres="")
    assert page.text.count("Onaylama yöntemini seçiniz.") == 2
    assert page.text.count("Kartın gönderileceği adresi yazınız.") == 2
    long = holder.browser.post(SEND + query, 422, yontem="e_onay", adres="a" * 501)
    assert "Adres en çok 500 harf olabilir." in long.text


def test_the_review_shows_the_form_and_writes_nothing(world: World, holder: Holder) -> None:
    query = renewal_of(holder)
    holder.browser.get(METHOD + query)
    page = holder.browser.post(REVIEW + query, yontem="e_imza", adres="Yeni Sokak 5, İzmir")
    (form,) = page.all("pre")
    for said in (
        "AYŞE ÖRNEKOĞLU", "100******46", "Yeni Sokak 5, İzmir", "elektronik imzalı",
        "(başvuru açılınca verilir)", "TAAHHÜDÜ",
    ):  # fmt: skip
        assert said in form
    assert world.all(Application) == []


def test_an_e_onay_application_waits_for_the_consent_and_says_so(
    world: World, holder: Holder
) -> None:
    page = send(holder.browser, renewal_of(holder), "e_onay")
    (case,) = world.all(Application)
    assert (case.state, case.kind, case.method) == ("e_onay", "renewal", "e_onay")
    assert f"Başvurunuz alındı. Başvuru numarası: {case.reference}." in page.text
    assert "Yürürlükte bir e-onayınız bulunmadığı için başvuru bekliyor." in page.text
    assert "Son tarih: 10.06.2026." in page.text
    assert page.links["e-onay ver"] == "/e-onay"


def test_an_early_renewal_with_consent_is_held_and_told_its_day(
    world: World, holder: Holder
) -> None:
    world.consent(holder.person_id, holder.held)
    page = send(holder.browser, renewal_of(holder), "e_onay")
    assert "Üretim tarihi bekleniyor" in page.text
    assert page.all("dd")[2] == "Üretim 10.06.2026 tarihinde başlayabilir."
    facts = dict(zip(page.all("dt"), page.all("dd"), strict=True))
    assert facts["Kartın beklenen günü"] == "17.06.2026"
    (case,) = world.all(Application)
    world.write("UPDATE application SET state = 'production_stopped'")
    address = f"/basvurularim/{case.reference}"
    assert "Kartın beklenen günü" not in holder.browser.get(address).all("dt")
    world.write("UPDATE application SET state = 'cancelled'")
    assert "Kartın beklenen günü" not in holder.browser.get(address).all("dt")


def test_an_e_imza_application_leads_to_the_text_to_sign(world: World, holder: Holder) -> None:
    page = send(holder.browser, renewal_of(holder), "e_imza")
    (case,) = world.all(Application)
    assert page.heading == "Başvuru formunu imzala"
    assert case.reference in page.all("pre")[0]
    assert page.buttons[-1] == "Doğrulama kodu al"


def test_a_wet_signature_application_leads_to_a_form_that_can_be_printed(
    world: World, holder: Holder
) -> None:
    page = send(holder.browser, renewal_of(holder), "wet_signature")
    (case,) = world.all(Application)
    printed = holder.browser.get(page.links["Formu yazdır"])
    assert case.reference in printed.all("pre")[0]
    facts = dict(zip(printed.all("dt"), printed.all("dd"), strict=True))
    assert facts["Nereye"].startswith("TEST Sertifika Başvuru Ofisi, TEST Mahallesi")
    assert facts["Ne zaman"] == "Hafta içi 08.30–17.30"
    assert facts["Son gün"] == (
        "30.04.2026 Postayla gönderiyorsanız en geç 25.04.2026 günü postaya veriniz; ofise "
        "ulaştığı gün sayılır."
    )
    world.write("UPDATE application SET due_at = '2026-03-04T12:00:00+00'")
    late = holder.browser.get(page.links["Formu yazdır"])
    assert "03.03.2026 Posta için vakit kalmadı; formu elden getiriniz." in late.text
    file = holder.browser.client.get(printed.links["Formu indiriniz (.pdf)"])
    assert (file.mimetype, file.headers["Content-Disposition"]) == (
        "application/pdf", f'attachment; filename="{case.reference}.pdf"',
    )  # fmt: skip
    assert hashlib.sha256(file.data).hexdigest() == case.form_sha256
    assert "Ad soyad Tarih İmza" in words_on_paper(file.data)


def test_who_has_no_certificate_is_asked_to_the_desk_and_offered_nothing_else(
    world: World, newcomer: Visitor
) -> None:
    query = "?tur=first&sertifika="
    page = newcomer.get(METHOD + query)
    assert "Geçerli bir sertifikanız yok." in page.text
    newcomer.post(SEND + query, 422, yontem="wet_signature", adres=ADDRESS)
    assert world.all(Application) == []
    page = send(newcomer, query, "in_person")
    (case,) = world.all(Application)
    assert (case.old_certificate_id, case.state) == (None, "in_person")
    assert "Kimlik belgenizle başvuru ofisine geliniz" in page.text
    assert "İSMAİL IRAKSAK" in newcomer.get(f"/basvurularim/{case.reference}/form").all("pre")[0]


def test_each_certificate_may_be_renewed_though_one_renewal_is_under_way(
    world: World, holder: Holder
) -> None:
    send(holder.browser, renewal_of(holder), "e_onay")
    other = world.read(Certificate, world.certificate(holder.person_id, date(2026, 8, 10)))
    send(holder.browser, f"?tur=renewal&sertifika={other.reference}", "e_onay")
    assert len(world.all(Application, kind="renewal")) == 2


def test_a_second_press_of_the_button_opens_no_second_case(world: World, holder: Holder) -> None:
    query = renewal_of(holder)
    send(holder.browser, query, "e_onay")
    again = holder.browser.post(SEND + query, yontem="e_onay", adres=ADDRESS)
    (case,) = world.all(Application)
    assert f"Bunun için açık bir başvurunuz var: {case.reference}." in again.text


def test_a_kind_that_does_not_fit_is_refused_with_the_reason(world: World, holder: Holder) -> None:
    page = send(holder.browser, "?tur=first&sertifika=", "wet_signature")
    assert world.all(Application) == []
    (told,) = page.all("div", class_="alert alert-danger")
    assert told.startswith("Daha önce sertifikanız olduğu için ilk başvuru yapılamaz")


def test_a_method_that_can_not_be_used_now_leaves_a_draft_to_go_on_with(
    world: World, holder: Holder
) -> None:
    query = renewal_of(holder)
    holder.browser.get(METHOD + query)
    suspend = (holder.held.certificate_id, "suspend", applicant(holder.person_id))
    world.engine.fire(*suspend)
    page = holder.browser.post(SEND + query, yontem="e_imza", adres=ADDRESS)
    (case,) = world.all(Application)
    assert case.state == "draft"
    assert len(page.all("div", class_="alert alert-danger")) == 1
    method = holder.browser.get(page.links["Onaylama yöntemini seç"])
    assert case.reference in method.text
    path = f"/basvurularim/{case.reference}"
    review = holder.browser.post(f"{path}/inceleme", yontem="wet_signature", adres=ADDRESS)
    assert case.reference in review.all("pre")[0]
    holder.browser.post(f"{path}/yontem/sec", yontem="wet_signature", adres=ADDRESS)
    assert world.state(case.id) == "wet_signature"
    holder.browser.get(f"{path}/yontem", 409)


def test_a_collision_with_what_is_gone_again_leads_back_to_the_start(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collide(_: object) -> int:
        raise Conflict(constraint="ix_application_open")

    monkeypatch.setattr("web.portal.filing._file", collide)
    page = send(holder.browser, renewal_of(holder), "e_onay")
    assert page.heading == "Yeni başvuru"


def test_a_forged_query_is_a_bad_request(holder: Holder) -> None:
    holder.browser.get("/basvurularim/yeni")
    holder.browser.get(METHOD + renewal_of(holder))
    holder.browser.post(SEND + "?tur=renewal&sertifika=S000000999", 400, yontem="e_onay", adres="x")


def test_a_blocked_puk_is_answered_by_how_the_card_is_unlocked(
    world: World, holder: Holder
) -> None:
    query = renewal_of(holder).replace("renewal", "puk_blocked")
    page = send(holder.browser, query, "e_onay")
    assert "PIN kilidini aç" in page.text
    assert "ücretsiz açılabilir" in page.text
    assert world.all(Application) == []


def test_a_fault_shortly_before_the_end_is_answered_by_a_renewal(
    world: World, holder: Holder
) -> None:
    world.write("UPDATE certificate SET not_after = '2026-03-12T09:00:00Z', ends_on = '2026-03-12'")
    page = send(holder.browser, renewal_of(holder).replace("renewal", "fault"), "e_onay")
    assert "Eski sertifika 12.03.2026 tarihinde sona eriyor" in page.text
    assert "Yenileme başvurusu yapınız." in page.text
    assert world.all(Application) == []
