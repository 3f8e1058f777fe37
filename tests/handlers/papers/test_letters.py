"""The frozen texts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import UndefinedError

from handlers.papers import letters
from signing.app.purpose import HEADINGS, SignaturePurpose
from states.papers.document import Document

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

AT = datetime(2026, 3, 2, 21, 30, 5, tzinfo=UTC)
VALUES = {
    "name": "AYŞE <b>", "tckn_masked": "123******45", "serial": "1a", "card": "42",
}  # fmt: skip


def test_the_same_facts_give_the_same_bytes() -> None:
    drawn = [letters.draw(letters.ACTIVATION, "c", AT, VALUES) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert b"\r" not in drawn[0]


def test_a_name_is_written_as_it_is() -> None:
    assert "AYŞE <b>" in letters.draw(letters.ACTIVATION, "c", AT, VALUES).decode()


@pytest.mark.parametrize("missing", sorted(VALUES))
def test_a_text_with_a_hole_is_never_written(missing: str) -> None:
    values = {name: value for name, value in VALUES.items() if name != missing}
    with pytest.raises(UndefinedError, match=missing):
        letters.draw(letters.ACTIVATION, "c", AT, values)


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("consent", SignaturePurpose.E_ONAY),
        ("application_form", SignaturePurpose.E_IMZA),
        ("activation", SignaturePurpose.ACTIVATION),
        ("reinstatement", SignaturePurpose.ACTIVATION),
        ("pin", SignaturePurpose.PIN),
        ("sign_in", SignaturePurpose.SIGN_IN),
    ],
)
def test_every_revision_of_a_text_says_in_its_first_line_alone_what_it_is_for(
    kind: str, purpose: SignaturePurpose
) -> None:
    found = list(Path(letters.__file__).parent.glob(f"{kind}-[0-9]*.txt"))
    assert found
    for file in found:
        first, *rest = file.read_text().splitlines()
        assert HEADINGS[first] is purpose
        assert HEADINGS.keys().isdisjoint(rest)


def test_times_are_those_of_istanbul() -> None:
    assert letters.local_time(AT) == "03.03.2026 00:30:05"
    assert letters.long_date(date(2026, 11, 22)) == "22 Kasım 2026"
    assert letters.short_date(date(2026, 1, 5)) == "05.01.2026"


def test_a_verification_code_is_five_groups_of_four_hex_digits_and_each_is_another() -> None:
    codes = {letters.new_verification_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){4}", code) for code in codes)


def test_a_kept_document_is_drawn_again_to_the_same_bytes(world: World) -> None:
    me = world.person()
    with world.engine.database.begin() as connection:
        sha256 = letters.freeze(connection, letters.ACTIVATION, me, AT, VALUES)
    document = world.read(Document, sha256)
    assert letters.redraw(document, VALUES) == document.content
    assert letters.redraw(document, {**VALUES, "card": "43"}) != document.content


def test_every_controlled_document_bears_its_code_revision_and_verification_code() -> None:
    for template in (letters.APPLICATION_FORM, letters.CONSENT, letters.ACTIVATION):
        wording = (Path(letters.__file__).parent / template.file).read_text("utf-8")
        for variable in ("document_code", "revision", "verification_code", "drawn_at"):
            assert "{{ " + variable in wording
        assert template.version == f"{template.code}/{template.revision}"


def test_no_line_is_wider_than_a_page() -> None:
    folder = Path(letters.__file__).parent
    wide = [
        (file.name, line)
        for file in folder.glob("*.txt")
        for line in file.read_text("utf-8").splitlines()
        if len(line) > 110
    ]
    assert wide == []
