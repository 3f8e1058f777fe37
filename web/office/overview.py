"""The overview: how many cases stand where, what opens when, what leaves, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template

from handlers.kit.roles import HOUSE
from handlers.upkeep import figures
from handlers.upkeep.service_outages import waiting
from web.gate.composition import composed
from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow, may_open
from web.kit.charts import Bar, Column, bars, columns
from web.kit.formats import long_day
from web.kit.people import names_of
from web.kit.tables import TableColumn
from web.office import outside
from web.office.blueprint import blueprint
from workflow.model.clock import day_in_istanbul
from workflow.present.sentences import sentence
from workflow.running.clock_difference import TOLERATED

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

    from handlers.upkeep.figures import Counted
    from workflow.model.definition import Definition

AGES = (
    ("day", _("1 günden az")),
    ("week", _("1–7 gün")),
    ("month", _("7–30 gün")),
    ("older", _("30 günden çok")),
)
"""How long cases stand in their state, from young to old."""

SERIES = (
    ("finish_production", _("Üretilen kart")),
    ("hand_to_courier", _("Kuryeye verilen")),
    ("deliver", _("Teslim edilen")),
    ("courier_return", _("Kuryeden dönen")),
)
"""What is counted day by day, and its title."""


TOKEN_FAULTS = {
    "lost": _("Dosyası yarım kalmış ve sağlam kopyası yok; yedekten geri yüklenmeli"),
    "double": _("Aynı etiketi iki kart taşıyor; biri depodan kaldırılmalı"),
    "orphan": _("Kaydı olmayan kart; başka bir veritabanından kalmış olabilir"),
}
"""What is said of tokens that need somebody."""

REFUSED_RECEIPTS = {
    "too_large": _("çok büyük"),
    "no_report": _("teslim bildirimi değil"),
    "names_none": _("hiçbir iletiyi göstermiyor"),
    "names_several": _("birden çok iletiyi gösteriyor"),
    "unknown": _("bilinmeyen ileti"),
    "forged": _("sahte"),
    "unsigned": _("KEP iletisi için imzasız"),
    "signature": _("imzası geçersiz ya da tanınmıyor"),
    "never_handed_over": _("gönderilmemiş ileti"),
}
"""Why what came back by mail did not count (handlers/post/receipts.py)."""

FEW = 10
"""Tokens that are named; all are counted."""


@dataclass(frozen=True, slots=True)
class StateBacklog:
    """The open cases of one state, by how long they have stood in it."""

    state: str
    title: str
    ages: tuple[int, ...]

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True)
class DailySeries:
    """Something counted day by day, with its chart."""

    title: str
    days: list[tuple[date, int]]
    chart: Markup

    @property
    def total(self) -> int:
        """The sum of all days."""
        return sum(count for _, count in self.days)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often one reason refused somebody, and when last; worded as it was then."""

    reason: str
    attempts: int
    last: datetime


@blueprint.get("/genel-bakis")
@allow(*HOUSE)
def overview() -> ResponseReturnValue:
    """Show how the office stands, by the figures that the worker counted last."""
    composition = composed()
    counted = figures.counted(composition.engine)
    definition = composition.library.workflow("application")
    today = day_in_istanbul(composition.clock.now())
    standing = _standing(definition, counted)
    return render_template(
        "office/overview.html",
        counted=counted,
        definition=definition,
        standing=standing,
        standing_chart=_standing_chart(standing),
        ages=[TableColumn(title, number=True) for _, title in AGES],
        closed=_closed(definition, counted),
        openings=_openings(counted, today),
        throughput=[_throughput(counted, name, title, today) for name, title in SERIES],
        refusals=_refusals(counted),
        stuck=counted.of("stuck"),
        returned=counted.of("returned"),
        names=names_of(composition.database, [row["holder"] for row in counted.of("returned")]),
        revocation_requests=counted.of("asked"),
        unreachable=sum(row["addresses"] for row in counted.of(figures.UNREACHABLE)),
        refused_receipts=_refused_receipts(counted),
        effects=counted.of("effects"),
        outside=waiting(counted.of("outside"), figures.MOST_STUCK),
        outside_titles=outside.TITLES,
        why=outside.why,
        clock=_clock(counted),
        opens=may_open("office.case"),
        lists=may_open("office.unreachable"),
        tokens=_tokens(counted),
        few=FEW,
        moment_of=datetime.fromisoformat,
    )


def _clock(counted: Counted) -> int:
    """Return by how many seconds the worker's clock is off, 0 when nobody need be told."""
    told = counted.of(figures.CLOCK)
    seconds = round(told[0]["seconds"]) if told else 0
    return seconds if abs(seconds) > TOLERATED.total_seconds() else 0


def _standing(definition: Definition, counted: Counted) -> list[StateBacklog]:
    """Return the states with open cases, in the order of the definition."""
    found = {row["state"]: row for row in counted.of("standing")}
    return [
        StateBacklog(name, spoken(state.title), tuple(found[name][age] for age, _ in AGES))
        for name, state in definition.states.items()
        if name in found
    ]


def _standing_chart(standing: list[StateBacklog]) -> Markup:
    lines = [Bar(line.title, line.ages) for line in standing]
    cases = sum(line.cases for line in standing)
    return bars(
        lines,
        [title for _, title in AGES],
        gettext("Açık başvurular, duruma göre: %(cases)s.", cases=cases),
    )


def _closed(definition: Definition, counted: Counted) -> list[tuple[str, int]]:
    found = {row["state"]: int(row["cases"]) for row in counted.of("totals")}
    final = (state for state in definition.states.values() if state.final)
    return [(spoken(state.title), found[state.name]) for state in final if state.name in found]


def _tokens(counted: Counted) -> list[tuple[str, list[str]]]:
    """Return what is wrong with tokens, each with those that it is wrong with."""
    rows = counted.of(figures.TOKENS)
    named = {
        fault: [row["label"] or row["folder"] for row in rows if row["fault"] == fault]
        for fault in TOKEN_FAULTS
    }
    return [(TOKEN_FAULTS[fault], names) for fault, names in named.items() if names]


def _refused_receipts(counted: Counted) -> list[tuple[str, int]]:
    """Return why mails that came back did not count, the most frequent reason first."""
    rows = sorted(counted.of(figures.REFUSED_RECEIPTS), key=lambda row: -row["mails"])
    return [(str(REFUSED_RECEIPTS[row["reason"]]), int(row["mails"])) for row in rows]


def _openings(counted: Counted, today: date) -> DailySeries:
    """Return the held cases by the day on which their production opens; late ones count today."""
    title = gettext("Üretim tarihi gelen başvurular")
    rows = [(max(today, _day(row)), int(row["cases"])) for row in counted.of("openings")]
    return _series(title, rows, [today + timedelta(days=n) for n in range(figures.DAYS_AHEAD)])


def _throughput(counted: Counted, trigger: str, title: str, today: date) -> DailySeries:
    first = today - timedelta(days=figures.DAYS_BACK - 1)
    found = counted.of("throughput")
    rows = [(_day(row), int(row["cases"])) for row in found if row["trigger"] == trigger]
    return _series(title, rows, [first + timedelta(days=n) for n in range(figures.DAYS_BACK)])


def _series(title: str, rows: list[tuple[date, int]], days: list[date]) -> DailySeries:
    counts = dict.fromkeys(days, 0)
    for day, cases in rows:
        if day in counts:
            counts[day] += cases
    shown = [Column(f"{day:%d.%m}", count) for day, count in counts.items()]
    words = f"{title}, {long_day(days[0])} – {long_day(days[-1])}: {sum(counts.values())}."
    return DailySeries(title, list(counts.items()), columns(shown, words))


def _day(row: dict[str, Any]) -> date:
    return date.fromisoformat(row["day"])


def _refusals(counted: Counted) -> list[Refusals]:
    known = composed().library.current
    return [
        Refusals(
            _reason(known.get(row["workflow"]), row["code"], row["params"]),
            row["attempts"],
            datetime.fromisoformat(row["last"]),
        )
        for row in counted.of("refusals")
    ]


def _reason(definition: Definition | None, code: str, params: dict[str, Any]) -> str:
    return sentence(definition, code, {"rule": code, **params}, language())
