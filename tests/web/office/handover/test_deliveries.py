"""The courier's file on the page: rehearsed, run, its differences told; any bad file a sentence."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from handlers.cards.scanning import scan_out
from handlers.parcels.tracking_file import COLUMNS
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from states.logs.courier_event import ReportedEvent
from tests.kit.handlers.courier.parcel_desk import begin_list, fill_house, number
from tests.kit.handlers.world import operator as some_operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

FILES = "/ofis/kurye/teslimler"
AT = "02.03.2026 12:10"
"""Ten minutes after the parcels left, by the clock of the tests."""


def away(world: World, count: int) -> list[Parcel]:
    parcels = fill_house(world, count)
    listing = begin_list(world)
    for parcel in parcels:
        scan_out(world.engine, listing.id, parcel.tracking_number, some_operator())
    world.clock.advance(minutes=20)
    return parcels


def line(place: int, kind: str = "Teslim edildi", **changed: str) -> str:
    values = {
        "tracking_number": number(place), "kind": kind, "at": AT, "reason": "",
        "shown": "Kimlik kartı", "shown_number": "A12345678", "handed_by": "Çağ Kurye",
        "event_id": "", **changed,
    }  # fmt: skip
    return ";".join(values.values())


def table(*lines: str) -> str:
    return "\n".join([";".join(COLUMNS.values()), *lines])


def rehearse(visitor: Visitor, content: bytes, status: int = 200) -> Page:
    return visitor.post(FILES, status=status, dosya=(io.BytesIO(content), "kurye.csv"))


def run(visitor: Visitor, rehearsed: Page) -> Page:
    return visitor.post(f"{FILES}/isle", prova=rehearsed.value("prova"))


def test_two_hundred_deliveries_are_one_file_and_two_presses(world: World, other: Visitor) -> None:
    away(world, 200)
    page = rehearse(other, table(*(line(one) for one in range(1, 201))).encode())
    assert page.heading == "Prova"
    assert (
        "200 olay işlenebilir, 0 olay zaten kayıtlı, 0 satır alınmıyor. Hiçbir şey değişmedi."
        in page.text
    )
    assert "Teslim edildi: 200" in page.text
    assert "A12345678" not in page.response.text
    assert {row.state for row in world.all(Parcel)} == {"handed_over"}
    done = run(other, page)
    assert done.heading == "Sonuç"
    assert "200 olay işlendi, 0 olay zaten kayıtlı, 0 satır alınmadı." in done.text
    assert {row.state for row in world.all(Parcel)} == {"delivered"}
    assert len(world.all(ReportedEvent)) == 200
    again = rehearse(other, table(*(line(one) for one in range(1, 201))).encode())
    assert "0 olay işlenebilir, 200 olay zaten kayıtlı" in again.text
    assert "İşle" not in again.buttons


def test_differences_are_told_by_row_and_the_rest_is_taken(world: World, other: Visitor) -> None:
    away(world, 2)
    fill = [
        line(1),
        line(1),
        line(2, handed_by="=cmd()"),
        line(2, tracking_number="YK99999999999999"),
        line(2, at="02.03.2026 11:59"),
        line(2, kind="yolda"),
        line(2, at="03.03.2026 12:00"),
    ]
    page = rehearse(other, table(*fill).encode("cp1254"))
    assert "1 olay işlenebilir, 0 olay zaten kayıtlı, 6 satır alınmıyor." in page.text
    rows = [(part.text, part.get("scope")) for part in page.tree.iter("th")]
    assert [text for text, scope in rows if scope == "row"] == ["3", "4", "5", "6", "7", "8"]
    for text in (
        "Aynı olay 2. satırda zaten var.",
        "Teslim eden bir formül; yerine değerini yazınız.",
        "YK99999999999999 numaralı bir gönderimiz yok",
        "Kart kuryeye 02.03.2026 12:00:00 anında verildi; teslim anı bundan önce olamaz.",
        "“yolda” bilinen bir durum değil.",
        "Olayın zamanı gelecekte; kuryenin saatini denetleyiniz.",
    ):
        assert text in page.text
    done = run(other, page)
    assert "1 olay işlendi, 0 olay zaten kayıtlı, 6 satır alınmadı." in done.text
    assert [row.state for row in world.all(Parcel)] == ["delivered", "handed_over"]


def test_who_scanned_out_is_told_that_somebody_else_says_it_arrived(
    world: World, operator: Visitor
) -> None:
    fill_house(world, 1)
    operator.post("/ofis/kurye")
    [listing] = world.all(Handover)
    operator.post(f"/ofis/kurye/{listing.id}/tara", kod=number(1))
    world.clock.advance(minutes=20)
    page = rehearse(operator, table(line(1)).encode())
    assert "0 olay işlenebilir, 0 olay zaten kayıtlı, 1 satır alınmıyor." in page.text
    assert "İşle" not in page.buttons


def test_a_lost_card_is_warned_of_before_it_counts(world: World, other: Visitor) -> None:
    away(world, 1)
    page = rehearse(other, table(line(1, kind="Kayıp")).encode())
    assert "Kayıp: 1" in page.text
    assert "sertifikası iptal edilir; iptal geri alınamaz." in page.text
    assert "geri alınamaz" not in run(other, page).text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "Dosya boş; kuryenin dosyasını yeniden indirip yükleyiniz."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "Dosya okunamadı; CSV ya da XLSX"),
        (b"a;b\n1;2\n", "Dosyada şu sütunlar yok: Takip numarası, Durum, Zaman."),
        (b"takip numarasi;durum;zaman\n" + b"AB-1;x;y\n" * 502, "en çok 500 satır olabilir"),
    ],
)
def test_a_bad_file_is_refused_whole_by_a_sentence(
    other: Visitor, content: bytes, text: str
) -> None:
    page = rehearse(other, content, status=422)
    assert page.title.startswith("Hata:")
    assert text in page.text


def test_no_file_is_told_and_a_form_says_what_a_file_has(other: Visitor) -> None:
    page = other.get(FILES)
    assert "Takip numarası (zorunlu)" in page.text
    assert "Belge no" in page.text
    assert "Yüklenecek dosyayı seçiniz." in other.post(FILES, status=422).text


def test_a_rehearsal_of_nobody_is_not_run(world: World, other: Visitor, operator: Visitor) -> None:
    away(world, 1)
    page = rehearse(other, table(line(1)).encode())
    for carried in ("", "AAAA", page.value("prova")[:-8]):
        refused = other.post(f"{FILES}/isle", status=422, prova=carried)
        assert "dosyayı yeniden yükleyiniz." in refused.text
    operator.get(FILES)
    stolen = operator.post(f"{FILES}/isle", status=422, prova=page.value("prova"))
    assert "Provanın bilgisi okunamadı ya da başkasına ait" in stolen.text
    assert [row.state for row in world.all(Parcel)] == ["handed_over"]
