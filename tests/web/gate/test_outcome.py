"""What an error says of the wish it ended: only what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import g

from states.postgres.commits import Commits
from web.gate.outcome import RETRY_AFTER, RequestOutcome, ended, outcome

if TYPE_CHECKING:
    from flask import Flask

DONE, NOT_ANSWERED, NOTHING = Commits(answered=1), Commits(unanswered=1), Commits()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("commits", [None, NOTHING, DONE])
def test_of_a_page_that_was_asked_for_nothing_is_said_to_be_done(
    app: Flask, method: str, commits: Commits | None
) -> None:
    with app.test_request_context("/", method=method):
        g.commits = commits
        assert outcome() is RequestOutcome.NOT_SHOWN
        assert ended("Veritabanına ulaşılamıyor") == (
            "Veritabanına ulaşılamıyor; sayfa gösterilemedi. Birkaç dakika sonra yeniden deneyiniz."
        )


@pytest.mark.parametrize(
    ("commits", "found", "words"),
    [
        (None, RequestOutcome.NOT_DONE, "işleminiz yapılmadı"),
        (NOTHING, RequestOutcome.NOT_DONE, "işleminiz yapılmadı"),
        (DONE, RequestOutcome.UNKNOWN, "Yinelemeden önce güncel durumuna bakınız"),
        (NOT_ANSWERED, RequestOutcome.UNKNOWN, "bilinmiyor"),
    ],
)
def test_a_wish_is_not_done_only_where_no_commit_was_sent(
    app: Flask, commits: Commits | None, found: RequestOutcome, words: str
) -> None:
    with app.test_request_context("/", method="POST"):
        g.commits = commits
        assert outcome() is found
        assert words in ended("Hata")


def test_programs_read_the_outcome_and_when_to_ask_again() -> None:
    assert [one.value for one in RequestOutcome] == ["not_shown", "not_done", "unknown"]
    assert RETRY_AFTER == 10


def test_each_request_keeps_a_record_of_its_own(app: Flask) -> None:
    kept = []
    with app.test_client() as client:
        for _ in range(2):
            client.get("/healthz")
            kept.append(g.commits)
    assert kept[0] is not kept[1]
    assert kept[0].certainly_none
