"""Which blueprints make up the site, and the menu each role sees."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from handlers.kit.roles import (
    ADMINISTRATOR,
    APPLICANT,
    AUDITOR,
    COORDINATOR,
    DESK,
    HOUSE,
    OFFICER,
    OPERATOR,
)
from web.gate.language import lazy_gettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Blueprint, Flask

PACKAGES = (
    "web.site.health",
    "web.site.authority",
    "web.site.language",
    "web.auth",
    "web.auth.registering",
    "web.office",
    "web.audit",
    "web.portal",
    "web.api",
    "web.institution",
    "web.support",
    "web.verify",
    "web.help",
    "web.imza",
    "web.admin",
)
"""Packages whose ``blueprint`` is registered; one that is not there is left out."""

DEMO_PACKAGES = ("web.demo.post",)
"""Those that only a demo has."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One entry of the menu: its text, the endpoint it opens and the roles that see it."""

    text: str
    endpoint: str
    roles: frozenset[str]


MENU = (
    MenuLink(lazy_gettext("Üretim ve kurye"), "office.production", frozenset({OPERATOR})),
    MenuLink(lazy_gettext("Kurye teslimi"), "office.handover_desk", frozenset({OPERATOR})),
    MenuLink(lazy_gettext("İş listem"), "office.worklist_page", frozenset(DESK)),
    MenuLink(lazy_gettext("Alınabilecekler"), "office.unclaimed", frozenset(DESK)),
    MenuLink(lazy_gettext("Üretim hattı"), "office.production_line", frozenset(DESK)),
    MenuLink(lazy_gettext("Kart stoku"), "office.stock", frozenset(DESK)),
    MenuLink(lazy_gettext("Evrak kabul"), "office.intake", frozenset({OFFICER})),
    MenuLink(lazy_gettext("Kayıt istekleri"), "office.registrations", frozenset({OFFICER})),
    MenuLink(lazy_gettext("Kurum yazıları"), "institution.waiting_letters", frozenset({OFFICER})),
    MenuLink(lazy_gettext("Destek soruları"), "support.questions", frozenset({OFFICER})),
    MenuLink(lazy_gettext("Tüm başvurular"), "office.applications", frozenset(DESK)),
    MenuLink(lazy_gettext("Günlük"), "audit.journal", frozenset({AUDITOR})),
    MenuLink(lazy_gettext("Başvurularım"), "portal.home", frozenset({APPLICANT})),
    MenuLink(lazy_gettext("Mesajlarım"), "portal.messages", frozenset({APPLICANT})),
    MenuLink(lazy_gettext("Sorularım"), "support.own_questions", frozenset({APPLICANT})),
    MenuLink(lazy_gettext("Kurum listesi"), "institution.home", frozenset({COORDINATOR})),
    MenuLink(lazy_gettext("Radar"), "institution.radar", frozenset({COORDINATOR})),
    MenuLink(lazy_gettext("Yazılar"), "institution.letters", frozenset({COORDINATOR})),
    MenuLink(lazy_gettext("Destek soruları"), "support.questions", frozenset({COORDINATOR})),
    MenuLink(lazy_gettext("Mesajlarım"), "portal.messages", frozenset({COORDINATOR})),
    MenuLink(lazy_gettext("Hesaplar"), "admin.accounts", frozenset({ADMINISTRATOR})),
    MenuLink(lazy_gettext("Yetki önerileri"), "admin.waiting", frozenset({ADMINISTRATOR})),
    MenuLink(lazy_gettext("İleti metinleri"), "admin.texts", frozenset({ADMINISTRATOR})),
    MenuLink(
        lazy_gettext("Destek birimleri"),
        "support.units",
        frozenset({COORDINATOR, ADMINISTRATOR, AUDITOR}),
    ),
    MenuLink(
        lazy_gettext("Genel bakış"),
        "office.overview",
        frozenset(HOUSE),
    ),
    MenuLink(
        lazy_gettext("Toplu işler"),
        "office.bulk_list",
        frozenset(HOUSE),
    ),
)
"""The menu; a role's first entry is where it lands after signing in."""


def blueprints(*, demo: bool = False) -> Iterator[Blueprint]:
    """Import the packages that exist and hand over their blueprints."""
    for name in (*PACKAGES, *DEMO_PACKAGES * demo):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            blueprint: Blueprint = import_module(name).blueprint
            yield blueprint


def menu_for(app: Flask, roles: Iterable[str]) -> list[MenuLink]:
    """Return the entries that somebody with these roles may open."""
    held = frozenset(roles)
    return [link for link in MENU if link.roles & held and link.endpoint in app.view_functions]


def home_endpoint(app: Flask, roles: Iterable[str]) -> str:
    """Return the page somebody with these roles starts from."""
    links = menu_for(app, roles)
    return links[0].endpoint if links else "auth.account"
