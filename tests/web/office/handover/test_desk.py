"""The page of the hand-over: a list, its field, what is printed, what comes back."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.kit.services import FactSources
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from states.logs.access import AccessEntry
from tests.kit.handlers.courier.parcel_desk import fill_house, number
from tests.kit.handlers.paper import pages, words_on_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

DESK = "/ofis/kurye"


def begin(world: World, operator: Visitor) -> int:
    page = operator.post(DESK)
    assert "Liste başladı; zarfları okutunuz." in page.text
    [listing] = world.all(Handover, state="open")
    return int(listing.id)


def scan(operator: Visitor, listing: int, code: str) -> Page:
    return operator.post(f"{DESK}/{listing}/tara", kod=code)


def reference(world: World) -> str:
    [listing] = world.all(Handover, state="open")
    return str(listing.reference)


def test_an_empty_house_offers_to_begin_a_list(operator: Visitor) -> None:
    page = operator.get(DESK)
    assert page.heading == "Kurye teslimi"
    assert "Açık liste yok" in page.text
    assert "Ofiste kuryeyi bekleyen gönderi yok." in page.text
    assert "Henüz kapanmış liste yok." in page.text
    assert "deneme ofisi" not in page.text
    assert "Kurye teslimi" in page.links


def test_a_demo_says_that_software_hands_over(
    world: World, operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = FactSources(parcels_by_software=True)
    monkeypatch.setattr(world.engine, "services", replace(world.services, facts=facts))
    assert "kartlar kendiliğinden zarflanır" in operator.get(DESK).text


def test_an_envelope_is_scanned_out_and_the_page_comes_back_to_its_field(
    world: World, operator: Visitor
) -> None:
    [first, _] = fill_house(world, 2)
    listing = begin(world, operator)
    assert "Ofiste bekleyen gönderiler ( 2 )" in operator.get(DESK).text
    page = scan(operator, listing, f"{number(1)}\n")
    assert f"{number(1)} alındı." in page.text
    assert "Ofiste bekleyen gönderiler ( 1 )" in page.text
    field = next(part for part in page.tree.iter("input") if part.get("id") == "kod")
    assert "autofocus" in field.attrib
    assert world.read(Parcel, first.id).state == "handed_over"


def test_a_program_is_answered_in_json(world: World, operator: Visitor) -> None:
    fill_house(world, 1)
    listing = begin(world, operator)
    form = {"csrf_token": operator.token, "kod": number(1)}
    head = {"Accept": "application/json"}
    answers = [
        operator.client.post(f"{DESK}/{listing}/tara", data=form, headers=head) for _ in range(2)
    ]
    told = {"parcel": number(1), "scanned": 1, "waits": 0}
    assert [answer.json for answer in answers] == [
        {"taken": True, "text": f"{number(1)} alındı.", **told},
        {"taken": True, "text": f"{number(1)} zaten okutulmuştu.", **told},
    ]


def test_what_is_refused_is_said_in_a_sentence_and_nothing_moves(
    world: World, operator: Visitor
) -> None:
    fill_house(world, 1)
    listing = begin(world, operator)
    page = scan(operator, listing, "YK99999999999999")
    assert "YK99999999999999 diye bir gönderimiz yok; çizgi kodu yeniden okutunuz." in page.text
    assert "<b>x</b> diye bir gönderimiz yok" in scan(operator, listing, "<b>x</b>").text
    assert "Boş kod diye bir gönderimiz yok" in scan(operator, listing, " ").text
    assert "listeyi değil zarfları okutunuz" in scan(operator, listing, reference(world)).text
    world.write("UPDATE certificate SET state = 'revoked'")
    gone = scan(operator, listing, number(1)).text
    assert f"{number(1)} alınmadı: kartın sertifikası geçerli değil; zarfı ayırınız." in gone
    world.write("UPDATE person SET standing = 'left' WHERE id < 900000")
    left = scan(operator, listing, number(1)).text
    assert f"{number(1)} alınmadı. Kişi kayıtlarda görevde görünmüyor" in left
    assert "Ofiste bekleyen gönderiler ( 1 )" in page.text


def test_a_list_of_yesterday_has_no_field_and_refuses_a_scan(
    world: World, operator: Visitor, staff: Staff
) -> None:
    fill_house(world, 2)
    listing = begin(world, operator)
    scan(operator, listing, number(1))
    world.clock.advance(days=1)
    operator.be("user", staff.operator)
    page = operator.get(DESK)
    assert "Bu liste bugünün değil" in page.text
    assert not [part for part in page.tree.iter("input") if part.get("id") == "kod"]
    refused = scan(operator, listing, number(2))
    assert "alınmadı: liste bugünün değil; kapatıp yenisini başlatınız." in refused.text
    assert world.read(Handover, listing).scanned == 1


def test_a_second_list_is_not_begun_beside_an_open_one(world: World, operator: Visitor) -> None:
    begin(world, operator)
    assert "Açık bir liste zaten var." in operator.post(DESK).text
    assert len(world.all(Handover)) == 1


def test_an_empty_list_is_given_up_and_not_closed(world: World, operator: Visitor) -> None:
    listing = begin(world, operator)
    page = operator.post(f"{DESK}/{listing}/kapat")
    assert "Listeye hiç gönderi taranmadı" in page.text
    assert "Listeden vazgeçildi." in operator.post(f"{DESK}/{listing}/vazgec").text
    assert world.read(Handover, listing).state == "cancelled"


def test_a_closed_list_is_printed_for_the_driver(world: World, operator: Visitor) -> None:
    fill_house(world, 2)
    listing = begin(world, operator)
    scan(operator, listing, number(2))
    scan(operator, listing, number(1))
    operator.get(f"{DESK}/{listing}/liste.pdf", status=404)
    page = operator.post(f"{DESK}/{listing}/kapat")
    assert "Liste kapandı. Kurye görevlisine imzalatınız." in page.text
    assert "Liste belgesi hazırlanıyor" in page.text
    world.run_effects("manifest.draw")
    page = operator.get(f"{DESK}/{listing}")
    assert page.all("th", scope="row") == [number(2), number(1)]
    answer = operator.get(page.links["Listeyi yazdır (PDF)"]).response
    assert answer.mimetype == "application/pdf"
    assert number(1) in words_on_paper(answer.data)
    [read] = world.all(AccessEntry)
    assert (read.what.partition(":")[0], read.purpose) == ("document", "Kurye teslimi")
    assert "Kapandı" in operator.get(DESK).text
    operator.get(f"{DESK}/{10**18}", status=404)


def test_a_file_of_scans_goes_in_one_press(world: World, operator: Visitor) -> None:
    fill_house(world, 200)
    listing = begin(world, operator)
    lines = "\n".join([*(number(one) for one in range(1, 201)), "YK99999999999999"])
    page = operator.post(
        f"{DESK}/{listing}/dosya", dosya=(io.BytesIO(lines.encode()), "tarama.txt")
    )
    assert "200 gönderi listeye alındı, 1 kod alınmadı." in page.text
    assert "YK99999999999999 diye bir gönderimiz yok" in page.text
    assert world.read(Handover, listing).scanned == 200


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "Yüklenecek dosyayı seçiniz."),
        (b"", "Dosyada hiç kod yok"),
        (b"\x89PNG\r\n\x1a\n\0\0", "her satırında bir kod olan bir metin dosyası"),
        (b"AB-1\n" * 60_000, "her satırında bir kod olan bir metin dosyası"),
    ],
)
def test_a_file_that_is_none_is_told_at_its_field(
    world: World, operator: Visitor, content: bytes | None, text: str
) -> None:
    listing = begin(world, operator)
    data = {} if content is None else {"dosya": (io.BytesIO(content), "resim.csv")}
    page = operator.post(f"{DESK}/{listing}/dosya", status=422, **data)
    assert page.title.startswith("Hata:")
    assert text in page.text


def test_labels_of_the_house_are_printed_and_each_reading_is_kept(
    world: World, operator: Visitor
) -> None:
    operator.get(f"{DESK}/etiketler.pdf", status=404)
    parcels = fill_house(world, 3)
    for asked in ("13", "99"):  # more than a sheet has leaves its last place
        answer = operator.get(f"{DESK}/etiketler.pdf?atla={asked}").response
        assert [page.count("YK000") for page in pages(answer.data)] == [1, 2]
    whole = operator.get(f"{DESK}/etiketler.pdf?atla=x").response
    assert [page.count("YK000") for page in pages(whole.data)] == [3]
    assert "İĞNECİ KİŞİ" in words_on_paper(whole.data)
    reads = world.all(AccessEntry, purpose="Kurye etiketi")
    assert sorted({read.person_id for read in reads}) == [one.person_id for one in parcels]
    assert {read.what for read in reads} == {"label"}


def test_a_carrier_sheet_is_printed_for_what_waits_in_the_house(
    world: World, operator: Visitor
) -> None:
    [parcel] = fill_house(world, 1)
    answer = operator.get(f"{DESK}/tasiyici/{number(1)}.pdf").response
    assert f"Takip numarası {number(1)}" in words_on_paper(answer.data)
    [read] = world.all(AccessEntry)
    assert (read.person_id, read.purpose) == (parcel.person_id, "Kart taşıyıcı sayfası")
    listing = begin(world, operator)
    scan(operator, listing, number(1))
    operator.get(f"{DESK}/tasiyici/{number(1)}.pdf", status=404)
    operator.get(f"{DESK}/tasiyici/AB-1.pdf", status=404)


def test_what_came_back_is_scanned_for_a_reason_that_stays_chosen(
    world: World, operator: Visitor
) -> None:
    [parcel, _] = fill_house(world, 2)
    scan(operator, begin(world, operator), number(1))
    page = operator.get(f"{DESK}/iadeler")
    assert "Adreste bulunamadı" in page.text
    page = operator.post(f"{DESK}/iadeler", kod=number(1), neden="moved")
    assert f"{number(1)} alındı." in page.text
    chosen = [part.get("value") for part in page.tree.iter("option") if "selected" in part.attrib]
    assert chosen == ["moved"]
    assert world.read(Parcel, parcel.id).state == "returned"
    again = operator.post(f"{DESK}/iadeler", kod=number(1), neden="moved")
    assert f"{number(1)} zaten okutulmuştu." in again.text
    out = scan(operator, world.all(Handover)[0].id, number(1))
    assert f"{number(1)} kapanmış bir gönderi" in out.text
    in_house = operator.post(f"{DESK}/iadeler", kod=number(2), neden="moved")
    assert f"{number(2)} ofisten hiç çıkmamış" in in_house.text
    scan(operator, world.all(Handover)[0].id, number(2))
    other = operator.post(f"{DESK}/iadeler", kod=number(2), neden="other")
    assert f"{number(2)} alındı." in other.text
    for reason in ("", "yok"):
        page = operator.post(f"{DESK}/iadeler", kod=number(1), neden=reason)
        assert "Önce iadenin nedenini seçiniz." in page.text


def test_a_card_of_the_stock_leaves_only_once_its_envelope_was_scanned(
    world: World, operator: Visitor
) -> None:
    fill_house(world, 1)
    assert "Zarflandığı okutulmayan kart kuryeye verilmez." in operator.get(f"{DESK}/zarflar").text
    for code, text in ((number(1), "zaten okutulmuştu"), ("AB-12", "diye bir gönderimiz yok")):
        assert f"{code} {text}" in operator.post(f"{DESK}/zarflar", kod=code).text


def test_a_late_parcel_is_listed_with_the_last_word(
    world: World, operator: Visitor, staff: Staff
) -> None:
    fill_house(world, 1)
    scan(operator, begin(world, operator), number(1))
    assert "Geciken gönderi yok." in operator.get(f"{DESK}/gecikenler").text
    world.clock.advance(days=6)
    operator.be("user", staff.operator)
    page = operator.get(f"{DESK}/gecikenler")
    assert page.all("th", scope="row") == [number(1)]
    assert "Kuryeye verildi" in page.text
    assert "Geciken gönderiler (1)" in operator.get(DESK).text
