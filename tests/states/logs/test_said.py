"""What the database reads from the text of an entry: its object, or nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows

SAID = text("SELECT journal_said(:body)")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"a":{"b":[1,null]}}', {"a": {"b": [1, None]}}),
        ("[1]", [1]),
        ('"ı"', "ı"),
        ("", None),
        ("{", None),
        ('{"a":1}x', None),
        ('"\\u0000"', None),
        ('"\\ud800"', None),
        ("1e999999", None),
    ],
)
def test_a_body_that_cannot_be_read_says_nothing_and_stops_nobody(
    rows: Rows, body: str, said: object
) -> None:
    assert rows.connection.scalar(SAID, {"body": body}) == said


def test_a_long_body_is_read_whole(rows: Rows) -> None:
    long = '{"a":"' + "x" * 1_000_000 + '"}'
    found = rows.connection.scalar(SAID, {"body": long})
    assert isinstance(found, dict)
    assert len(found["a"]) == 1_000_000


def test_no_body_says_nothing(rows: Rows) -> None:
    assert rows.connection.scalar(text("SELECT journal_said(NULL)")) is None
