"""What holders are told: one message for each step that was found, with the router's sentences.

Between the sweep and the message somebody may have applied: the router is asked once more, and a
step of which nothing is left is taken back, so that it counts as not sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, exists, select, update

from handlers.applications import message
from handlers.post import outbox
from handlers.post.channels import channels_of
from handlers.post.outbox import PostWay
from handlers.reminders.needs import BY_HAND, REMINDED, cards_of, sentences
from handlers.reminders.steps import BEFORE_END
from handlers.ways.asked import routing_day
from states.cases.certificate import Certificate
from states.logs.reminder import Ladder, Reminder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.ways.router import RouteCard
    from handlers.ways.way import RoutingDay

AT_ONCE = 500
"""How many messages are written in a transaction."""

E_ONAY_PAGE = "/e-onay"
"""Where an e-onay is given."""


_UNSENT = (Reminder.message.is_(None), Reminder.ladder.in_([*BEFORE_END, Ladder.BY_HAND]))


def tell_holders(engine: CaseEngine) -> int:
    """Write the messages of the steps that were found; return how many there were."""
    with engine.database.connect() as connection:
        if not connection.scalar(select(exists().where(*_UNSENT))):
            return 0
    day, told = routing_day(engine), 0
    while True:
        with engine.database.begin() as connection:
            found = _unsent(connection)
            told += _tell(connection, engine, found, day)
            engine.point("ladder_told")
        if len(found) < AT_ONCE:
            return told


def _unsent(connection: Connection) -> list[dict[str, Any]]:
    query = (
        select(
            Certificate.__table__, Reminder.id.label("reminder"), Reminder.ladder, Reminder.sent_on
        )
        .join(Reminder, Reminder.certificate_id == Certificate.id)
        .where(*_UNSENT)
        .order_by(Reminder.id)
        .limit(AT_ONCE)
        .with_for_update(of=Reminder, skip_locked=True)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _tell(
    connection: Connection, engine: CaseEngine, found: Sequence[dict[str, Any]], day: RoutingDay
) -> int:
    people = {row["id"]: row["person_id"] for row in found if row["reminders_stopped_on"] is None}
    cards = cards_of(connection, people, day)
    renewed = _with_renewal_today(connection, found)
    sent, needless = [], []
    for row in found:
        card, ladder = cards.get(row["id"]), row["ladder"]
        wanted = BY_HAND if ladder == Ladder.BY_HAND else REMINDED
        later = ladder == Ladder.E_ONAY and row["id"] in renewed
        if card is None or card.situation not in wanted or later:
            needless.append(row["reminder"])
            continue
        key = f"reminder/{row['reminder']}"
        tell(connection, engine, row, key, card, day)
        sent.append({"number": row["reminder"], "key": key})
    if sent:
        keyed = update(Reminder).where(Reminder.id == bindparam("number"))
        connection.execute(keyed.values(message=bindparam("key")), sent)
    if needless:
        connection.execute(delete(Reminder).where(Reminder.id.in_(needless)))
    return len(sent)


def _with_renewal_today(connection: Connection, found: Sequence[dict[str, Any]]) -> frozenset[int]:
    """Return whose e-onay waits until tomorrow, for they are told of the renewal today."""
    asked = [row["id"] for row in found if row["ladder"] == Ladder.E_ONAY]
    days = {row["sent_on"] for row in found}
    query = select(Reminder.certificate_id).where(
        Reminder.certificate_id.in_(asked),
        Reminder.ladder == Ladder.RENEWAL,
        Reminder.sent_on.in_(days),
    )
    return frozenset(connection.scalars(query)) if asked else frozenset()


def tell(
    connection: Connection,
    engine: CaseEngine,
    case: dict[str, Any],
    key: str,
    card: RouteCard,
    day: RoutingDay,
) -> None:
    """Put a reminder into the outbox, once for each key."""
    ladder = case.get("ladder")
    template = "reminder/e_onay" if ladder == Ladder.E_ONAY else "reminder/renewal"
    site = engine.services.site
    more = {
        **sentences(card),
        "url": f"{site}{E_ONAY_PAGE}" if ladder == Ladder.E_ONAY else f"{site}/",
    }  # fmt: skip
    letter = message.write(connection, template, case, "", day.today, **more)
    outbox.put(connection, case, key, letter, day.now, PostWay(channels_of(engine.services)))
