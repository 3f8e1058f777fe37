"""Who may open a page: what a route declares, what is logged of who was stopped, and links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from tests.kit.web.visitor import Visitor
from web.gate.permissions import EVERY_ROLE, allow, may_open, permission_of, public
from web.gate.session import signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff


def view() -> str:
    """Answer a request."""
    return "seen"


def test_a_view_says_its_roles_and_one_that_says_nothing_has_none() -> None:
    assert permission_of("x", allow("officer", "operator")(lambda: "")) == frozenset(
        {"officer", "operator"}
    )
    assert permission_of("x", public(lambda: "")) == frozenset({"public"})
    assert permission_of("x", view) is None
    for endpoint in ("static", "bootstrap.static"):
        assert permission_of(endpoint, view) == frozenset({"public"})


@pytest.mark.own_site
@pytest.mark.parametrize(
    ("roles", "status"),
    [(("officer",), 200), (("auditor", "officer"), 200), ((EVERY_ROLE,), 200), (("auditor",), 403)],
)
def test_one_of_the_roles_is_enough_and_the_word_for_all_is_too(
    app: Flask, staff: Staff, roles: tuple[str, ...], status: int
) -> None:
    app.add_url_rule("/deneme", "tried", allow(*roles)(lambda: "seen"))
    officer = Visitor(app)
    officer.be("user", staff.officer)
    assert officer.client.get("/deneme").status_code == status


@pytest.mark.own_site
def test_the_word_for_all_opens_nothing_to_a_stranger(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/deneme", "tried", allow(EVERY_ROLE)(lambda: "seen"))
    assert visitor.client.get("/deneme").status_code == 302


def test_who_was_stopped_is_logged_with_where(officer: Visitor, staff: Staff) -> None:
    with capture_logs() as lines:
        assert officer.client.get("/denetim/gunluk").status_code == 403
    stopped = [line for line in lines if line["event"] == "not_allowed"]
    assert [(line["actor"], line["endpoint"], line["log_level"]) for line in stopped] == [
        (f"user:{staff.officer}", "audit.journal", "warning")
    ]


def test_a_stranger_is_led_back_by_the_whole_address_and_a_form_is_not(visitor: Visitor) -> None:
    asked = visitor.client.get("/basvurular?durum=held&yon=azalan")
    assert asked.location == "/giris?devam=/basvurular?durum%3Dheld%26yon%3Dazalan"
    assert visitor.client.get("/basvurular").location == "/giris?devam=/basvurular"
    assert visitor.client.get("/basvurular?").location == "/giris?devam=/basvurular"
    visitor.get("/giris")
    sent = visitor.client.post("/toplu", data={"csrf_token": visitor.token})
    assert (sent.status_code, sent.location) == (302, "/giris")


def test_a_page_that_is_not_there_asks_nobody_to_sign_in(visitor: Visitor) -> None:
    assert visitor.client.get("/boyle-bir-sayfa-yok").status_code == 404


@pytest.mark.parametrize(
    ("role", "endpoint", "opens"),
    [
        ("officer", "office.worklist_page", True),
        ("officer", "audit.journal", False),
        ("auditor", "audit.journal", True),
        ("auditor", "office.worklist_page", False),
        ("operator", "office.production", True),
        ("officer", "office.production", False),
        ("officer", "auth.account", True),
        ("coordinator", "institution.home", True),
        ("coordinator", "office.overview", False),
    ],
)
def test_a_link_is_shown_to_whom_it_opens(
    app: Flask, staff: Staff, role: str, endpoint: str, *, opens: bool
) -> None:
    somebody = Visitor(app)
    somebody.be("user", getattr(staff, role))
    with somebody.client:
        somebody.client.get("/hesap")
        assert signed_in() is not None
        assert may_open(endpoint) is opens


def test_a_link_to_what_needs_a_name_is_shown_to_no_stranger(app: Flask) -> None:
    with app.test_request_context("/"):
        assert not may_open("auth.account")
        assert not may_open("office.worklist_page")


def test_a_person_who_applies_is_no_member_of_the_house(app: Flask, world: World) -> None:
    somebody = Visitor(app)
    somebody.be("person", world.person())
    with somebody.client:
        somebody.client.get("/hesap")
        assert may_open("portal.home")
        assert not may_open("office.worklist_page")
        assert not may_open("institution.home")
