"""The menu: what each role is offered it may open, and where it lands after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.kit.roles import STAFF
from web.gate.permissions import EVERY_ROLE, permission_of
from web.kit import frame

if TYPE_CHECKING:
    from flask import Flask

OFFICER = [
    "İş listem", "Alınabilecekler", "Üretim hattı", "Kart stoku", "Evrak kabul", "Kayıt istekleri",
    "Kurum yazıları", "Destek soruları", "Tüm başvurular", "Genel bakış", "Toplu işler",
]  # fmt: skip


@pytest.mark.parametrize(
    ("roles", "texts"),
    [
        ({"officer"}, OFFICER),
        (
            {"operator"},
            [
                "Üretim ve kurye", "Kurye teslimi", "İş listem", "Alınabilecekler", "Üretim hattı",
                "Kart stoku", "Tüm başvurular", "Genel bakış", "Toplu işler",
            ],
        ),
        ({"auditor"}, ["Günlük", "Destek birimleri", "Genel bakış", "Toplu işler"]),
        (
            {"administrator"},
            [
                "Hesaplar", "Yetki önerileri", "İleti metinleri", "Destek birimleri", "Genel bakış",
                "Toplu işler",
            ],
        ),
        (
            {"coordinator"},
            [
                "Kurum listesi", "Radar", "Yazılar", "Destek soruları", "Mesajlarım",
                "Destek birimleri",
            ],
        ),
        ({"applicant"}, ["Başvurularım", "Mesajlarım", "Sorularım"]),
        (set(), []),
    ],
    ids=str,
)  # fmt: skip
def test_a_role_is_offered_its_pages_in_their_order(
    app: Flask, roles: set[str], texts: list[str]
) -> None:
    assert [link.text for link in frame.menu_for(app, roles)] == texts


def test_a_role_is_offered_nothing_that_it_may_not_open(app: Flask) -> None:
    for role in (*STAFF, "applicant"):
        for link in frame.menu_for(app, [role]):
            needed = permission_of(link.endpoint, app.view_functions[link.endpoint])
            assert needed is not None
            assert needed & {EVERY_ROLE, role}, f"{role} is offered {link.endpoint}"


@pytest.mark.parametrize(
    ("role", "endpoint"),
    [
        ("officer", "office.worklist_page"),
        ("operator", "office.production"),
        ("auditor", "audit.journal"),
        ("administrator", "admin.accounts"),
        ("coordinator", "institution.home"),
        ("applicant", "portal.home"),
        ("unheard_of", "auth.account"),
    ],
)
def test_a_role_lands_on_its_first_page_and_one_without_any_on_its_account(
    app: Flask, role: str, endpoint: str
) -> None:
    assert frame.home_endpoint(app, [role]) == endpoint


def test_a_page_that_the_site_does_not_have_is_not_offered(app: Flask) -> None:
    views = {name: view for name, view in app.view_functions.items() if name != "office.overview"}

    class Smaller:
        view_functions = views

    links = frame.menu_for(Smaller(), ["auditor"])  # type: ignore[arg-type]
    assert [link.text for link in links] == ["Günlük", "Destek birimleri", "Toplu işler"]


def test_every_blueprint_of_the_list_is_there_once(app: Flask) -> None:
    names = [blueprint.name for blueprint in frame.blueprints()]
    assert len(names) == len(set(names)) == len(frame.PACKAGES)
    assert set(names) <= set(app.blueprints)
