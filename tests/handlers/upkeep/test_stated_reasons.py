"""Tests that what moves of the handlers state as their reason is said in English too."""

from __future__ import annotations

from handlers.certificates.revocation_reasons import OFFICE_REASONS, REASONS, reason_of
from handlers.parcels.events import ReturnReason, stated
from handlers.people.person_standing import GROUNDS
from handlers.signatures.pending import NOTHING_LEARNT, SUSPENDED
from handlers.upkeep.stated_reasons import STATED

TURKISH = [text.tr for text in STATED]


def test_each_is_there_once_and_has_its_own_english() -> None:
    assert len(set(TURKISH)) == len(TURKISH)
    assert [text.tr for text in STATED if text.tr == text.en or not text.en] == []


def test_none_holds_what_separates_the_parts_of_a_reason() -> None:
    assert [text for text in STATED if ": " in text.tr or ": " in text.en] == []


def test_what_is_stated_of_people_signatures_and_parcels_is_among_them() -> None:
    other = stated(ReturnReason.OTHER).partition(": ")[2]
    said = {ground.said for ground in GROUNDS.values() if ground.said}
    assert {*said, NOTHING_LEARNT, SUSPENDED, other} <= set(TURKISH)


def test_the_journal_keeps_the_turkish_sentence_by_which_the_lists_know_it() -> None:
    for text, listed in {**REASONS, **OFFICE_REASONS}.items():
        assert reason_of(f"{text.tr}: sözleri") is listed
