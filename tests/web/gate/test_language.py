"""The language of the site: chosen, asked for by the browser, or Turkish."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import flask_babel
import pytest

from web.gate.language import LANGUAGES, gettext, language, lazy_gettext, ngettext, spoken
from web.kit import formats
from workflow.model.definition import Text

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.web.visitor import Visitor

ASKED = [
    ("", "tr"),
    ("en", "en"),
    ("en-US,en;q=0.9", "en"),
    ("tr-TR,tr;q=0.9,en;q=0.8", "tr"),
    ("en;q=0.4,tr;q=0.6", "tr"),
    ("de,en;q=0.3", "en"),
    ("de,fr;q=0.3", "tr"),
    ("*", "tr"),
    (";;q=x,,\u00fc", "tr"),
]


@pytest.mark.parametrize(("said", "expected"), ASKED)
def test_a_browser_is_answered_in_the_language_that_it_asks_for(
    visitor: Visitor, said: str, expected: str
) -> None:
    page = visitor.get("/dogrula", headers={"Accept-Language": said})
    assert page.tree.get("lang") == expected
    assert page.response.headers["Content-Language"] == expected
    assert page.heading == {"tr": "Belge doğrulama", "en": "Check a document"}[expected]


def test_a_choice_is_kept_and_leads_back_to_the_page_it_was_made_on(visitor: Visitor) -> None:
    page = visitor.get("/dogrula?kod=")
    assert page.links["English"] == "/dil/en?devam=/dogrula?kod%3D"
    english = visitor.get(page.links["English"])
    assert english.response.request.full_path == "/dogrula?kod="
    assert english.tree.get("lang") == "en"
    turkish_browser = {"Accept-Language": "tr"}
    assert visitor.get("/dogrula", headers=turkish_browser).heading == "Check a document"
    assert visitor.get(english.links["Türkçe"]).heading == "Belge doğrulama"
    english_browser = {"Accept-Language": "en"}
    assert visitor.get("/dogrula", headers=english_browser).heading == "Belge doğrulama"


def test_the_choice_is_a_cookie_of_this_site_that_says_nothing_else(visitor: Visitor) -> None:
    answer = visitor.client.get("/dil/en?devam=//evil.example/")
    assert answer.headers["Location"] == "/"
    assert answer.headers["Set-Cookie"].startswith("dil=en; ")
    for part in ("Max-Age=31536000", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert f"; {part}" in answer.headers["Set-Cookie"]
    assert "Domain" not in answer.headers["Set-Cookie"]


@pytest.mark.own_site
def test_outside_the_demo_the_choice_is_for_this_host_and_for_https_alone(
    app: Flask, visitor: Visitor
) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    cookie = visitor.client.get("/dil/en").headers["Set-Cookie"]
    assert cookie.startswith("__Host-dil=en; ")
    assert "; Secure" in cookie
    page = visitor.get("/dogrula", base_url="https://localhost")
    assert page.tree.get("lang") == "en"


def test_no_other_language_can_be_chosen(visitor: Visitor) -> None:
    visitor.get("/dil/de", 404)
    visitor.client.set_cookie("dil", "de")
    assert visitor.get("/dogrula").tree.get("lang") == "tr"


def test_a_page_that_cannot_be_asked_for_again_leads_to_the_start(visitor: Visitor) -> None:
    assert visitor.get("/yok", 404).links["English"] == "/dil/en?devam=/"
    visitor.get("/giris")
    assert visitor.post("/giris/deneme/user/999999", 404).links["English"] == "/dil/en?devam=/"


def test_moments_days_and_numbers_are_written_in_the_language_of_the_page(app: Flask) -> None:
    at = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert formats.moment(at) == "22 Nov 2026 17:05"
        assert formats.second(at) == "22 Nov 2026 17:05:09"
        assert formats.day(at) == "22 Nov 2026"
        assert formats.long_day(date(2026, 11, 2)) == "2 November 2026"
        assert formats.number(1234.5) == "1,234.5"
    assert formats.moment(at) == "22.11.2026 17:05"


def test_what_is_written_without_a_request_is_turkish(app: Flask) -> None:
    assert language() == "tr"
    assert gettext("Çıkış yap") == str(lazy_gettext("Çıkış yap")) == "Çıkış yap"
    with app.app_context():
        assert language() == "tr"
        assert gettext("Çıkış yap") == "Çıkış yap"


def test_messages_of_modules_wait_for_the_reader(app: Flask) -> None:
    kept = lazy_gettext("Çıkış yap")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert str(kept) == gettext("Çıkış yap") == "Sign out"
        assert str(flask_babel.gettext("Çıkış yap")) == "Sign out"
        assert gettext("no such message: %(what)s", what="x") == "no such message: x"
        assert ngettext("%(num)s elma", "%(num)s elma", 2) == "2 elma"
        assert f"{kept}!" == "Sign out!"
        assert lazy_gettext("Kalan süre: {n} dakika").format(n=3) == "Time left: 3 minutes"
        counted = lazy_gettext("%(n)s. girdi", n=7)
        assert str(counted) == "entry 7"
    assert str(kept) == kept == "Çıkış yap"
    assert str(counted) == counted == "7. girdi"


def test_a_text_that_has_both_languages_is_told_in_one(app: Flask) -> None:
    text = Text("Onayla", "Approve")
    assert spoken(text) == "Onayla"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert spoken(text) == "Approve"


def test_a_language_calls_itself_by_its_own_name() -> None:
    assert LANGUAGES == {"tr": "Türkçe", "en": "English"}
