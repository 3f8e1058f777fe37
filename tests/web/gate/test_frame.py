"""The frame: who may open which page, the headers of an answer, the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.kit.roles import STAFF
from tests.kit.web.staff import Staff, path, waiting_for_paper
from web.gate.actors import of_user
from web.gate.permissions import allow, permission_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from states.people.user import User
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


ROLES = {*STAFF, "applicant", "public", "*"}


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not (permission_of(rule.endpoint, app.view_functions[rule.endpoint]) or frozenset())
        <= ROLES
        or permission_of(rule.endpoint, app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


@pytest.mark.own_site
def test_a_route_that_declares_nothing_is_closed(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/unutulmus", "forgotten", lambda: "secret")
    assert visitor.get("/unutulmus", 403).heading == "Bu işlem için yetkiniz yok"


def test_naming_no_role_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="name the roles"):
        allow()


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/is-listem", {"officer", "operator"}),
        ("/uretim", {"operator"}),
        ("/denetim/gunluk", {"auditor"}),
        ("/hesap", {"officer", "operator", "auditor", "coordinator"}),
    ],
)
def test_a_page_opens_to_its_roles_and_to_no_other(
    staff: Staff, visitor: Visitor, address: str, allowed: set[str]
) -> None:
    for role in ("officer", "operator", "auditor", "coordinator"):
        visitor.sign_in("user", getattr(staff, role))
        visitor.get(address, 200 if role in allowed else 403)


def test_a_form_without_its_token_is_refused_and_gives_back_what_was_typed(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = officer.post(
        path(case, "islem", "cancel"), 400, csrf_token="", seen="2", reason="Uzun bir gerekçe"
    )
    assert page.heading == "Formun süresi doldu"
    assert "Uzun bir gerekçe" in page.all("pre")
    assert world.state(case) == "in_person"


def test_pages_carry_headers_that_keep_them_to_themselves(visitor: Visitor) -> None:
    answer = visitor.get("/giris").response
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    again = visitor.get("/giris").response.headers["Content-Security-Policy"]
    assert again != policy


@pytest.mark.parametrize(
    "file", ["/static/site.css", "/static/frame.js", "/bootstrap/static/css/bootstrap.min.css"]
)
def test_files_come_from_this_site(visitor: Visitor, file: str) -> None:
    answer = visitor.client.get(file, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in answer.headers["Cache-Control"]


def test_the_menu_marks_the_page_one_is_on(officer: Visitor) -> None:
    page = officer.get("/is-listem")
    here = [a for a in page.tree.iter("a") if a.get("aria-current") == "page"]
    assert [link.get("href") for link in here] == ["/is-listem"]


def test_a_user_of_no_known_role_is_no_actor(make_user: Callable[..., User]) -> None:
    for roles in ([], ["system"], ["applicant"], ["officer", "operator"]):
        assert of_user(make_user(roles=roles), "demo") is None
    known = of_user(make_user(roles=["officer"], person_id=3), "demo")
    assert known is not None
    assert known.actor.name == "user:7"
    assert known.actor.roles == {"officer"}
