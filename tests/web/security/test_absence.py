"""Every route with a database that breaks in each way: a sentence that is true, and never a 500."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from states.people.tckn import check_digits
from tests.kit.web.breaker import KINDS, RAISED, Breaker, breaker_of
from tests.kit.web.staff import path, under_review
from tests.web.security import test_odd_values
from tests.web.security.test_access import changed
from tests.web.security.test_odd_values import SOUND, trials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from tests.kit.postgres import Database
    from tests.kit.web.visitor import Visitor
    from tests.web.security.town import Town

pytestmark = pytest.mark.no_cover

ANSWERS_ANYWAY = {"/healthz", "/metrics"}
"""What says how things stand, whatever the database does."""

BESIDE = {"web_session", "try_count", "sign_in_log", "refused_attempt", "access_log"}
"""Tables of what is written beside a wish."""

DONE, NOT_DONE, UNKNOWN, NOT_SHOWN = (
    "yapıldı", "işleminiz yapılmadı", "yapılıp yapılmadığı bilinmiyor", "sayfa gösterilemedi",
)  # fmt: skip


@pytest.fixture
def breaker(town: Town, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breaker]:
    """Give the breaker of the town's database."""
    monkeypatch.setattr(town.app, "testing", False)
    with breaker_of(town.world.engine.database, database.owner) as found:
        yield found


def send(visitor: Visitor, method: str, path: str, **form: str) -> TestResponse:
    """Send a request as a browser does, whose language nobody has chosen."""
    visitor.client.delete_cookie("dil")
    data = {**SOUND, "csrf_token": visitor.token, **form} if method == "POST" else None
    return visitor.client.open(path, method=method, data=data, buffered=True)


def judge(trial: tuple[str, str, str, int], answer: TestResponse, caught: list[str]) -> None:
    """Hold an answer of a broken database against what may be said."""
    assert caught == [], (trial, caught)
    _, method, path, _ = trial
    if path in ANSWERS_ANYWAY:
        return
    assert answer.status_code < 500 or answer.status_code == 503, (trial, answer.text[:3000])
    if answer.status_code != 503:
        return
    if path == "/readyz":
        assert answer.get_json()["missing"] == "database"
        return
    assert int(answer.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in answer.headers, trial
    text = answer.text if answer.mimetype == "text/html" else answer.get_json()["detail"]
    if method == "GET":
        assert NOT_SHOWN in text, trial
        assert NOT_DONE not in text
        assert UNKNOWN not in text
    else:
        assert (NOT_DONE in text) != (UNKNOWN in text), (trial, text)
        assert f"{DONE}." not in text, trial


def test_every_route_answers_each_break_with_a_sentence(
    town: Town,
    breaker: Breaker,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(test_odd_values.PER_ROUTE, "GET", 1)
    tried = broken = 0
    for number, trial in enumerate(trials(town)):
        for turn, kind in enumerate(KINDS):
            at = 1 + (number + turn) % 5
            caplog.clear()
            with breaker.breaking(kind, at):
                answer = send(trial.visitor, trial.method, trial.path)
            caught = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
            judge((kind, trial.method, trial.path, at), answer, caught)
            tried += 1
            broken += answer.status_code == 503
    assert tried > 80 * len(KINDS)
    assert broken > tried / 3


FURTHEST = 60
"""Steps after which a walk gives up: no request here takes so many."""


RETURNED = {"cause": "not_signed", "reason": "s. 2", "seen": "4"}
WALKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "a case": ("GET", "{case}", {}),
    "a claim": ("POST", "{case}/ustlen", {}),
    "a note": ("POST", "{case}/not", {"text": "{case}"}),
    "a move": ("POST", "{case}/islem/return_to_applicant", RETURNED),
    "a filter": ("POST", "/filtre", {"ad": "{case}"}),
    "signing in": ("POST", "/giris/deneme/user/{officer}", {}),
    "signing out": ("POST", "/cikis", {}),
}
"""What is tried with a break at each of its steps: method, address and fields."""


@dataclass
class Walk:
    """One request, sent again and again with a break at each of its steps in turn."""

    town: Town
    name: str
    case: int = 0
    born: int = 300_000_000
    """The first nine digits of whoever filed the last case."""
    visitor: Visitor | None = None

    def send(self) -> TestResponse:
        """Send the request as an officer who has just signed in."""
        method, address, fields = WALKS[self.name]
        values = {"case": path(self.case), "officer": self.town.accounts["officer"]}
        form = {key: value.format(**values) for key, value in fields.items()}
        assert self.visitor is not None
        return send(self.visitor, method, address.format(**values), **form)

    def prepare(self, wrote: set[str]) -> None:
        """Sign in; make a new case when the last one was changed."""
        if not self.case or wrote:
            self.born += 1
            officer = self.town.accounts["officer"]
            number = f"{self.born}{check_digits(str(self.born))}"
            self.case = under_review(self.town.world, officer, number)
        if self.visitor is None or "web_session" in wrote:
            self.visitor = self.town.visitor("officer")


@pytest.mark.parametrize("name", WALKS)
def test_whatever_the_step_of_the_break_the_page_says_what_is_true(
    town: Town, breaker: Breaker, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    walk, method = Walk(town, name), WALKS[name][0]
    beside = BESIDE - ({"web_session"} if name.startswith("signing") else set())
    said: set[str] = set()
    wrote: set[str] = set()
    for turn in (["killed"], ["unanswered"], list(RAISED)):
        for at in range(1, FURTHEST):
            kind = turn[at % len(turn)]
            walk.prepare(wrote)
            before = town.rows()
            caplog.clear()
            with breaker.breaking(kind, at):
                answer = walk.send()
            caught = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
            judge((kind, method, name, at), answer, caught)
            wrote = changed(before, town.rows())
            if not breaker.broke:
                assert answer.status_code < 400, answer.text
                break
            text = answer.text if answer.status_code == 503 else ""
            said |= {one for one in (NOT_DONE, UNKNOWN, NOT_SHOWN) if one in text}
            assert NOT_DONE not in text or not wrote - beside, (kind, at, wrote)
        else:
            pytest.fail(f"{name} does not come to its end")
    assert said == ({NOT_SHOWN} if method == "GET" else {NOT_DONE, UNKNOWN})


def test_what_was_done_is_told_on_the_next_page_that_can_be_shown(
    town: Town, breaker: Breaker
) -> None:
    officer, case = town.visitor("officer"), path(town.cases["paper"])
    assert send(officer, "POST", f"{case}/ustlen").status_code == 302
    for at in (1, 2, 3, 5, 8):
        with breaker.breaking("killed", at):
            answer = send(officer, "GET", case)
        assert breaker.broke
        assert answer.status_code == 503
        assert NOT_SHOWN in answer.text
        assert "Başvuru üzerinizde" not in answer.text
    assert "Başvuru üzerinizde." in officer.get(case).text
    assert "Başvuru üzerinizde." not in officer.get(case).text


def test_a_table_that_another_holds_is_a_busy_database(
    town: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town.app, "testing", False)
    officer, case = town.visitor("officer"), path(town.cases["paper"])
    database.hurry()
    with database.owner.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE application")
        for method, address, said in (
            ("GET", case, NOT_SHOWN), ("POST", f"{case}/not", NOT_DONE),
            ("POST", f"{case}/islem/return_to_applicant", NOT_DONE),
        ):  # fmt: skip
            answer = send(officer, method, address, **RETURNED)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert "Veritabanı şu an meşgul" in answer.text
            assert said in answer.text
    assert officer.get(case).status == 200
