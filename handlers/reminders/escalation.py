"""What coordinators are told: one message a day about all of their people whom a step has come to.

A step of the ladder ``coordinator`` goes to the nearest institution upwards that has a coordinator
who can be written to, one of ``above`` to the next of those. Where there is none the step is taken
back and found anew on the next day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text, update

from handlers.applications import message
from handlers.post import outbox
from handlers.post.channels import channels_of
from handlers.post.outbox import PostWay
from handlers.reminders.needs import REMINDED, cards_of
from handlers.reminders.steps import AFTER_OPENING
from handlers.ways.asked import routing_day
from states.cases.certificate import Certificate
from states.logs.reminder import Reminder
from states.people.person import IN_OFFICE, Person
from states.people.user import User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.ways.way import RoutingDay

NAMED = 20
"""People that a message names; of more it says how many, and where the list is."""

AT_ONCE = 1_000
"""Certificates that the router is asked about at once."""

LIST = "/kurum"
"""Where a coordinator's list is."""

# The institutions upwards of everybody whom a step has come to, those first that are nearest; of
# each the first and the second that has a coordinator.
_TOLD = text("""
WITH RECURSIVE unsent AS (
    SELECT r.id, r.ladder, p.institution_id FROM reminder r JOIN person p ON p.id = r.person_id
    WHERE r.message IS NULL AND r.ladder = ANY(CAST(:ladders AS text[]))
),
up(start, place, height) AS (
    SELECT DISTINCT institution_id, institution_id, 0 FROM unsent WHERE institution_id IS NOT NULL
    UNION ALL
    SELECT up.start, i.parent_id, up.height + 1 FROM up JOIN institution i ON i.id = up.place
    WHERE i.parent_id IS NOT NULL AND up.height < :highest
),
manned AS (
    SELECT up.start, up.place, row_number() OVER (PARTITION BY up.start ORDER BY up.height) AS nth
    FROM up WHERE EXISTS (SELECT FROM office_user u JOIN person h ON h.id = u.person_id
        WHERE u.institution_id = up.place AND u.active AND 'coordinator' = ANY(u.roles)
            AND h.standing = 'in_office' AND (h.email IS NOT NULL OR h.phone IS NOT NULL))
)
SELECT m.place, array_agg(u.id ORDER BY u.id) AS steps FROM unsent u
LEFT JOIN manned m ON m.start = u.institution_id
    AND m.nth = CASE u.ladder WHEN 'above' THEN 2 ELSE 1 END
GROUP BY m.place ORDER BY m.place
""")

HIGHEST = 20
"""Institutions above one another that are looked at, whatever the tree says."""


def tell_coordinators(engine: CaseEngine) -> int:
    """Write to every coordinator whose people a step has come to; return how many steps it were."""
    day = routing_day(engine)
    parameters = {"ladders": [one.value for one in AFTER_OPENING], "highest": HIGHEST}
    with engine.database.connect() as connection:
        places = connection.execute(_TOLD, parameters).all()
    told = 0
    for place, steps in places:
        with engine.database.begin() as connection:
            told += _tell(connection, engine, place, steps, day)
            engine.point("ladder_escalated")
    return told


def _tell(
    connection: Connection,
    engine: CaseEngine,
    place: int | None,
    steps: Sequence[int],
    day: RoutingDay,
) -> int:
    """Write to the coordinators of an institution; nothing of whom there is nothing to tell."""
    rows = _unsent(connection, steps)
    accounts = _coordinators(connection, place)  # somebody may have left in between
    needed = _needed(connection, rows, day) if accounts else []
    needless = {row["reminder"] for row in rows} - {row["reminder"] for row in needed}
    if needless:
        connection.execute(delete(Reminder).where(Reminder.id.in_(needless)))
    if not needed:
        return 0
    keys = [_write(connection, engine, account, needed, day) for account in accounts]
    sent = [row["reminder"] for row in needed]
    connection.execute(update(Reminder).where(Reminder.id.in_(sent)).values(message=keys[0]))
    return len(sent)


def _unsent(connection: Connection, steps: Sequence[int]) -> list[dict[str, Any]]:
    query = (
        select(
            Certificate.__table__, Reminder.id.label("reminder"),
            Person.given_name, Person.surname,
        )
        .join(Reminder, Reminder.certificate_id == Certificate.id)
        .join(Person, Person.id == Reminder.person_id)
        .where(Reminder.id.in_(steps), Reminder.message.is_(None))
        .order_by(Certificate.ends_on, Person.sort_key, Certificate.id)
        .with_for_update(of=Reminder)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def _needed(
    connection: Connection, rows: Sequence[dict[str, Any]], day: RoutingDay
) -> list[dict[str, Any]]:
    going_on = [row for row in rows if row["reminders_stopped_on"] is None]
    cards: set[int] = set()
    for first in range(0, len(going_on), AT_ONCE):
        people = {row["id"]: row["person_id"] for row in going_on[first : first + AT_ONCE]}
        found = cards_of(connection, people, day)
        cards |= {number for number, card in found.items() if card.situation in REMINDED}
    return [row for row in going_on if row["id"] in cards]


def _coordinators(connection: Connection, place: int | None) -> Sequence[Any]:
    """Return account and person of the coordinators of an institution who can be written to."""
    query = (
        select(User.id, User.person_id)
        .join(Person, Person.id == User.person_id)
        .where(
            User.institution_id == place,
            User.active,
            User.roles.contains(["coordinator"]),
            Person.standing == IN_OFFICE,
            Person.email.is_not(None) | Person.phone.is_not(None),
        )
        .order_by(User.id)
    )
    return connection.execute(query).all() if place is not None else []


def _write(
    connection: Connection,
    engine: CaseEngine,
    account: Any,  # noqa: ANN401 - number and person of an account
    needed: Sequence[Mapping[str, Any]],
    day: RoutingDay,
) -> str:
    """Put the message of the day to a coordinator into the outbox; return its key."""
    people: dict[int, Mapping[str, Any]] = {}
    for row in needed:  # one of two steps is one person
        people.setdefault(row["person_id"], row)
    named = [(f"{row['given_name']} {row['surname']}", row["ends_on"]) for row in people.values()]
    case = {**needed[0], "person_id": account.person_id}
    key = f"reminder/{account.id}/{day.today:%Y%m%d}"
    letter = message.write(
        connection, "reminder/coordinator", case, "", day.today,
        count=len(named), waiting=named if len(named) <= NAMED else [],
        first_end=named[0][1], url=f"{engine.services.site}{LIST}",
    )  # fmt: skip
    outbox.put(connection, case, key, letter, day.now, PostWay(channels_of(engine.services)))
    return key
