"""The day on which production may start: computed from dated policy, kept, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.certificates.validity import in_force
from handlers.kit import rows
from handlers.ways.days import opening_day
from states.cases.application import Application
from states.cases.certificate import Certificate
from workflow.model.actor import system
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.duration import Duration
from workflow.model.registry import action
from workflow.model.request import Tally

if TYPE_CHECKING:
    from datetime import date

    from handlers.kit.context import CaseEngine, Context

POLICY = system("policy")
"""Who plans a case anew when a policy row begins."""


@action(writes=("production_opens_on",))
def plan(context: Context) -> None:
    """Write the first day of production and the policy row it rests on; log a change.

    A kind that produces in the window waits for the old certificate's last day minus
    ``produce_from`` (calendar months, Istanbul, end of month clamped); once that certificate is
    revoked or has ended there is nothing to wait for. Any other opens on the day it was filed.
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


def recompute(engine: CaseEngine) -> Tally:
    """Plan held applications anew whose policy row is no longer the one in force, and log it.

    Each case is judged by the windows of the definition it is pinned to; nothing happens on the
    days on which no row begins.
    """
    tally = Tally()
    for sha256, ids in _outdated(engine):
        workflow = engine.library.pinned(sha256).name
        tally.add(engine.fire_many(workflow, "redate", POLICY, ids, batch="policy"))
    return tally


@action(writes=("data_asked_on",))
def note_asked(context: Context) -> None:
    """Keep that the person was asked today whether address and data still hold."""
    context.update(data_asked_on=context.today)


def ask_to_check(engine: CaseEngine) -> Tally:
    """Ask the people of held applications, some days before production, whether their data hold.

    An application may be filed years ahead; what was filed within these very days is fresh enough.
    """
    tally = Tally()
    for sha256, ids in _to_ask(engine):
        workflow = engine.library.pinned(sha256).name
        tally.add(engine.fire_many(workflow, "ask_to_check", POLICY, ids, batch="check_data"))
    return tally


def _to_ask(engine: CaseEngine) -> list[tuple[str, list[int]]]:
    now = engine.clock.now()
    today = day_in_istanbul(now)
    held = select(Application.definition).where(Application.state == "held").distinct()
    found = []
    with engine.database.connect() as connection:
        for sha256 in connection.execute(held).scalars().all():
            definition = engine.library.pinned(sha256)
            ahead = definition.window_on(today).get("check_data")
            if "ask_to_check" not in definition.transitions or not isinstance(ahead, Duration):
                continue
            due = select(Application.id).where(
                Application.state == "held",
                Application.definition == sha256,
                Application.production_opens_on <= today + ahead,
                Application.data_asked_on.is_(None),
                Application.created_at < start_of_day(today - ahead),
            )
            found.append((sha256, list(connection.execute(due).scalars())))
    return [(sha256, ids) for sha256, ids in found if ids]


def _outdated(engine: CaseEngine) -> list[tuple[str, list[int]]]:
    today = day_in_istanbul(engine.clock.now())
    held = select(Application.definition).where(Application.state == "held").distinct()
    found = []
    with engine.database.connect() as connection:
        for sha256 in connection.execute(held).scalars().all():
            begun = engine.library.pinned(sha256).window_on(today)["from"]
            stale = select(Application.id).where(
                Application.state == "held",
                Application.definition == sha256,
                Application.window_from != begun,
            )
            found.append((sha256, list(connection.execute(stale).scalars())))
    return [(sha256, ids) for sha256, ids in found if ids]


def _window_day(context: Context) -> date | None:
    """Return the day the window opens, or None where no window applies."""
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    if kind["produces"] != "in_window":
        return None
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if old is None or old.ends_on is None:
        return None
    if not in_force(old, context.now):
        before = rows.optional_date(context.case, "production_opens_on")
        return min(before or context.today, context.today)
    return opening_day(old.ends_on, context.window["produce_from"])
