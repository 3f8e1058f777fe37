"""The coordinator's start page: the list, its filter in the address, and its counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from handlers.kit.roles import COORDINATOR
from handlers.ways.asked import routing_day
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.sealed_names import open_name, seal_name
from web.institution import figures, roster
from web.institution.blueprint import blueprint
from web.institution.standing import RADAR_TITLES
from web.institution.subtree import own_institution, unit_within
from web.kit.batches.messages import BY_FILTER, PICKED
from web.kit.marks import parse_after

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.people.institution import Institution

LONGEST = 100
"""Characters of one field of the filter."""

PLAIN = ("birim", "yalniz", "durum", "eonay", "bant", "ay", "gun")
KNOWN = ("ad", *PLAIN)
"""The parts of the filter as they stand in the address; the name is sealed."""


@blueprint.post("/kurum")
@allow(COORDINATOR)
def filter_home() -> ResponseReturnValue:
    """Take a filter that was typed to its address, in which no name stands open."""
    typed = {name: request.form.get(name, "")[:LONGEST] for name in PLAIN}
    name = seal_name(request.form.get("ara", "").strip()[:LONGEST])
    found: dict[str, Any] = {**typed, "ad": name}
    return redirect(
        url_for("institution.home", **{key: text for key, text in found.items() if text})
    )


@blueprint.get("/kurum")
@allow(COORDINATOR)
def home() -> ResponseReturnValue:
    """List whose certificates end when, and how far each renewal has come."""
    institution = own_institution()
    if institution is None:
        return render_template("institution/unassigned.html")
    composition = composed()
    day = routing_day(composition.engine)
    unit = asked_unit(institution)
    filters = asked(unit.path)
    page = roster.read(composition.database, filters, day)
    query = {name: [v for v in request.args.getlist(name) if v] for name in KNOWN}
    return render_template(
        "institution/home.html",
        institution=institution,
        unit=unit,
        parents=figures.parents(composition.database, institution),
        page=page,
        filters=filters,
        bands=roster.BANDS,
        standings=RADAR_TITLES,
        today=day.today,
        query=query,
        paged=bool(filters.after),
        picked=PICKED,
        by_filter=BY_FILTER,
        following={**query, "sonra": [page.following]} if page.following else None,
    )


def asked_unit(top: Institution) -> Institution:
    """Return the unit that the list is about: the whole subtree unless one is named."""
    code = request.args.get("birim", "")
    return unit_within(top, code) if code else top


def asked(within: str) -> roster.RosterFilter:
    """Read the filter from the address; what is not ours is left out."""
    band, standing, consent = (request.args.get(name, "") for name in ("bant", "durum", "eonay"))
    return roster.RosterFilter(
        within=within,
        alone=request.args.get("yalniz") == "1",
        band=band if band in roster.BANDS else "",
        month=_day(f"{request.args.get('ay', '')}-01"),
        day=_day(request.args.get("gun", "")),
        standing=standing if standing in set(RADAR_TITLES) else "",
        consent=consent if consent in {roster.WITH, roster.WITHOUT} else "",
        text=open_name(request.args.get("ad", "")),
        after=parse_after(request.args.get("sonra", "")),
    )


def _day(text: str) -> date | None:
    """Read a day as ``2026-05-01``; what is none is no filter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
