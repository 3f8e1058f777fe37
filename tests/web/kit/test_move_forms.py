"""The forms of moves: what each hands in, what it asks for, and which move has which form."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from handlers.applications.payloads import LONGEST
from handlers.cards.payloads import LONGEST as LONGEST_WORD
from handlers.certificates import payloads
from web.kit import move_forms, paper_move_forms
from web.kit.move_form import LONGEST_REASON, MoveForm
from web.kit.move_forms import FORMS, ON_REQUEST, form_for, has_page
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from workflow.model.definition import Definition

Fields = dict[str, Any]

LETTER = {"number": " E-1/7 ", "dated": "2026-02-03"}
DELIVERED = {
    "holder": "y", "shown": "identity_card", "shown_number": " A01B ", "handed_by": " Kurye ",
    "handed_at": "2026-03-02T09:30",
}  # fmt: skip


@pytest.fixture(autouse=True)
def without_token(app: Flask) -> Iterator[None]:
    """Give a request in which forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST"):
        yield


def sent(form: type[MoveForm], **fields: Any) -> MoveForm:  # noqa: ANN401 - fields of a form
    """Return a form as it came in, of version 3."""
    return form(formdata=MultiDict({"seen": "3", **fields}))


@pytest.mark.parametrize(
    ("form", "fields", "payload"),
    [
        (MoveForm, {}, {}),
        (move_forms.NoteBooking, {"tracking_number": " TR12 "}, {"tracking_number": "TR12"}),
        (
            paper_move_forms.ApprovePaper, {"how": "face_to_face", "view": "ab"},
            {"how": "face_to_face", "view": "ab", "checked": ()},
        ),
        (
            move_forms.Deliver, DELIVERED,
            {
                "handed_to": "holder", "shown": "identity_card", "shown_number": "A01B",
                "handed_by": "Kurye", "handed_at": datetime(2026, 3, 2, 9, 30, tzinfo=ISTANBUL),
            },
        ),
        (
            move_forms.ConfirmSeen,
            {**LETTER, "issuer": " Kuruluş ", "ends_on": "2027-01-31"},
            {
                "number": "E-1/7", "dated": date(2026, 2, 3), "issuer": "Kuruluş",
                "ends_on": date(2027, 1, 31),
            },
        ),
        (
            move_forms.LearnRevoked, {**LETTER, "revoked_on": "2026-02-01"},
            {"number": "E-1/7", "dated": date(2026, 2, 3), "revoked_on": date(2026, 2, 1)},
        ),
        (
            move_forms.ChooseMethodFor, {"method": "in_person"},
            {"method": "in_person", "shown": False},
        ),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_a_form_hands_in_what_was_typed_without_blanks_around_it(
    form: type[MoveForm], fields: Fields, payload: Fields
) -> None:
    typed = sent(form, **fields)
    assert typed.validate(), typed.errors
    assert typed.payload() == payload


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (move_forms.NoteBooking, {"tracking_number": "TR12"}),
        (paper_move_forms.ApprovePaper, {"how": "face_to_face", "view": "ab"}),
        (move_forms.Deliver, DELIVERED),
        (move_forms.ConfirmSeen, {**LETTER, "issuer": "Kuruluş", "ends_on": "2027-01-31"}),
        (move_forms.LearnRevoked, {**LETTER, "revoked_on": "2026-02-01"}),
        (move_forms.ChooseMethodFor, {"method": "in_person"}),
        (paper_move_forms.RegisterPaper, {"verification_code": "2985-9ae7"}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_field_of_a_form_is_needed(form: type[MoveForm], fields: Fields) -> None:
    for name in fields:
        lacking = sent(form, **{key: value for key, value in fields.items() if key != name})
        assert not lacking.validate(), name
        assert set(lacking.errors) - {"documents"} == {name}
        blank = sent(form, **{**fields, name: ""})
        assert not blank.validate(), name


@pytest.mark.parametrize("seen", ["", "-1", "1.5", "x", "1234567890", "٣", "1 "])
def test_without_the_version_that_was_shown_no_move_is_made(seen: str) -> None:
    assert MoveForm(formdata=MultiDict({"seen": "123456789"})).validate()
    form = MoveForm(formdata=MultiDict({"seen": seen}))
    assert not form.validate()
    assert list(form.errors) == ["seen"]


@pytest.mark.parametrize(
    ("form", "name", "longest"),
    [
        (MoveForm, "reason", LONGEST_REASON),
        (move_forms.NoteBooking, "tracking_number", 60),
        (move_forms.Deliver, "shown_number", LONGEST_WORD),
        (move_forms.Deliver, "handed_by", LONGEST_WORD),
        (move_forms.ConfirmSeen, "number", payloads.LONGEST),
        (move_forms.ConfirmSeen, "issuer", payloads.LONGEST),
        (paper_move_forms.RegisterPaper, "verification_code", LONGEST),
    ],
)
def test_a_text_is_no_longer_than_what_is_kept(
    form: type[MoveForm], name: str, longest: int
) -> None:
    fits, too_long = sent(form, **{name: "x" * longest}), sent(form, **{name: "x" * (longest + 1)})
    fits.validate()
    too_long.validate()
    assert (name in fits.errors, name in too_long.errors) == (False, True)


def papers(*rows: tuple[str, str, str]) -> MoveForm:
    """Return the form of registering paper with these rows."""
    names = ("kind", "number", "copy_at")
    fields = {
        f"documents-{place}-{name}": text
        for place, row in enumerate(rows)
        for name, text in zip(names, row, strict=True)
    }
    return sent(paper_move_forms.RegisterPaper, verification_code=" 2985-9ae7 ", **fields)


def test_the_documents_that_were_filled_in_are_handed_in() -> None:
    form = papers(("identity_card", "A01", "arşiv"), ("", "", ""), ("passport", "U1", "arşiv 2"))
    assert form.validate(), form.errors
    assert form.payload() == {
        "verification_code": "2985-9ae7",
        "documents": (
            {"kind": "identity_card", "number": "A01", "copy_at": "arşiv"},
            {"kind": "passport", "number": "U1", "copy_at": "arşiv 2"},
        ),
    }


@pytest.mark.parametrize(
    ("row", "lacking"),
    [
        (("identity_card", "", ""), ["number", "copy_at"]),
        (("", "A01", "arşiv"), ["kind"]),
        (("identity_card", "A01", "  "), ["copy_at"]),
    ],
)
def test_a_document_is_filled_in_wholly_or_not_at_all(
    row: tuple[str, str, str], lacking: list[str]
) -> None:
    form: Any = papers(row)
    assert not form.validate()
    errors = form.documents.entries[0].form.errors
    assert errors == {name: [paper_move_forms.NEEDED] for name in lacking}


def test_a_file_that_is_no_certificate_by_its_size_is_not_read() -> None:
    def of(size: int) -> MoveForm:
        file = FileStorage(io.BytesIO(b"x" * size), "kart.cer", name="file")
        return move_forms.ConfirmByFile(formdata=MultiDict({"seen": "3", "file": file}))

    assert of(move_forms.LARGEST_FILE).validate()
    large = of(move_forms.LARGEST_FILE + 1)
    assert not large.validate()
    assert large.errors == {"file": ["Dosya çok büyük; bu bir sertifika değil."]}
    assert not sent(move_forms.ConfirmByFile).validate()


@pytest.mark.parametrize(
    ("cause", "words", "reason"),
    [
        ("", "", None), ("", "  kayıp ", "kayıp"), ("keyCompromise", "", "keyCompromise"),
        ("keyCompromise", " çalındı ", "keyCompromise: çalındı"),
    ],
)  # fmt: skip
def test_a_reason_is_a_code_own_words_or_both(cause: str, words: str, reason: str | None) -> None:
    form: Any = sent(move_forms.Revoke, reason=words)
    form.cause.data = cause
    assert form.stated_reason() == reason


def test_a_reason_of_blanks_only_is_said_as_it_was_typed() -> None:
    assert sent(MoveForm).stated_reason() is None
    assert sent(MoveForm, reason="kayıp").stated_reason() == "kayıp"


def test_a_move_with_codes_offers_them_and_one_that_was_asked_for_asks_by_whom(
    definitions: dict[str, Definition],
) -> None:
    moves = definitions["certificate"].transitions
    for name, move in moves.items():
        if not move.reasons:
            continue
        form: Any = form_for(move)(formdata=MultiDict({"seen": "3"}))
        assert [code for code, *_ in form.cause.iter_choices()] == list(move.reasons)
        assert isinstance(form, move_forms.OnRequest) is (name in ON_REQUEST)
    held: Any = form_for(moves["hold"])(
        formdata=MultiDict({
            "seen": "3", "cause": next(iter(moves["hold"].reasons)),
            "asked_by": "holder", "recognised": "official_letter",
        })
    )  # fmt: skip
    assert held.payload() == {"asked_by": "holder", "recognised": "official_letter"}


def test_every_form_belongs_to_a_move_that_has_a_page(
    definitions: dict[str, Definition],
) -> None:
    moves = {
        name: move
        for definition in definitions.values()
        for name, move in definition.transitions.items()
    }
    for name, form in FORMS.items():
        assert form_for(moves[name]) is form or moves[name].reasons
        assert has_page(moves[name])
    assert set(moves) >= ON_REQUEST


def test_a_field_of_the_move_is_none_that_all_moves_have() -> None:
    form: Any = sent(paper_move_forms.ApprovePaper)
    assert [field.name for field in form.own_fields()] == ["how", "checked"]
    assert sent(MoveForm).own_fields() == []
