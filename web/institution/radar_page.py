"""The radar: where the people of a unit and of all below it stand, and what comes in the months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request, url_for

from handlers.kit.roles import COORDINATOR
from handlers.radar.standing import RadarStanding
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.institution import figures
from web.institution.blueprint import blueprint
from web.institution.standing import RADAR_TITLES
from web.institution.subtree import own_institution, unit_within
from web.kit.charts import Column, columns
from web.kit.formats import number
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue
    from markupsafe import Markup


@blueprint.get("/kurum/radar", defaults={"code": ""})
@blueprint.get("/kurum/radar/<code>")
@allow(COORDINATOR)
def radar(code: str) -> ResponseReturnValue:
    """Show the figures of the coordinator's unit, or of one below it; 404 for any other."""
    top = own_institution()
    if top is None:
        return render_template("institution/unassigned.html") if not code else abort(404)
    unit = unit_within(top, code) if code else top
    composition = composed()
    today = day_in_istanbul(composition.clock.now())
    page = min(max(request.args.get("sayfa", 1, type=int), 1), 1000)
    found = figures.read(composition.database, unit, today, page)
    months = found.months(today)
    return render_template(
        "institution/radar.html",
        unit=unit,
        above=figures.above(composition.database, top, unit),
        radar=found,
        titles=RADAR_TITLES,
        late=found.whole.counts.get(RadarStanding.LATE, 0),
        this_month=months[0][1],
        months=months,
        chart=_chart(months),
        cohorts=found.cohorts(today),
        cohort=figures.COHORT,
        changes=figures.changes(found),
        page=page,
        last=max(-(-found.units // figures.PER_PAGE), 1),
        list_of=_list_of,
    )


def _list_of(unit: str, **filters: Any) -> str:  # noqa: ANN401 - as `url_for` takes them
    """Return the address of the list behind a number."""
    return url_for("institution.home", birim=unit, **filters)


def _chart(months: list[tuple[date, int]]) -> Markup:
    total = number(sum(count for _, count in months))
    sentence = gettext("Önümüzdeki 12 ayda biten sertifikalar, aya göre: toplam %(n)s.", n=total)
    return columns([Column(f"{month:%m.%Y}", count) for month, count in months], sentence)
