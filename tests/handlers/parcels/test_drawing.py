"""The papers of parcels: what stands on them, where, and what of it a reader of bars sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pypdfium2

from handlers.papers import letters
from handlers.parcels.code128 import widths
from handlers.parcels.drawing import (
    A4_14,
    ManifestHead,
    PrintedParcel,
    draw_carrier,
    draw_labels,
    make_manifest,
)
from tests.kit.handlers.paper import pages, words_on_paper

if TYPE_CHECKING:
    from PIL.Image import Image

    from handlers.kit.services import Services

AT = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
ONE = PrintedParcel(
    tracking_number="YK00000012345678",
    reference="B000000007",
    name="ÇAĞRI İĞNECİOĞLU",
    address="Uzunçarşı Cad. No: 12/3, Örnekşehir, Iğdır",
    card="K-000123",
)


class Seal:
    """Notes what it is asked to seal."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, datetime]] = []

    def seal(self, pdf: bytes, reason: str, at: datetime) -> bytes:
        self.asked.append((reason, at))
        return pdf + b"sealed"


def parcels(count: int) -> list[PrintedParcel]:
    return [replace(ONE, tracking_number=f"YK{one:014}") for one in range(1, count + 1)]


def manifest(*listed: PrintedParcel, seal: Seal | None = None) -> letters.Made:
    services = SimpleNamespace(site="https://nes.invalid", seal=(lambda: seal) if seal else None)
    return make_manifest(cast("Services", services), ManifestHead("L000000003", AT), listed)


def picture(pdf: bytes, page: int = 0) -> Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return cast("Image", document[page].render(scale=300 / 72).to_pil().convert("L"))
    finally:
        document.close()


def bars_in(image: Image) -> set[tuple[int, ...]]:
    """Return every row of dark and light runs of the picture, in modules of its thinnest run."""
    found = set()
    width, height = image.size
    data = image.tobytes()
    for y in range(0, height, 6):
        row = data[y * width : (y + 1) * width]
        runs = [(dark, len(list(run))) for dark, run in groupby(byte < 128 for byte in row)]
        measured = [length for _, length in runs[1:-1]]
        module = sum(measured) / (sum(widths(ONE.tracking_number)))
        found.add(tuple(round(length / module) for length in measured))
    return found


def test_the_manifest_numbers_its_parcels_and_leaves_names_and_streets_out() -> None:
    made = manifest(*parcels(40))
    words = words_on_paper(made.content)
    assert (made.template, made.drawn_at) == (letters.COURIER_MANIFEST, AT)
    assert "Liste numarası L000000003" in words
    # 21:30 in UTC is past midnight in Istanbul.
    assert "Listenin günü 1 Aralık 2026" in words
    assert "Kapanış 01.12.2026 00:30:00 (İstanbul)" in words
    assert "Gönderi sayısı 40" in words
    assert "40 gönderiyi kapalı ve sağlam zarflarda" in words
    assert "Kurye görevlisinin adı soyadı" in words
    assert [f"YK{one:014}" in words for one in range(42)] == [False, *[True] * 40, False]
    assert words.count("Iğdır") == 40
    assert "İĞNECİOĞLU" not in words
    assert "Uzunçarşı" not in words
    found = pages(made.content)
    assert len(found) == 3
    for number, page in enumerate(found, start=1):
        assert f"Sayfa {number} / 3" in page
        assert made.verification_code in page


def test_the_manifest_is_sealed_at_its_moment() -> None:
    seal = Seal()
    made = manifest(ONE, seal=seal)
    assert made.content.endswith(b"sealed")
    assert seal.asked == [("Kurye teslim listesinin mühürlenmesi", AT)]


def test_the_same_labels_have_the_same_bytes_and_every_letter() -> None:
    first = draw_labels([ONE], AT)
    assert draw_labels([ONE], AT) == first
    words = words_on_paper(first)
    for word in (ONE.name, ONE.address, ONE.tracking_number, ONE.reference):
        assert word in words
    assert ONE.card not in words


def test_fourteen_labels_fill_a_sheet_and_used_places_stay_empty() -> None:
    assert A4_14.places == 14
    assert [page.count("YK000") for page in pages(draw_labels(parcels(15), AT))] == [14, 1]
    assert [page.count("YK000") for page in pages(draw_labels(parcels(12), AT, skipped=3))] == [
        11,
        1,
    ]
    assert [page.count("YK000") for page in pages(draw_labels(parcels(14), AT, skipped=14))] == [14]


def test_the_labels_of_a_sheet_fill_the_paper() -> None:
    assert 2 * A4_14.left + A4_14.columns * A4_14.width + A4_14.gap == 210
    assert 2 * A4_14.top + A4_14.rows * A4_14.height == 297


def test_marks_above_letters_are_not_cut_off_by_the_edge_of_their_place() -> None:
    with_marks = picture(draw_labels([replace(ONE, name="İĞÖÜ", address="x")], AT))
    without = picture(draw_labels([replace(ONE, name="IGOU", address="x")], AT))
    # The same letters, and more ink above them.
    dark = [sum(byte < 128 for byte in image.tobytes()) for image in (with_marks, without)]
    assert dark[0] > dark[1] + 60


def test_the_bars_of_a_carrier_sheet_are_read_back_from_the_page() -> None:
    page = picture(draw_carrier(ONE, AT))
    width, height = page.size
    strip = page.crop((0, int(height * 0.88), width // 2, int(height * 0.93)))
    assert tuple(widths(ONE.tracking_number)) in bars_in(strip)


def test_a_carrier_sheet_tells_card_and_address_and_no_pin() -> None:
    words = words_on_paper(draw_carrier(ONE, AT))
    for word in (ONE.name, "Örnekşehir", ONE.card, ONE.reference, ONE.tracking_number):
        assert word in words
    assert "Bu zarfta PIN yoktur" in words


def test_a_long_address_and_the_longest_number_stay_in_their_places() -> None:
    long = replace(ONE, tracking_number="A-" * 19 + "AB", address="y" * 500, name="A" * 300)
    words = words_on_paper(draw_labels([long, ONE], AT))
    assert "y" * 180 not in words.replace("\n", "")
    assert "…" in words
    assert ONE.tracking_number in words
    assert len(pages(draw_labels([long] * 14, AT))) == 1
    assert len(pages(draw_carrier(long, AT))) == 1
    assert long.tracking_number in words_on_paper(manifest(long).content).replace("\n", "")


def test_signs_that_no_font_has_become_question_marks() -> None:
    odd = replace(ONE, name="A\u0590B", address="C\ue000D", card="\ue000")
    assert "A?B" in words_on_paper(draw_labels([odd], AT))
    words = words_on_paper(draw_carrier(odd, AT))
    assert "C?D" in words
    assert "Kart numarası ?" in words


def test_the_town_is_the_last_part_of_an_address() -> None:
    assert ONE.town == "Iğdır"
    assert replace(ONE, address="yalnız bu").town == "yalnız bu"
    assert replace(ONE, address="a, ").town == ""
    assert replace(ONE, address="a," + "b" * 80).town == "b" * 60
