"""The public page: what a code tells, what a wrong one does not, and true copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from handlers.desk import documents, verification
from states.cases.application import Application
from states.cases.consent import Consent
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.person import Person
from tests.kit.handlers.world import SYSTEM, applicant
from web.verify import views
from web.verify.views import MISSING, TOO_LARGE, UNKNOWN

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

END = date(2026, 8, 10)


def form_of(world: World, case: int) -> Document:
    return world.read(Document, world.read(Application, case).form_sha256)


def renewal(world: World, method: str) -> tuple[int, Document]:
    """File a renewal of a person with a card, choose the method, and sign when it is e-imza."""
    me = world.person()
    held = world.card(me, END)
    if method == "e_onay":
        world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, method)
    form = form_of(world, case)
    if method == "e_imza":
        claimed = world.claimed("application", case, me)
        payload = replace(claimed, container=world.sign(held, form.sha256)).payload()
        world.engine.fire(case, "approve_e_imza", applicant(me), payload)
    return case, form


def asked(visitor: Visitor, document: Document) -> Page:
    return visitor.get(f"/dogrula?kod={document.verification_code}")


def compared(visitor: Visitor, document: Document, content: bytes, status: int = 200) -> Page:
    page = asked(visitor, document)
    assert page.buttons[-1] == "Karşılaştır"
    path = f"/dogrula?kod={document.verification_code}"
    return visitor.post(path, status, dosya=(BytesIO(content), "belge.pdf"))


def test_the_page_asks_for_a_code_and_anyone_may_open_it(visitor: Visitor) -> None:
    page = visitor.get("/dogrula")
    assert page.heading == "Belge doğrulama"
    assert page.all("label") == ["Belge doğrulama kodu"]
    assert visitor.get("/dogrula?kod=").heading == "Belge doğrulama"
    assert visitor.get("/giris").links["Belge doğrulama"] == "/dogrula"


def test_a_signed_form_says_what_it_is_and_shows_nobody(world: World, visitor: Visitor) -> None:
    _, form = renewal(world, "e_imza")
    page = asked(visitor, form)
    assert page.heading == "Başvuru formu ve taahhütname"
    for said in (
        form.verification_code,
        "BF.01, revizyon 02",
        "02.03.2026 12:00:00",
        "A*** Ö***",
        "Elektronik imzalı. İmza 02.03.2026 12:00:00 anında denetlendi;",
        "sonuç: Geçerli (TOTAL-PASSED).",
    ):
        assert said in page.text
    for hidden in ("AYŞE", "ÖRNEKOĞLU", "100******46", "TEST Sokağı", "artık kullanılmaz"):
        assert hidden not in page.response.text


def test_what_a_document_says_can_be_read_in_english_without_its_data(
    world: World, visitor: Visitor
) -> None:
    _, form = renewal(world, "wet_signature")
    way = asked(visitor, form).links["İngilizce okuma nüshası"]
    assert way == "/dogrula/ingilizce/application_form/02"
    page = visitor.get(way)
    assert page.heading == "APPLICATION FORM FOR A QUALIFIED ELECTRONIC CERTIFICATE"
    facts = dict(zip(page.all("dt"), page.all("dd"), strict=True))
    assert facts["Name and surname"] == "……"
    assert facts["Revision"] == "02"
    assert visitor.get("/dogrula/ingilizce/hand_over/01").links["Belge doğrulama"] == "/dogrula"
    visitor.get("/dogrula/ingilizce/application_form/99", 404)
    visitor.get("/dogrula/ingilizce/house/01", 404)


@pytest.mark.parametrize(
    "typed",
    ["{}", " {} ", "{}\n", "{} - ", "%20{}"],
)
def test_a_code_may_be_typed_with_blanks_around(world: World, visitor: Visitor, typed: str) -> None:
    _, form = renewal(world, "wet_signature")
    assert (
        "Henüz onaylanmadı."
        in visitor.get("/dogrula?kod=" + typed.format(form.verification_code)).text
    )


def test_a_code_is_read_in_capitals_without_hyphens_and_with_blanks_between() -> None:
    code = "2985-9ae7-3ed4-bec7-d1e7"
    for typed in (
        code,
        "29859AE73ED4BEC7D1E7",
        "2985 9ae7 3ed4 bec7 d1e7",
        " 2985-9AE7-3ed4bec7d1e7",
    ):
        assert verification.read_code(typed) == code
    for typed in (
        "",
        "-" * 24,
        code + "0",
        code[:-1],
        code.replace("a", "g"),
        code.replace("9", "٩"),
    ):
        assert verification.read_code(typed) == ""


def test_an_unknown_code_and_one_that_can_be_none_are_answered_alike(visitor: Visitor) -> None:
    answers = []
    for typed in ("0000-0000-0000-0000-0000", "böyle-kod-olmaz", "' OR 1=1 --", "x" * 5000):
        page = visitor.get(f"/dogrula?kod={typed}", 404)
        assert page.title.startswith("Hata:")
        assert page.value("kod") == typed[:64]
        answers.append(page.text)
        assert UNKNOWN in page.text
    assert len(set(answers)) == 1


def test_wrong_codes_are_throttled_and_right_ones_are_not(world: World, visitor: Visitor) -> None:
    _, form = renewal(world, "wet_signature")
    for _ in range(15):
        asked(visitor, form)
    for number in range(10):
        visitor.get(f"/dogrula?kod={number}", 404)
    page = visitor.get("/dogrula?kod=11", 429)
    assert page.heading == "Çok sık denendi"
    path = f"/dogrula?kod={form.verification_code}"
    assert visitor.client.get(path).status_code == 429


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("e_onay", "Sahibinin e-onayıyla onaylandı; belgenin kendi imzası yoktur."),
        ("wet_signature", "Henüz onaylanmadı."),
    ],
)
def test_a_form_without_a_signature_says_how_it_is_approved(
    world: World, visitor: Visitor, method: str, words: str
) -> None:
    _, form = renewal(world, method)
    assert words in asked(visitor, form).text


def test_an_approved_paper_form_points_to_the_paper(world: World, visitor: Visitor) -> None:
    case, form = renewal(world, "wet_signature")
    world.write("UPDATE application SET state = 'approved' WHERE id = :id", id=case)
    assert "Islak imzalı; imza, ofisteki kâğıt nüshadadır." in asked(visitor, form).text
    world.write("UPDATE application SET method = NULL WHERE id = :id", id=case)
    assert "Henüz onaylanmadı." in asked(visitor, form).text


def test_a_form_that_another_took_the_place_of_says_so(world: World, visitor: Visitor) -> None:
    case, form = renewal(world, "wet_signature")
    me = world.read(Application, case).person_id
    world.engine.fire(case, "change_method", applicant(me))
    world.choose(case, me, "wet_signature")
    assert "yerine sonradan yenisi düzenlendi" in asked(visitor, form).text
    assert "yerine sonradan yenisi" not in asked(visitor, form_of(world, case)).text


def test_a_signed_form_whose_application_was_asked_to_the_desk_is_both(
    world: World, visitor: Visitor
) -> None:
    case, form = renewal(world, "e_imza")
    old = world.read(Application, case).old_certificate_id
    me = world.read(Application, case).person_id
    world.engine.fire(old or 0, "revoke", applicant(me), reason="çalındı")
    world.engine.fire(case, "offer_in_person", SYSTEM)
    text = asked(visitor, form).text
    assert "Elektronik imzalı." in text
    assert "yerine sonradan yenisi düzenlendi" in text


def test_the_text_of_an_e_onay_is_answered_for_too(world: World, visitor: Visitor) -> None:
    me = world.person()
    held = world.card(me, END)
    consent = world.offer(me)
    document = world.read(Document, world.read(Consent, consent).document_sha256)
    assert "Henüz onaylanmadı." in asked(visitor, document).text
    signed = world.read(Consent, world.consent(me, held))
    document = world.read(Document, signed.document_sha256)
    page = asked(visitor, document)
    assert (page.heading, "Elektronik imzalı." in page.text) == ("e-onay metni", True)
    assert "yürürlükte değil" not in page.text
    assert "Dosya aynı." in compared(visitor, document, document.content).text
    assert "Dosya farklı." in compared(visitor, document, document.content + b" ").text
    world.engine.fire(signed.id, "withdraw", applicant(me))
    assert "Bu e-onay artık yürürlükte değil." in asked(visitor, document).text


def test_the_signed_file_and_the_frozen_one_are_true_copies_and_no_other(
    world: World, visitor: Visitor
) -> None:
    _, form = renewal(world, "e_imza")
    with world.engine.database.connect() as connection:
        signed = documents.issued(connection, form)
        (container,) = documents.containers(connection, form)
    assert world.all(Signature)[0].container == container
    for copy in (signed, form.content):
        assert "bayt bayt aynısıdır" in compared(visitor, form, copy).text
    place = len(signed) // 2
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    for other in (changed, signed + b"\n", signed[:-1], b"%PDF"):
        page = compared(visitor, form, other)
        assert "ona güvenmeyiniz" in page.text
        assert "bayt bayt aynısıdır" not in page.text


def test_a_comparison_without_a_file_or_with_a_huge_one_says_what_to_do(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SIZE_LIMIT", 1000)
    _, form = renewal(world, "wet_signature")
    asked(visitor, form)
    page = visitor.post(f"/dogrula?kod={form.verification_code}", 422)
    assert MISSING in page.text
    assert page.title.startswith("Hata:")
    assert MISSING in compared(visitor, form, b"", 422).text
    assert TOO_LARGE in compared(visitor, form, b"x" * 1001, 422).text


def test_a_file_for_an_unknown_code_is_not_compared(world: World, visitor: Visitor) -> None:
    _, form = renewal(world, "wet_signature")
    asked(visitor, form)
    page = visitor.post("/dogrula?kod=1", 404, dosya=(BytesIO(b"x"), "belge.pdf"))
    assert UNKNOWN in page.text


def test_a_comparison_from_another_site_is_refused(app: Flask, world: World) -> None:
    _, form = renewal(world, "wet_signature")
    path = f"/dogrula?kod={form.verification_code}"
    answer = app.test_client().post(path, data={"dosya": (BytesIO(form.content), "b.pdf")})
    assert answer.status_code == 400
    assert "aynısıdır" not in answer.text


def test_names_are_masked_to_their_initials() -> None:
    person = Person(given_name="HAYRÜNNİSA İPEK", surname="ŞEN")
    assert verification.masked_name(person) == "H*** İ*** Ş***"
