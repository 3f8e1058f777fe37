"""The documents set on paper: word for word, for good, and readable by everybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import typst
from pyhanko.pdf_utils.reader import PdfFileReader

from handlers.papers import letters
from handlers.papers.letters import sheets
from tests.kit.handlers import specimen
from tests.kit.handlers.paper import pages, words_on_paper

AT = datetime(2026, 3, 2, 21, 30, 5, tzinfo=UTC)
SITE = "https://nes.ornek.invalid"
CODE = "2985-9ae7-3ed4-bec7-d1e7"
FORM = {
    "reference": "B000000123",
    "kind_title": "Yenileme",
    "method_title": "elektronik imzalı",
    "old_certificate": "S000000001 (a1b2), 10.04.2026 tarihine kadar",
    "name": "AYŞE ÖRNEKOĞLU",
    "tckn_masked": "100******46",
    "institution": "TEST Zeytinlik İlkokulu",
    "address": "TEST Sokağı 1, Bursa",
    "email": "a@ornek.invalid",
    "phone": "yok",
    "by_hand": True,
}


def form(at: datetime = AT, site: str = SITE, **other: object) -> bytes:
    return sheets.typeset(letters.APPLICATION_FORM, CODE, at, {**FORM, **other}, site)


def root(pdf: bytes) -> Any:  # noqa: ANN401 - a dictionary of a library without types
    return PdfFileReader(BytesIO(pdf)).root


def test_the_same_facts_give_the_same_bytes_also_from_a_new_compiler() -> None:
    first = form()
    sheets.compiler.cache_clear()
    assert form() == first
    assert form(at=AT + timedelta(seconds=1)) != first
    assert form(at=AT + timedelta(microseconds=1)) == first


def test_many_threads_set_documents_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: form(reference=f"B{number}"), range(24)))
    assert ["B7\n" in words_on_paper(pdf) for pdf in made] == [n == 7 for n in range(24)]


@pytest.mark.parametrize(
    "name",
    [
        "İSMAİL ILGIN IŞIK",
        "ığüşöç ĞÜŞÖÇ İı âîû",
        "AYŞE #include \\ \"tırnak\" 'tek' `kod` $x^2$ *kalın* _eğik_ @ref <etiket> [a] {b} // c",
        "= BAŞLIK",
        "#panic() ~ -- --- ...",
        "D'ARCY O\u2019NEILL-MÜLLER ŁUKASZ ƏLİYEV",
    ],
)
def test_a_name_stands_on_paper_letter_by_letter(name: str) -> None:
    assert f"Ad soyad {name}\n" in words_on_paper(form(name=name))


def test_long_names_and_addresses_stay_whole_and_on_the_page() -> None:
    address = " ".join(["Uzunçarşı Mahallesi Şehit Öğretmen Caddesi"] * 11)[:500]
    name = "HAYRÜNNİSA " * 5 + "KARAOSMANOĞLU"
    words = words_on_paper(form(address=address, name=name))
    assert address.split() == words.split("Teslimat adresi ")[1].split("\nE-posta")[0].split()
    assert f"Ad soyad {name}\n" in words


def test_a_word_without_a_blank_breaks_instead_of_leaving_the_page() -> None:
    word = "x" * 300
    (line, *_) = [line for line in words_on_paper(form(address=word)).splitlines() if "xxx" in line]
    assert 20 < line.count("x") < 100
    assert words_on_paper(form(address=word)).count("x") == words_on_paper(form()).count("x") + 300


@pytest.mark.parametrize("missing", sorted(FORM))
def test_a_document_with_a_hole_is_never_set(missing: str) -> None:
    values = {name: value for name, value in FORM.items() if name != missing}
    with pytest.raises(typst.TypstError, match=missing):
        sheets.typeset(letters.APPLICATION_FORM, CODE, AT, values, SITE)


def test_a_template_of_another_revision_is_not_passed_off_as_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = replace(letters.APPLICATION_FORM, revision="03")
    shipped = sheets.source(letters.APPLICATION_FORM.sheet)
    monkeypatch.setattr(sheets, "source", lambda _: shipped)
    with pytest.raises(typst.TypstError, match="another revision"):
        sheets.typeset(other, CODE, AT, FORM, SITE)


def test_a_document_is_archival_tagged_and_turkish() -> None:
    found = root(form())
    assert (found["/Lang"], bool(found["/MarkInfo"]["/Marked"])) == ("tr", True)
    assert found["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert found["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    metadata = found["/Metadata"].data.decode()
    for said in (
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Nitelikli elektronik sertifika başvuru formu",
    ):
        assert said in metadata


def test_a_paper_with_a_specimen_is_laid_open_and_archival_like_all_others() -> None:
    pdf = sheets.typeset(letters.HAND_OVER, CODE, AT, {**specimen.FACTS, "name": "Ayşe"}, SITE)
    assert b"/Filter /Fl" not in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert root(pdf)["/MarkInfo"]["/Marked"]
    assert "Ad soyad Ayşe\n" in words_on_paper(pdf)
    assert b"/Filter /Fl" in form()


def test_each_page_bears_code_revision_verification_code_and_number() -> None:
    found = pages(form(address="Uzun Sokak " * 45))
    assert len(found) == 2
    for number, words in enumerate(found, start=1):
        for said in ("Doküman kodu: BF.01", "BF.01 / 02", CODE, f"Sayfa {number} / {len(found)}"):
            assert said in words
    assert "Revizyon geçmişi" in found[-1]
    assert "02 Form PDF/A belgesi oldu" in words_on_paper(form())
    assert "Düzenlenme zamanı: 03.03.2026 00:30:05 (İstanbul)" in words_on_paper(form())


def test_the_code_leads_to_the_public_page_of_this_very_document() -> None:
    address = sheets.verification_address(SITE, CODE)
    assert address == f"{SITE}/dogrula?kod={CODE}"
    assert f"{SITE}/dogrula sayfasında" in words_on_paper(form())
    assert form(site="https://baska.ornek.invalid") != form()
    assert sheets.qr_code(address) != sheets.qr_code(address.replace("2985", "2986"))


def test_the_plain_text_says_word_for_word_what_the_paper_says() -> None:
    plain = letters.draw(letters.APPLICATION_FORM, CODE, AT, FORM).decode()
    commitment = plain.split("3. SERTİFİKA SAHİBİNİN TAAHHÜDÜ")[1].partition("\n")[2]
    on_paper = " ".join(words_on_paper(form()).split())
    sentences = [" ".join(part.split()) for part in commitment.replace("\n\n", "\n#").split("\n#")]
    assert len(sentences) == 2
    for sentence in sentences:
        assert sentence in on_paper


def test_lines_to_sign_on_are_there_for_paper_only() -> None:
    assert "Ad soyad Tarih İmza" in words_on_paper(form())
    assert "Ad soyad Tarih İmza" not in words_on_paper(form(by_hand=False))


@pytest.mark.parametrize("text", ["", "Ayşe İ. Işık", "O\u2019Neill – 5. Sok. No: 3/4", "ƏΩЖ"])
def test_what_the_fonts_have_can_be_set(text: str) -> None:
    assert sheets.settable(text)
    assert text in words_on_paper(form(name=text))


@pytest.mark.parametrize(
    "text", ["\U0001f3e0", "\u4e2d", "\ue000", "a\u0007", "a\nb", "\u202eabc", "\u200b", "\u2028"]
)
def test_what_no_font_has_or_nobody_sees_can_not_be_set(text: str) -> None:
    assert not sheets.settable(text)
