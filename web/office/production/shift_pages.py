"""The page of a shift's figures, and its takeout."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from handlers.kit.roles import DESK
from handlers.upkeep import figures
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.kit.charts import Column, columns
from web.kit.formats import day as written_day
from web.kit.formats import long_day
from web.kit.tables import TableColumn
from web.office.blueprint import blueprint
from web.office.production import shift
from web.office.production.line import FINISHED, HANDED_OVER
from web.office.production.shift import SERIES
from workflow.journal.export import BYTE_ORDER_MARK, csv_line
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

    from web.office.production.shift import ShiftFigures

DRAWN = (FINISHED, HANDED_OVER)
"""The series that are drawn; the table holds all."""

EARLIEST = date(2000, 1, 1)
"""No office of ours made a card before."""


@blueprint.get("/ofis/uretim/vardiya")
@allow(*DESK)
def shift_figures() -> ResponseReturnValue:
    """Show what was made and handed over in each hour of a day, and on each of the last days."""
    composition = composed()
    today = day_in_istanbul(composition.clock.now())
    asked = request.args.get("gun", "")
    day = _day(asked, today)
    counted = figures.counted(composition.engine)
    with composition.database.connect() as connection:
        hours = shift.by_hour(connection, day or today)
    days = shift.by_day(counted, today)
    return render_template(
        "office/shift.html",
        day=day or today,
        today=today,
        wrong=bool(asked) and day is None,
        hours=hours,
        hour_charts=_charts(hours, long_day(day or today)),
        days=days,
        day_charts=_charts(days, gettext("son 30 gün")),
        counted_at=counted.at,
        titles=[TableColumn(title, number=True) for title in SERIES.values()],
    )


@blueprint.get("/ofis/uretim/vardiya.csv")
@allow(*DESK)
def shift_takeout() -> ResponseReturnValue:
    """Hand out the hours of a day as CSV; without a day, the last days."""
    composition = composed()
    today = day_in_istanbul(composition.clock.now())
    day = _day(request.args.get("gun", ""), today)
    if day is None:
        table = shift.as_table(
            shift.by_day(figures.counted(composition.engine), today), gettext("Gün")
        )
        name = f"uretim-gunler-{today:%Y-%m-%d}"
    else:
        with composition.database.connect() as connection:
            table = shift.as_table(
                shift.by_hour(connection, day), gettext("Saat, %(day)s", day=written_day(day))
            )
        name = f"uretim-{day:%Y-%m-%d}"
    lines = BYTE_ORDER_MARK + "".join(csv_line(list(line)) for line in table)
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _day(typed: str, today: date) -> date | None:
    """Return the day that was asked for; None for nothing, what is no day, and one to come."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if EARLIEST <= day <= today else None


def _charts(found: ShiftFigures, span: str) -> list[tuple[str, int, Markup]]:
    charts = []
    for series in DRAWN:
        title, counts = SERIES[series], found.of(series)
        total = sum(count for _, count in counts)
        shown = [Column(label[:5], count) for label, count in counts]
        charts.append((title, total, columns(shown, f"{title}, {span}: {total}.")))
    return charts
