"""Owns the day on which production may start: computed from dated policy, kept, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import rows
from states.certificate import Certificate
from workflow.duration import Duration
from workflow.registry import action

if TYPE_CHECKING:
    from datetime import date

    from workflow.context import Context


@action
def plan(context: Context) -> None:
    """Write the first day of production and the policy row it rests on; log a change.

    A kind that produces in the window waits for the old certificate's last day minus
    ``produce_from`` (calendar months, Istanbul, end of month clamped); any other opens on the day
    it was filed.
    """
    before = rows.optional_date(context.case, "production_opens_on")
    opens_on = _window_day(context) or before or context.today
    window_from = context.window["from"]
    if before == opens_on and context.case.get("window_from") == window_from:
        return
    context.update(production_opens_on=opens_on, window_from=window_from)
    context.note(
        production_opens_on=opens_on.isoformat(),
        production_opened_on=before.isoformat() if before else None,
        window_from=str(window_from),
    )


def _window_day(context: Context) -> date | None:
    """Return the day the window opens, or None where no window applies."""
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    if kind["produces"] != "in_window":
        return None
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if old is None or old.ends_on is None:
        return None
    return opening_day(old.ends_on, context.window["produce_from"])


def opening_day(ends_on: date, produce_from: object) -> date:
    """Return the first day of production for a certificate whose last day is ``ends_on``."""
    if not isinstance(produce_from, Duration):
        message = f"produce_from is {type(produce_from).__name__}, not a duration"
        raise TypeError(message)
    return ends_on - produce_from
