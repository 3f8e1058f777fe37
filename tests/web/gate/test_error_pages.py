"""Each error: its status, its page for people, its problem for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import abort
from sqlalchemy.exc import OperationalError

from signing.errors import TokenAbsent
from states.kit.errors import DatabaseUnavailable, SettingsError, StoreError
from states.kit.invalid import Invalid
from tests.kit.web.visitor import Visitor
from web.gate.errors import MESSAGES, STATUSES, status_of
from web.gate.permissions import public
from web.site.app import create_app
from workflow.model import refusal

if TYPE_CHECKING:
    from flask import Flask

    from web.gate.composition import Composition


def broken(app: Flask, error: Exception) -> None:
    """Give the site a page that fails."""

    @app.get("/bozuk")
    @public
    def fails() -> str:
        raise error

    @app.get("/api/bozuk")
    @public
    def fails_for_programs() -> str:
        raise error


@pytest.mark.own_site
@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503])
def test_every_error_has_a_page_of_its_own_with_a_way_on(
    app: Flask, visitor: Visitor, status: int
) -> None:
    app.add_url_rule("/hata", "fails", public(lambda: abort(status)))
    page = visitor.get("/hata", status)
    assert page.heading == MESSAGES[status].title
    assert page.title.startswith("Hata:")
    assert page.links["Başlangıç sayfasına dön"] == "/"


@pytest.mark.own_site
def test_a_status_without_words_is_answered_with_the_nearest(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/406", "odd", public(lambda: abort(406)))
    app.add_url_rule("/502", "gateway", public(lambda: abort(502)))
    assert visitor.get("/406", 406).heading == MESSAGES[400].title
    assert visitor.get("/502", 502).heading == MESSAGES[500].title


def test_a_page_that_does_not_take_forms_says_so(visitor: Visitor) -> None:
    visitor.get("/giris")
    assert visitor.post("/giris", 405).heading == MESSAGES[405].title


def test_a_request_of_more_than_twenty_megabytes_is_refused(officer: Visitor) -> None:
    officer.get("/hesap")
    page = officer.post("/cikis", 413, much="x" * (20 * 1024 * 1024 + 1))
    assert page.heading == "Dosya çok büyük"


@pytest.mark.own_site
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            OperationalError("select secret", {}, Exception("down")),
            503,
            "Veritabanına ulaşılamıyor",
        ),
        (DatabaseUnavailable("The database at x is away."), 503, "Veritabanına ulaşılamıyor"),
        (TokenAbsent(label="x"), 503, "İmza donanımına ulaşılamıyor"),
        (SettingsError("Bu ayar yok."), 422, "Bu ayar yok."),
        (Invalid("date.absent", text="31.2.2026"), 422, "Takvimde 31.2.2026 diye bir gün yok"),
        (refusal.UnknownCase(case=7), 404, "7 numaralı kayıt yok"),
        (refusal.StaleVersion(seen=1, version=2), 409, "yeni durumuna bakıp yeniden deneyiniz"),
        (refusal.Busy(), 503, "başka bir işlemde"),
        (ZeroDivisionError("secret 10000000146"), 500, "Beklenmeyen bir hata oldu"),
    ],
)
def test_an_error_becomes_one_sentence_for_people_and_a_problem_for_programs(
    app: Flask, visitor: Visitor, error: Exception, status: int, said: str
) -> None:
    broken(app, error)
    page = visitor.get("/bozuk", status)
    assert said in page.text
    assert "secret" not in page.response.text
    answer = visitor.client.get("/api/bozuk")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert said in answer.json["title"] + answer.json["detail"]
    assert answer.json["code"]


def test_a_lost_database_is_a_page_and_not_ready(
    composition: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = Visitor(create_app(composition))
    assert someone.get("/readyz").response.json == {"status": "ok"}

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("The database is away.", why="read_only")

    monkeypatch.setattr(type(composition.database), "connect", away)
    page = someone.get("/giris", 503)
    assert "sayfa gösterilemedi" in page.text
    assert page.response.headers["Retry-After"] == "10"
    assert "Veritabanına ulaşılamıyor" in page.text
    assert someone.get("/readyz", 503).response.json == {
        "status": "unavailable", "missing": "database", "why": "read_only",
    }  # fmt: skip
    assert someone.get("/healthz").response.json == {"status": "ok"}


def test_every_refusal_of_the_engine_has_a_status() -> None:
    def below(kind: type[refusal.WorkflowError]) -> set[type[refusal.WorkflowError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    ours = {kind for kind in below(refusal.WorkflowError) if kind.__module__ == refusal.__name__}
    roots = {refusal.WorkflowError, refusal.Refused}
    edges: set[type] = {Invalid, StoreError}
    assert (ours - roots) | edges == set(STATUSES)
    assert status_of(refusal.Refused()) == 409
