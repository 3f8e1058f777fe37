"""Texts of messages: one administrator proposes another wording, another one decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.papers.letters.message_texts import CODES, first_wording
from states.cases.text_change import TextChange
from states.kit.reference import reference
from states.papers.message_text import MessageText
from tests.kit.handlers.world import AYSE

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor
    from tests.web.admin.conftest import Administrator

HELD = CODES["held"]
PAGE = f"/yonetim/ileti/{HELD}"
FIRST = first_wording("held")


def written(**other: str) -> dict[str, str]:
    """Return a form with the text in force, but for what is said otherwise."""
    return {
        "subject_tr": FIRST.subject_tr, "body_tr": FIRST.body_tr,
        "subject_en": FIRST.subject_en, "body_en": FIRST.body_en,
        "revizyon": "2", "gun": "2026-03-02", "gerekce": "Daha açık", **other,
    }  # fmt: skip


def send(browser: Visitor, button: str, status: int = 200, **other: str) -> Page:
    """Fill in the form of another wording and press a button."""
    browser.get(f"{PAGE}/yeni")
    return browser.post(f"{PAGE}/yeni", status, islem=button, **written(**other))


def change_of(world: World) -> TextChange:
    """Return the newest proposal."""
    found: TextChange = world.all(TextChange)[-1]
    return found


def decide(who: Administrator, case: TextChange, trigger: str, status: int = 200) -> Page:
    """Decide about a proposal as it stands."""
    address = f"/yonetim/metin/{case.reference}"
    who.browser.get(address)
    return who.browser.post(f"{address}/{trigger}", status, surum="1", gerekce="Karar")


def test_the_list_shows_each_text_with_its_code_and_revision(first: Administrator) -> None:
    page = first.browser.get("/yonetim/iletiler")
    assert page.heading == "İleti metinleri"
    assert all(code in page.text for code in CODES.values())
    assert FIRST.subject_tr in page.text


def test_a_wording_is_proposed_by_one_and_approved_by_another(
    world: World, first: Administrator, other: Administrator
) -> None:
    page = send(first.browser, "oner", subject_tr="Başvurunuz gününü bekliyor")
    case = change_of(world)
    assert page.heading == f"Metin değişikliği {case.reference}"
    assert "çıkarılan: " + FIRST.subject_tr in page.text
    assert "eklenen: Başvurunuz gününü bekliyor" in page.text
    assert "Onayla" not in page.buttons
    assert case.reference in first.browser.get("/yonetim/iletiler").text
    assert "karar bekleyen bir öneri var" in first.browser.get(PAGE).text
    decide(first, case, "approve", 403)
    assert world.all(MessageText) == []
    done = decide(other, case, "approve")
    assert "Onayla: yapıldı." in done.text
    [row] = world.all(MessageText)
    assert (row.code, row.revision, row.in_force_on) == (HELD, 2, date(2026, 3, 2))
    assert row.subject_tr == "Başvurunuz gününü bekliyor"
    shown = other.browser.get(PAGE)
    assert shown.heading == f"İleti metni {HELD}/02"
    assert case.reference in shown.text


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("body_tr", "Sayın {{ name }},\n{{ tckn }}", "2. satır: bu iletide “tckn” diye bir alan"),
        ("body_en", "Dear {{ name", "1. satır: şablon okunamıyor"),
        ("body_tr", "{{ name.upper() }}", "1. satır: “call” kullanılamaz"),
        ("subject_tr", "Sayın {{ name }}", "Konuda name kullanılamaz"),
        ("subject_en", "", "Metni yazınız."),
        ("body_tr", f"Numaranız {AYSE}", "1. satır: metinde bir T.C. kimlik numarası var"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_with_line_and_sentence(
    world: World, first: Administrator, field: str, text: str, sentence: str
) -> None:
    for button in ("onizle", "oner"):
        page = send(first.browser, button, 422, **{field: text})
        assert sentence in page.text
    assert world.all(TextChange) == []


def test_a_wording_is_looked_at_before_it_is_proposed(world: World, first: Administrator) -> None:
    page = send(first.browser, "onizle", body_en="Dear {{ name }}, wait for "
                "{{ case.production_opens_on | long_date }}.")  # fmt: skip
    assert "Uydurma bir kayıtla." in page.text
    assert "Dear AYŞE ÖRNEKOĞLU, wait for 1 March 2027." in page.text
    assert "1 Mart 2027" in page.text
    assert world.all(TextChange) == []


def test_with_a_real_case_name_and_address_are_hidden(world: World, first: Administrator) -> None:
    me = world.person()
    case = reference("application", world.file(me, "first"))
    page = send(first.browser, "onizle", vaka=case)
    assert f"{case} numaralı kayıtla" in page.text
    assert "Sayın A*** Ö***," in page.text
    assert "ÖRNEKOĞLU" not in page.text


@pytest.mark.parametrize("typed", ["B000000999", "Y000000001", "yok"])
def test_a_number_that_is_of_no_case_is_told(first: Administrator, typed: str) -> None:
    page = send(first.browser, "onizle", 422, vaka=typed)
    assert "numarayı denetleyiniz" in page.text or "numaras" in page.text


def test_a_proposal_needs_a_day_a_reason_and_a_difference(
    world: World, first: Administrator
) -> None:
    page = send(first.browser, "oner", 422, gun="", gerekce="")
    assert "hangi günden sonra" in page.text
    assert "Gerekçeyi yazınız." in page.text
    assert "Metin yürürlükteki metinle aynı" in send(first.browser, "oner", 422).text
    late = send(first.browser, "oner", 422, subject_tr="Yeni", gun="2026-03-01")
    assert "Yürürlük günü geçmişte olamaz." in late.text
    far = send(first.browser, "oner", 422, subject_tr="Yeni", gun="2027-03-03")
    assert "en çok 365 gün sonra" in far.text
    assert world.all(TextChange) == []
    first.browser.post(f"{PAGE}/yeni", 400, islem="oner", **written(revizyon="x"))


def test_only_its_proposer_withdraws_and_a_refusal_asks_why(
    world: World, first: Administrator, other: Administrator
) -> None:
    send(first.browser, "oner", subject_tr="Yeni")
    case = change_of(world)
    assert "yalnız yapan geri çeker" in decide(other, case, "withdraw", 422).text
    decide(first, case, "withdraw")
    assert world.read(TextChange, case.id).state == "withdrawn"
    send(first.browser, "oner", subject_tr="Yeni")
    again = change_of(world)
    address = f"/yonetim/metin/{again.reference}"
    other.browser.get(address)
    page = other.browser.post(f"{address}/refuse", 422, surum="1", gerekce="")
    assert "gerekçe yazınız" in page.text
    decide(other, again, "refuse")
    assert world.read(TextChange, again.id).state == "refused"
    assert world.all(MessageText) == []


def test_a_proposal_is_looked_at_with_a_real_case(world: World, first: Administrator) -> None:
    send(first.browser, "oner", subject_tr="Yeni")
    address = f"/yonetim/metin/{change_of(world).reference}"
    case = reference("application", world.file(world.person(), "first"))
    assert f"{case} numaralı kayıtla" in first.browser.get(f"{address}?vaka={case}").text
    page = first.browser.get(f"{address}?vaka=G000000001")
    assert "Uydurma bir kayıtla." in page.text
    assert "numarayı denetleyiniz" in page.text


def test_what_is_no_text_and_no_proposal_is_not_found(world: World, first: Administrator) -> None:
    for address in ("ileti/IM.99", "ileti/yok/yeni", "metin/M000000999", "metin/yok", "metin/Y1"):
        assert first.browser.client.get(f"/yonetim/{address}").status_code == 404
    case = world.file(world.person(), "first")
    for letter in "BM":
        assert first.browser.client.get(f"/yonetim/metin/{letter}{case:09}").status_code == 404
