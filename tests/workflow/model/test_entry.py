"""The journal entry: one canonical text, cut where the rows of a set differ, and its chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model.entry import (
    GENESIS,
    PER_ROW,
    EntryContent,
    canonical,
    chain,
    parsed,
    storable,
    utc_text,
)

AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
PLAIN = EntryContent(
    workflow="application", definition="ab" * 32, trigger="file", target="draft",
    actor="person:1", role="applicant", auth="demo", at=AT,
)  # fmt: skip
FULL = replace(
    PLAIN,
    batch="sweep:7",
    reason='Eksik "belge"\nçğıöşü',
    rules={"renewed": "allow", "a": "deny"},
    checks={"desk.allowed": "allow"},
    documents=("cd" * 32, "ab" * 32),
    details={"b": 1, "a": [True, None]},
)


def test_an_entry_is_this_text_to_the_letter() -> None:
    assert PLAIN.body(7, "new", 1) == (
        '{"actor":"person:1","at":"2026-11-22T14:05:00.000000Z","auth":"demo","batch":null,'
        '"case":7,"checks":{},"definition":"' + "ab" * 32 + '","details":{},"documents":[],'
        '"from":"new","n":1,"reason":null,"role":"applicant","rules":{},"to":"draft",'
        '"trigger":"file","workflow":"application"}'
    )


def test_documents_keep_their_order_and_all_else_is_sorted() -> None:
    said = FULL.body(7, "draft", 2)
    assert f'"documents":["{"cd" * 32}","{"ab" * 32}"]' in said
    assert '"details":{"a":[true,null],"b":1}' in said
    assert '"rules":{"a":"deny","renewed":"allow"}' in said
    assert '"reason":"Eksik \\"belge\\"\\nçğıöşü"' in said


@pytest.mark.parametrize("content", [PLAIN, FULL])
def test_the_pieces_join_to_the_same_text(content: EntryContent) -> None:
    row = {"at": utc_text(AT), "case": "7", "from": "held", "n": "12"}
    first, *others = content.pieces()
    joined = first + "".join(row[name] + piece for name, piece in zip(PER_ROW, others, strict=True))
    assert joined == content.body(7, "held", 12)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_no_text_of_an_entry_is_taken_for_a_place_of_the_row(
    reason: str, details: dict[str, str]
) -> None:
    content = replace(PLAIN, reason=reason, details=details)
    assert len(content.pieces()) == 5
    assert json.loads(content.body(1, "a", 2))["reason"] == reason


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"ş": "ı"}, '{"ş":"ı"}'),
        ([1, None, True], "[1,null,true]"),
        ({}, "{}"),
        ({"a": {"d": 1, "c": 2}}, '{"a":{"c":2,"d":1}}'),
    ],
)
def test_one_value_has_one_text(value: object, text: str) -> None:
    assert canonical(value) == text


def test_the_chain_is_sha256_over_the_hash_before_and_the_text() -> None:
    body = '{"reason":"ı"}'
    first = chain(GENESIS, body)
    assert first == hashlib.sha256(bytes(32) + body.encode("utf-8")).digest()
    assert chain(first, body) == hashlib.sha256(first + body.encode("utf-8")).digest()
    assert chain(first, body) != first
    assert len(GENESIS) == 32


@pytest.mark.parametrize(
    "body", ["", "x", "[]", '"a"', "3", "null", '{"a":1', "[" * 100_000, "\ud800"]
)
def test_what_is_no_object_says_nothing(body: str) -> None:
    assert parsed(body) == {}


def test_an_object_says_what_stands_in_it() -> None:
    assert parsed('{"a":{"b":[1]}}') == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\x00b", "ab"), ("a\ud800b", "ab"), ("çığ\n\t", "çığ\n\t"), ("", ""), ("\x00", "")],
)
def test_what_cannot_be_stored_is_left_out(text: str, kept: str) -> None:
    assert storable(text) == kept


def test_a_moment_is_written_in_utc_with_all_its_digits() -> None:
    istanbul = timezone(timedelta(hours=3))
    assert utc_text(datetime(2026, 1, 1, 1, 0, tzinfo=istanbul)) == "2025-12-31T22:00:00.000000Z"
    assert utc_text(AT.replace(microsecond=7)) == "2026-11-22T14:05:00.000007Z"
