"""Letters to units on the pages: written, rehearsed, approved by a second person, read by units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.people.register import enter_user
from handlers.unit_letters.sending import work_off
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from tests.kit.handlers.unit_letters import Letters
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page
    from workflow.model.actor import Actor

FORM = {
    "metin": "renewal", "konu": "Yenileme başvuruları", "ilgi": "", "paragraf": "",
    "destek": "Bilgi İşlem", "telefon": "0 (224) 000 00 00", "eposta": "",
    "kapsam": "picked", "duzey": "1", "kodlar": "TEST-16-01\nTEST-16-02", "bilgi": "",
}  # fmt: skip


@pytest.fixture
def letters(world: World) -> Letters:
    """Give the world of letters."""
    return Letters(world)


def browser_of(app: Flask, actor: Actor) -> Visitor:
    """Sign an account in."""
    browser = Visitor(app)
    browser.sign_in("user", int(actor.name.partition(":")[2]))
    return browser


def write(browser: Visitor, button: str, status: int = 200, **other: str) -> Page:
    """Fill in the form and press a button."""
    browser.get("/kurum/yazilar/yeni")
    return browser.post("/kurum/yazilar/yeni", status, islem=button, **{**FORM, **other})


def test_a_letter_is_rehearsed_handed_in_approved_and_read_by_its_units(
    app: Flask, world: World, letters: Letters
) -> None:
    first, second = (browser_of(app, letters.coordinator()) for _ in range(2))
    district = browser_of(app, letters.coordinator("TEST-16-01"))
    letters.staff("TEST-16-01-1", date(2026, 3, 20))
    rehearsed = write(first, "prova")
    assert "Hiçbir şey kaydedilmedi" in rehearsed.text
    assert "Yetkilisi olmayan birimler: TEST İnegöl İlçe Müdürlüğü." in rehearsed.text
    assert world.all(UnitLetter) == []
    page = write(first, "sun")
    [row] = world.all(UnitLetter)
    assert page.heading.startswith("Yenileme başvuruları")
    assert "Onayla ve gönder" not in page.buttons
    address = f"/kurum/yazilar/{row.reference}"
    first.post(f"{address}/approve", 403, surum="1", gerekce="")
    draft = second.client.get(f"{address}/taslak.pdf")
    assert (draft.status_code, draft.data[:5]) == (200, b"%PDF-")
    assert "Onayla ve gönder" in second.get(address).buttons
    second.post(f"{address}/approve", surum="1", gerekce="")
    work_off(world.engine)
    _read_by_both_sides(app, world, second, district, row.reference)


def _read_by_both_sides(
    app: Flask, world: World, sender: Visitor, district: Visitor, reference: str
) -> None:
    address = f"/kurum/yazilar/{reference}"
    sent = sender.get(address)
    assert "E-TEST-16-710.03-1" in sent.text
    assert "Arşivinde; yazılacak yetkilisi yok" in sent.text
    assert "İleti: gönderilmeyi bekliyor" in sent.text
    sender.get(f"{address}/taslak.pdf", 404)
    [registered] = world.all(RegisteredLetter)
    whole = world.read(Document, registered.sha256)
    assert sender.client.get(f"{address}/yazi.pdf").data == whole.content
    assert "Resmî" not in Visitor(app).get(f"/dogrula?kod={whole.verification_code}").title
    assert "Birimlere yazı" in Visitor(app).get(f"/dogrula?kod={whole.verification_code}").text
    arrived = f"/kurum/gelen-yazilar/{reference}"
    assert reference in district.get("/kurum/yazilar").text
    assert "Listenizdeki sertifika" in district.get(arrived).text
    copy = next(one for one in world.all(UnitLetterCopy) if one.outcome == "sent")
    for part, sha256 in (
        ("yazi", whole.sha256), ("liste", copy.list_sha256), ("tablo", copy.sheet_sha256),
    ):  # fmt: skip
        handed = district.client.get(f"{arrived}/{part}")
        assert handed.data == world.read(Document, sha256).content


def test_who_is_neither_sender_nor_unit_sees_nothing(
    app: Flask, world: World, letters: Letters
) -> None:
    case = letters.approved(letters.coordinator(), letters.coordinator(), action=("TEST-16-01",))
    work_off(world.engine)
    reference = letters.letter(case).reference
    for code in ("TEST-16-02", "TEST-06"):
        other = browser_of(app, letters.coordinator(code))
        for address in (
            f"/kurum/yazilar/{reference}", f"/kurum/yazilar/{reference}/yazi.pdf",
            f"/kurum/gelen-yazilar/{reference}", f"/kurum/gelen-yazilar/{reference}/liste",
        ):  # fmt: skip
            other.get(address, 404)
        assert reference not in other.get("/kurum/yazilar").text
    sender = browser_of(app, letters.coordinator())
    sender.get(f"/kurum/gelen-yazilar/{reference}", 404)
    sender.get("/kurum/gelen-yazilar/nothing", 404)
    sender.get("/kurum/gelen-yazilar/B000000001", 404)


def test_the_office_decides_only_where_there_is_no_second_coordinator(
    app: Flask, world: World, letters: Letters
) -> None:
    alone = letters.coordinator("TEST-16-01")
    case = letters.draft(alone, action=("TEST-16-01-1",), sender="TEST-16-01")
    officer = Visitor(app)
    officer.sign_in("user", _officer(world, letters))
    listed = officer.get("/kurum/yazi-taslaklari")
    reference = letters.letter(case).reference
    assert reference in listed.text
    assert "Onayla ve gönder" in officer.get(f"/kurum/yazilar/{reference}").buttons
    letters.coordinator("TEST-16-01")
    page = officer.get(f"/kurum/yazilar/{reference}")
    assert "Onayla ve gönder" not in page.buttons
    assert "taslağa ofis değil o karar verir" in page.text
    officer.post(f"/kurum/yazilar/{reference}/approve", 422, surum="1", gerekce="")
    assert letters.letter(case).state == "proposed"


def _officer(world: World, letters: Letters) -> int:
    person = letters.person("TEST-06", "Görevli")
    with world.engine.database.begin() as connection:
        return enter_user(connection, "Görevli", ["officer"], world.clock.now(), person_id=person)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"konu": " "}, "Yazının konusunu yazınız."),
        ({"kodlar": ""}, "Dağıtımda hiç birim yok"),
        ({"kapsam": "late"}, "Dağıtımda hiç birim yok"),
        ({"kapsam": "level", "duzey": "9"}, "Dağıtımda hiç birim yok"),
        ({"kapsam": "?"}, "Dağıtımda hiç birim yok"),
        ({"kodlar": "TEST-06"}, "TEST-06 kodlu birim yok"),
        ({"kodlar": "TEST-16"}, "TEST-16 kodlu birim yok"),
        ({"destek": ""}, "Destek için kimin aranacağını yazınız."),
        ({"telefon": ""}, "telefonunu ya da e-posta adresini yazınız"),
        ({"metin": "x"}, "Yazının metnini listeden seçiniz."),
        ({"ilgi": "10000000146 numaralı kişi"}, "T.C. kimlik numarası var"),
        ({"konu": "x" * 201}, "en çok 200 karakter"),
        ({"paragraf": "görünmez 𓀀"}, "gösterilemeyen bir karakter"),
    ],
)
def test_what_cannot_be_sent_is_told_in_a_sentence_and_nothing_is_kept(
    app: Flask, world: World, letters: Letters, change: dict[str, str], sentence: str
) -> None:
    browser = browser_of(app, letters.coordinator())
    for button in ("prova", "sun"):
        page = write(browser, button, 422, **change)
        assert sentence in page.text
        assert page.title.startswith("Hata:")
    assert world.all(UnitLetter) == []


def test_units_are_chosen_by_level_all_and_where_somebody_is_late(
    app: Flask, world: World, letters: Letters
) -> None:
    browser = browser_of(app, letters.coordinator())
    letters.staff("TEST-16-02-1", date(2026, 3, 20))
    letters.staff("TEST-16-01-1", date(2026, 9, 1))
    chosen = {
        "all": {"TEST-16-01", "TEST-16-01-1", "TEST-16-01-2", "TEST-16-02", "TEST-16-02-1"},
        "level": {"TEST-16-01", "TEST-16-02"},
        "late": {"TEST-16-02-1"},
    }
    for scope, codes in chosen.items():
        write(browser, "sun", kapsam=scope)
        case = world.all(UnitLetter)[-1]
        assert set(letters.copies(case.id)) == codes
    write(browser, "sun", kapsam="all", bilgi="TEST-16-01")
    copies = letters.copies(world.all(UnitLetter)[-1].id)
    assert [code for code, one in copies.items() if one.purpose == "info"] == ["TEST-16-01"]
    assert len(copies) == 5


def test_a_closed_unit_is_named_and_left_out_by_the_sets(
    app: Flask, world: World, letters: Letters
) -> None:
    browser = browser_of(app, letters.coordinator())
    letters.close("TEST-16-02", date(2026, 3, 1))
    page = write(browser, "sun", 422)
    assert "TEST İnegöl İlçe Müdürlüğü kapanmış" in page.text
    write(browser, "sun", kapsam="level")
    assert set(letters.copies(world.all(UnitLetter)[-1].id)) == {"TEST-16-01"}


def test_an_account_without_an_institution_writes_to_nobody(
    app: Flask, world: World, letters: Letters
) -> None:
    actor = letters.coordinator()
    world.write("UPDATE office_user SET institution_id = NULL")
    browser = browser_of(app, actor)
    assert "kurum bağlı değil" in browser.get("/kurum/yazilar").text
    browser.get("/kurum/yazilar/yeni", 403)


@pytest.mark.parametrize("level", ["9" * 5_000, "²", "-1", "1.0", ""])
def test_a_level_that_there_is_not_is_no_choice(
    app: Flask, world: World, letters: Letters, level: str
) -> None:
    browser = browser_of(app, letters.coordinator())
    assert "Dağıtımda hiç birim yok" in write(browser, "sun", 422, kapsam="level", duzey=level).text
    assert world.all(UnitLetter) == []


def test_a_list_of_codes_is_read_to_its_end(app: Flask, world: World, letters: Letters) -> None:
    typed = f"TEST-16-01, TEST-16-02\n{' ' * 30_000}TEST-16-01-1\tTEST-16-01"
    write(browser_of(app, letters.coordinator()), "sun", kodlar=typed)
    assert set(letters.copies(world.all(UnitLetter)[-1].id)) == {
        "TEST-16-01", "TEST-16-02", "TEST-16-01-1",
    }  # fmt: skip


def test_of_many_codes_that_are_unknown_the_first_are_named_shortly(
    app: Flask, letters: Letters
) -> None:
    typed = " ".join([*(f"YOK-{number}" for number in range(1, 8)), "A" * 60])
    page = write(browser_of(app, letters.coordinator()), "prova", 422, kodlar=typed)
    assert f"{'A' * 40}, YOK-1, YOK-2, YOK-3, YOK-4 kodlu" in page.text
    assert "YOK-5 kodlu" not in page.text


def test_what_was_typed_is_shown_again_without_identity_numbers(
    app: Flask, world: World, letters: Letters
) -> None:
    browser = browser_of(app, letters.coordinator())
    page = write(browser, "prova", 422, ilgi="10000000146", kodlar="TEST-16-01", konu="Konu 7")
    assert (page.value("konu"), "10000000146" in page.response.text) == ("Konu 7", False)
    assert "100******46" in page.response.text
    assert world.all(UnitLetter) == []


def test_units_that_are_ticked_are_added_to_those_that_are_named(
    app: Flask, world: World, letters: Letters
) -> None:
    browser = browser_of(app, letters.coordinator())
    page = write(browser, "prova", kodlar="TEST-16-01", birim="TEST-16-02-1")
    assert 'value="TEST-16-02-1" checked' in page.response.text
    assert 'value="TEST-16-02" checked' not in page.response.text
    write(browser, "sun", kodlar="TEST-16-01", birim="TEST-16-02-1", bilgi="TEST-16-02")
    copies = letters.copies(world.all(UnitLetter)[-1].id)
    assert {code: one.purpose for code, one in copies.items()} == {
        "TEST-16-01": "action", "TEST-16-02-1": "action", "TEST-16-02": "info",
    }  # fmt: skip


def test_the_page_of_a_letter_counts_whom_it_has_come_to(
    app: Flask, world: World, letters: Letters
) -> None:
    first = letters.coordinator()
    letters.coordinator("TEST-16-01")
    case = letters.approved(first, letters.coordinator(), info=("TEST-16-01-1",))
    browser = browser_of(app, first)
    address = f"/kurum/yazilar/{letters.letter(case).reference}"
    assert browser.get(address).text.count("Sırada") == 3
    browser.get(f"{address}/yazi.pdf", 404)
    letters.close("TEST-16-01-1", date(2026, 3, 2))
    work_off(world.engine)
    page = browser.get(address)
    assert "Sırada" not in page.text
    said = [cell.split(" İleti")[0] for cell in page.all("td") if cell]
    for outcome in ("Gönderildi", "Arşivinde; yazılacak yetkilisi yok", "Kapandı; gönderilmedi"):
        assert said.count(outcome) == 1
    assert page.all("td", class_="number") == ["0", "0", "–"]
