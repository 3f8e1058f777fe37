"""The list of faces: which blueprints make up the site, and the menu each role sees."""

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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Blueprint, Flask

FACES = (
    "web.site.health",
    "web.site.authority",
    "web.auth",
    "web.office",
    "web.audit",
    "web.portal",
    "web.api",
    "web.institution",
    "web.verify",
    "web.admin",
)
"""Packages whose ``blueprint`` is registered; one that is not there is left out."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the menu: its text, the endpoint it opens and the roles that see it."""

    text: str
    endpoint: str
    roles: frozenset[str]


MENU = (
    Link("Üretim ve kurye", "office.production", frozenset({OPERATOR})),
    Link("İş listem", "office.worklist_page", frozenset(DESK)),
    Link("Alınabilecekler", "office.unclaimed", frozenset(DESK)),
    Link("Evrak kabul", "office.intake", frozenset({OFFICER})),
    Link("Tüm başvurular", "office.applications", frozenset(DESK)),
    Link("Günlük", "audit.journal", frozenset({AUDITOR})),
    Link("Başvurularım", "portal.home", frozenset({APPLICANT})),
    Link("Kurum listesi", "institution.home", frozenset({COORDINATOR})),
    Link("Hesaplar", "admin.accounts", frozenset({ADMINISTRATOR})),
    Link("Yetki önerileri", "admin.waiting", frozenset({ADMINISTRATOR})),
    Link(
        "Genel bakış",
        "office.overview",
        frozenset(HOUSE),
    ),
    Link(
        "Toplu işler",
        "office.bulk_list",
        frozenset(HOUSE),
    ),
)
"""The menu; a role's first entry is where it lands after signing in."""


def blueprints() -> Iterator[Blueprint]:
    """Import the faces that exist and hand over their blueprints."""
    for name in FACES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            blueprint: Blueprint = import_module(name).blueprint
            yield blueprint


def menu_for(app: Flask, roles: Iterable[str]) -> list[Link]:
    """Return the entries that somebody with these roles may open."""
    held = frozenset(roles)
    return [link for link in MENU if link.roles & held and link.endpoint in app.view_functions]


def home_endpoint(app: Flask, roles: Iterable[str]) -> str:
    """Return the page somebody with these roles starts from."""
    links = menu_for(app, roles)
    return links[0].endpoint if links else "auth.account"
