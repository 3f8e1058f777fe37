"""The drawing on the case page: the workflow, the way a case took, and how long it stood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup
from sqlalchemy import text

from web.gate.composition import composed
from web.gate.language import gettext, ngettext
from workflow.model.machine import NEW
from workflow.present.diagram import diagram

if TYPE_CHECKING:
    from web.kit.reading import CaseRecord
    from workflow.model.definition import Definition

# One row for each line of the drawing that was gone, however often, so that a case that went in
# circles for years is read as fast as a new one.
_WAY = text(
    """
    WITH entry AS (
        SELECT n, at, body::jsonb ->> 'from' AS source, body::jsonb ->> 'to' AS target,
               lead(at) OVER (ORDER BY n) AS left_at
        FROM journal WHERE case_id = :case
    )
    SELECT source, target, count(*) AS times, min(at) AS first_at,
           sum(coalesce(left_at, :now) - at) AS stood
    FROM entry GROUP BY source, target ORDER BY min(n)
    """
)


@dataclass(frozen=True, slots=True)
class Stay:
    """How a case stood in one state: since when, how often, how long in all; None at the end."""

    state: str
    first_at: datetime
    times: int
    stood: timedelta | None

    @property
    def noted(self) -> bool:
        """Say whether the time is worth a word in the drawing: not in a state passed through."""
        return self.stood is not None and self.stood >= timedelta(minutes=1)

    @property
    def words(self) -> str:
        """How long, in words."""
        return "" if self.stood is None else span(self.stood)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The SVG of a case's workflow, that of the way it took alone, and the way in rows."""

    svg: Markup
    way: Markup
    stays: list[Stay]


def of_case(case: CaseRecord) -> Drawing:
    """Draw a case's workflow; its texts are escaped where it is drawn."""
    composition = composed()
    values = {"case": case.id, "now": composition.clock.now()}
    with composition.database.connect() as connection:
        rows = connection.execute(_WAY, values).all()
    stays: dict[str, Stay] = {}
    for row in rows:
        final = case.definition.states[row.target].final
        before = stays.get(row.target, Stay(row.target, row.first_at, 0, timedelta()))
        stood = None if final else (before.stood or timedelta()) + row.stood
        stays[row.target] = Stay(row.target, before.first_at, before.times + row.times, stood)
    taken = [(row.source, row.target) for row in rows]
    notes = {stay.state: stay.words for stay in stays.values() if stay.noted}
    whole, way = (
        Markup(diagram(one, present=case.state, taken=taken, notes=notes))  # noqa: S704 - our own SVG, escaped there
        for one in (case.definition, _folded(case, taken))
    )
    return Drawing(whole, way, list(stays.values()))


def _folded(case: CaseRecord, taken: list[tuple[str, str]]) -> Definition:
    """Return a workflow with nothing but what a case has gone through, for its drawing.

    Where its journal does not lead to where it stands, all of it is drawn.
    """
    definition = case.definition
    passed, edge = {NEW}, {NEW}
    while edge:
        edge = {target for source, target in taken if source in edge} - passed
        passed |= edge
    if case.state not in passed:
        return replace(definition, name=f"{definition.name}-way")
    states = {name: state for name, state in definition.states.items() if name in passed}
    moves = {}
    for name, move in definition.transitions.items():
        source = tuple(one for one in move.source if (one, move.target) in taken and one in passed)
        if source:
            moves[name] = replace(move, source=source)
    return replace(definition, name=f"{definition.name}-way", states=states, transitions=moves)


def span(length: timedelta) -> str:
    """Write a length of time by its two largest parts: ``3 gün 4 saat``."""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return " ".join(filter(None, (_days(days), _hours(hours))))
    if hours:
        return " ".join(filter(None, (_hours(hours), _minutes(minutes))))
    return _minutes(minutes) or gettext("%(number)s saniye", number=seconds)


def _days(number: int) -> str:
    return ngettext("%(num)s gün", "%(num)s gün", number)


def _hours(number: int) -> str:
    return ngettext("%(num)s saat", "%(num)s saat", number) if number else ""


def _minutes(number: int) -> str:
    return ngettext("%(num)s dakika", "%(num)s dakika", number) if number else ""
