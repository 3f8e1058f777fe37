"""Owns the frame of a case: what all of its pages show, and the way from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from handlers.notes import WRITERS
from web.office import page, worklist
from web.office.forms import has_page
from web.session import current

if TYPE_CHECKING:
    from web.reading import Found

TABS = (
    ("Özet", "office.case"),
    ("Evrak", "office.papers"),
    ("İmza", "office.signing"),
    ("Geçmiş", "office.history"),
)


def show(found: Found, template: str, about: page.Subject | None = None, **more: object) -> str:
    """Return a page of a case inside its frame; ``about`` saves reading the person again."""
    about = about or page.subject(found)
    actor = current().actor
    return render_template(
        template,
        case=found,
        about=about,
        deadline=page.deadline(found, about),
        moves=page.moves(found, actor),
        has_page=has_page,
        carries_on=worklist.carries_on,
        at_desk=not actor.roles.isdisjoint(WRITERS),
        tabs=[(title, url_for(name, reference=found.reference), name) for title, name in TABS],
        **more,
    )
