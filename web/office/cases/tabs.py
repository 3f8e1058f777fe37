"""The frame of a case: what all of its pages show, and the way from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from handlers.kit.roles import DESK
from web.gate.language import lazy_gettext as _
from web.gate.session import current
from web.kit.move_forms import has_page
from web.office.cases import page
from web.office.queues import worklist

if TYPE_CHECKING:
    from web.kit.reading import CaseRecord

SCANS = (_("Taramalar"), "office.scans")
TABS = (
    (_("Özet"), "office.case"),
    (_("Evrak"), "office.papers"),
    SCANS,
    (_("İmza"), "office.signing"),
    (_("Geçmiş"), "office.history"),
)


def show(
    found: CaseRecord, template: str, about: page.CaseSubject | None = None, **more: object
) -> str:
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
        at_desk=not actor.roles.isdisjoint(DESK) and not page.is_own(found, actor),
        tabs=_tabs(found),
        **more,
    )


def _tabs(found: CaseRecord) -> list[tuple[str, str, str]]:
    """Return title, address and endpoint of each page; paper comes in for applications only."""
    shown = (tab for tab in TABS if found.workflow == "application" or tab != SCANS)
    return [(title, url_for(name, reference=found.reference), name) for title, name in shown]
