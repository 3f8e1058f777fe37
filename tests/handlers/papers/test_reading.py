"""The English reading copies: every released document has one, with its own data and no other."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po

from handlers.applications.form import METHOD_TITLES, NONE
from handlers.consents.terms import shipped_text
from handlers.papers import letters, reading
from handlers.papers.letters.sheets import FOLDER
from handlers.papers.reading.structure import blocks_of
from states.papers.document import Document

AT = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)
CODE = "1a2b-3c4d-5e6f-7a8b-9c0d"
FORM = {
    "reference": "B000000123",
    "kind_title": "Yenileme",
    "method_title": "elektronik onaylı",
    "old_certificate": "C000000007 (1a2b), 10.08.2027 tarihine kadar",
    "name": "İsmail (deneme) Iraksak",
    "tckn_masked": "100*****46",
    "institution": NONE,
    "address": "TEST Mahallesi 1, Bursa",
    "email": "a+b@example.test",
    "phone": "0555",
}
RELEASED = sorted(
    {
        (file.stem[:-3], file.stem[-2:])
        for file in [*FOLDER.glob("*-??.txt"), *FOLDER.glob("*-??.typ")]
        if not file.name.startswith("terms-")
    }
)


def sentences() -> set[str]:
    """Return every sentence and heading of every released document."""
    said = {
        text
        for kind, revision in RELEASED
        for block in blocks_of(kind, revision)
        for text in (block.words, block.value)
    }
    return {text for text in said if re.search(r"\w", re.sub(r"\{\w+\}", "", text))}


def drawn(template: letters.Template, values: dict[str, str]) -> Document:
    content = letters.draw(template, CODE, AT, values)
    return Document(
        kind=template.kind,
        code=template.code,
        revision=template.revision,
        media_type=letters.MEDIA_TYPE,
        content=content,
    )


def told(parts: list[reading.Part]) -> dict[str, tuple[reading.Said, ...]]:
    return {part.words[0].words: part.value for part in parts if part.sort == reading.FACT}


def text(said: tuple[reading.Said, ...]) -> str:
    return "".join(piece.words for piece in said)


def test_every_sentence_of_a_released_document_has_its_english_and_nothing_else_has() -> None:
    with reading.CATALOGUE.open("rb") as file:
        english = {message.id: message for message in read_po(file) if message.id}
    assert set(english) == sentences() | set(METHOD_TITLES.values()) | {NONE}
    assert [one.id for one in english.values() if not one.string or one.fuzzy] == []
    places = re.compile(r"\{\w+\}")
    assert [
        turkish
        for turkish, one in english.items()
        if set(places.findall(str(turkish))) != set(places.findall(str(one.string)))
    ] == []
    assert reading.english_of("Doküman kodu") == "Document code"


@pytest.mark.parametrize(("kind", "revision"), RELEASED)
def test_each_released_document_begins_with_its_title_and_can_be_read_without_data(
    kind: str, revision: str
) -> None:
    parts = reading.read_wording(kind, revision)
    assert [part.sort for part in parts].count(reading.TITLE) == 1
    assert parts[0].sort == reading.TITLE
    assert len(parts) > 5
    assert not any(said.turkish for part in parts for said in part.words)


def test_the_copy_of_a_form_has_the_data_of_the_form() -> None:
    form = drawn(letters.APPLICATION_FORM, FORM)
    parts = reading.read_copy(form, {"Yenileme": "Renewal"})
    facts = told(parts)
    assert text(parts[0].words) == "APPLICATION FORM FOR A QUALIFIED ELECTRONIC CERTIFICATE"
    assert facts["Document code"] == (reading.Said("BF.01", turkish=True),)
    assert facts["Kind of application"] == (reading.Said("Renewal"),)
    assert facts["Way of approval"] == (reading.Said("approved electronically"),)
    assert facts["Name and surname"] == (reading.Said(FORM["name"], turkish=True),)
    assert facts["Institution"] == (reading.Said("none"),)
    assert text(facts["Certificate to be renewed or replaced"]) == FORM["old_certificate"]
    assert text(facts["E-mail"]) == "a+b@example.test"
    assert text(facts["Drawn up at"]) == "22.11.2026 17:05:09 (Istanbul)"
    headings = [text(part.words) for part in parts if part.sort == reading.HEADING]
    assert headings[2] == "3. COMMITMENT OF THE CERTIFICATE HOLDER (TH.01 / 02)"
    marks = [part.mark for part in parts if part.sort == reading.ITEM]
    assert marks == ["a)", "b)", "c)", "d)", "e)", "f)"]


@pytest.mark.parametrize(("revision", "covers"), [("01", False), ("02", True)])
def test_the_copy_of_a_consent_holds_its_terms_and_an_english_day(
    revision: str, *, covers: bool
) -> None:
    versions = {"form_version": "BF.01/02", "commitment_version": "TH.01/02"}
    terms = letters.write(f"terms-{revision}.txt", versions)
    assert (terms == shipped_text()) == covers
    values = {
        "name": "Ayşe Test", "tckn_masked": "100*****46", "reference": "E000000001",
        "terms_version": "EO.01/02", "terms_text": terms,
    }  # fmt: skip
    consent = drawn(letters.Template("consent", "EO.01", revision), values)
    parts = reading.read_copy(consent, {})
    items = [text(part.words) for part in parts if part.sort == reading.ITEM]
    assert len(items) == 5
    assert ("form BF.01/02 and commitment TH.01/02;" in items[1]) == covers
    assert text(parts[-1].words) == (
        "I approve this declaration, as it was shown to me on 22 November 2026,"
        " with my secure electronic signature."
    )


@pytest.mark.parametrize(
    ("wording", "changed"),
    [
        ("Kurum:", "Kurumu:"),
        ("NİTELİKLİ", "NITELIKLI"),
        ("\nTelefon:", "\nFaks: 1\nTelefon:"),
        ("kabul ederim.\n", "kabul ederim.\nEk madde.\n"),
    ],
)
def test_what_differs_from_its_template_tells_no_data(wording: str, changed: str) -> None:
    form = drawn(letters.APPLICATION_FORM, FORM)
    form.content = form.content.decode().replace(wording, changed).encode()
    facts = told(reading.read_copy(form, {}))
    blank = {reading.BLANK, f"{reading.BLANK} (Istanbul)"}
    assert {text(value) for value in facts.values()} == blank


def test_a_paper_that_is_only_set_is_read_by_its_wording() -> None:
    parts = reading.read_wording("hand_over", "01")
    assert [part.mark for part in parts if part.sort == reading.ITEM] == ["a)", "b)", "c)", "d)"]
    names = [text(part.words) for part in parts if part.sort == reading.FACT]
    assert names[:2] == ["Tracking number", "Application number"]
    assert names[-3:] == ["Name of the courier", "Identity document seen", "Signature"]
    kept = Document(kind="hand_over", revision="01", media_type=letters.PDF_TYPE, content=b"")
    facts = told(reading.read_copy(kept, {}))
    assert facts["Tracking number"] == (reading.Said(reading.BLANK),)


@pytest.mark.parametrize(
    ("kind", "revision"),
    [("application_form", "99"), ("house", "01"), ("../letters/consent", "01"), ("consent", "x/")],
)
def test_what_was_never_released_has_no_copy(kind: str, revision: str) -> None:
    assert reading.read_wording(kind, revision) == []
