"""The rows of the router: what thousands of people do next, beside a bare script of those facts."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from handlers.ways import facts
from handlers.ways.asked import routing_day
from handlers.ways.router import route
from handlers.ways.way import RoutingDay
from web.bench.kit.bare import connect
from web.bench.kit.ground import run_as_owner
from web.bench.kit.table import ABOVE, BELOW, Figure
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import URL

    from web.bench.kit.bare import BareConnection
    from web.gate.composition import Composition

AT_ONCE = 500
"""People that are asked for in one question, on both sides."""

ROUNDS = 3
SINGLE = 200

_CARDS = """
INSERT INTO certificate (id, person_id, serial, issuer, not_before, not_after, seen, ends_on,
    definition, state, version, head, entered_at, created_at)
SELECT nextval('case_id'), p.id, 'b' || lpad(to_hex(p.id), 16, '0'), c.issuer,
    d.ends - 1095 + mod(p.id, 80000) * interval '1 second',
    d.ends - interval '3 hours 1 second', 'made', d.ends - 1,
    c.definition, 'active', 1, c.head, c.entered_at, c.created_at
FROM person p, (SELECT * FROM certificate ORDER BY id LIMIT 1) c,
    LATERAL (SELECT c.entered_at::date + mod(p.id, 400)::int - 40 AS ends) d
WHERE p.id <= %(people)s AND NOT EXISTS (SELECT 1 FROM certificate o WHERE o.person_id = p.id)
"""
"""A certificate for everybody who has none: some have ended, most end within a year."""

_PERSONS = """
SELECT p.id, p.standing, i.closed_on IS NULL, EXISTS (SELECT 1 FROM consent c
    WHERE c.person_id = p.id AND c.state = 'in_force' AND c.terms_version =
        (SELECT version FROM terms ORDER BY valid_from DESC LIMIT 1))
FROM person p LEFT JOIN institution i ON i.id = p.institution_id WHERE p.id = ANY(%s)
"""

_CERTIFICATES = """
SELECT c.person_id, c.id, c.reference, c.serial, c.state, c.ends_on, c.ends_at, c.not_before,
    c.revoked_at, c.seen, c.der IS NOT NULL, c.checked_at, c.suspended_by, c.activate_by,
    c.state = 'active' OR c.state = 'suspended' AND EXISTS (SELECT 1 FROM journal j
        WHERE j.case_id = c.id AND j.trigger IN ('activate', 'record', 'enter')),
    c.state = 'active' AND k.so_pin_sealed IS NOT NULL,
    (SELECT max(d.created_at) FROM code d WHERE d.purpose = 'pin' AND d.target_case_id = c.id
        AND d.secret_hash IS NOT NULL),
    c.application_id, a.reference, a.kind, a.state, a.old_certificate_id
FROM certificate c LEFT JOIN application a ON a.id = c.application_id
    LEFT JOIN card k ON k.id = c.card_id
WHERE c.person_id = ANY(%s) ORDER BY c.id
"""

_APPLICATIONS = """
SELECT person_id, id, reference, kind, method, state, old_certificate_id, certificate_id,
    production_opens_on, entered_at, due_at
FROM application WHERE person_id = ANY(%s) AND state <> ALL(%s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class BareDay:
    """What the bare script knows beside the rows: the day, and what each step takes in days."""

    now: datetime
    today: date
    asking: frozenset[str]
    """States of an application in which its person has to do something."""
    final: list[str]
    waits: tuple[tuple[str, int], ...]
    card: int


Answer = tuple[str, tuple[str, ...]]
"""Where a person stands, and the methods by which they can apply for a renewal."""


def rows(url: URL, many: Composition, people: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield people a second against the bare script, in turns, and milliseconds of one person."""
    run_as_owner(url, (_CARDS, {"people": people}), ("VACUUM ANALYZE certificate", {}))
    tell(f"routing {people:,} people")
    ours, bare = measure(url, many, people)
    name = f"what {people:,} people do next, against bare SQL and Python that answer the same"
    yield Figure(name, people / ours, people / bare, "1/s", 0.3, 0.5, ABOVE)
    tell("routing one person at a time")
    yield Figure("what one person does next", median(ask_each(many)) * 1e3, 1, "ms", 5, 2, BELOW)


def _groups(people: int) -> Iterator[list[int]]:
    for first in range(1, people + 1, AT_ONCE):
        yield list(range(first, min(first + AT_ONCE, people + 1)))


def measure(url: URL, many: Composition, people: int) -> tuple[float, float]:
    """Return the seconds of either side: of each group the quickest of the rounds, in turns.

    RuntimeError where the two say something else of somebody.
    """
    day, bare_day = routing_day(many.engine), _bare_day(many)
    ours: dict[int, list[float]] = defaultdict(list)
    bare: dict[int, list[float]] = defaultdict(list)
    with connect(url) as connection:
        for _ in range(ROUNDS):
            day = RoutingDay(day.definition, day.now, day.durations)  # which remembers nothing
            for ids in _groups(people):
                begun = perf_counter()
                answers = ask(many, day, ids)
                ours[ids[0]].append(perf_counter() - begun)
                begun = perf_counter()
                theirs = ask_bare(connection, bare_day, ids)
                bare[ids[0]].append(perf_counter() - begun)
                if answers != theirs:
                    raise RuntimeError("the bare script says something else")
    mine, other = (sum(min(times) for times in side.values()) for side in (ours, bare))
    return mine, other


def ask(many: Composition, day: RoutingDay, ids: list[int]) -> list[Answer]:
    """Return what the router answers for people."""
    with many.database.connect() as connection:
        persons = facts.read_all(connection, ids)
    routes = [route(persons[number], day) for number in ids]
    return [
        (found.card.situation.value, tuple(way.method for way in found.ways if way.open))
        for found in routes
    ]


def ask_each(many: Composition) -> list[float]:
    """Return the seconds of single persons, one question after the other."""
    day, times = routing_day(many.engine), []
    for number in range(1, SINGLE + 1):
        begun = perf_counter()
        with many.database.connect() as connection:
            person = facts.read(connection, number)
        if person is not None:
            route(person, day)
        times.append(perf_counter() - begun)
    return times


def ask_bare(connection: BareConnection, day: BareDay, ids: list[int]) -> list[Answer]:
    """Return the answers of a script that knows this crowd's rules by heart."""
    persons = connection.execute(_PERSONS, (ids,)).fetchall()
    certificates, applications = defaultdict(list), defaultdict(list)
    for row in connection.execute(_CERTIFICATES, (ids,)):
        certificates[row[0]].append(row)
    for row in connection.execute(_APPLICATIONS, (ids, day.final)):
        applications[row[0]].append(row)
    found = {one[0]: _next(certificates[one[0]], applications[one[0]], day) for one in persons}
    return [found[number] for number in ids]


def _bare_day(many: Composition) -> BareDay:
    definition, now = many.library.workflow("application"), many.clock.now()
    took = routing_day(many.engine).durations
    paper, desk = took.posting + took.review, took.review
    waits = (("e_onay", 0), ("e_imza", 0), ("wet_signature", paper), ("in_person", desk))
    states = definition.states.items()
    return BareDay(
        now, day_in_istanbul(now),
        frozenset(name for name, state in states if state.next == "applicant"),
        [name for name, state in states if state.final],
        waits, took.card,
    )  # fmt: skip


def _next(certificates: list[Any], applications: list[Any], day: BareDay) -> Answer:
    covered = {row[6] for row in applications}
    free = [
        row for row in certificates
        if row[14] and row[8] is None and row[6] >= day.now and row[1] not in covered
    ]  # fmt: skip
    limit = min((row[10].date() for row in applications if row[5] in day.asking), default=None)
    if free:
        ends_on = min(free, key=itemgetter(6))[5]
        early = day.today < _months_before(ends_on, 3)
        first = limit and (early or limit <= max(_months_before(ends_on, 1), day.today))
        return ("your_turn", ()) if first else _renewal(ends_on, day)
    if applications:
        return ("your_turn" if limit else "under_way"), ()
    return ("ended" if certificates else "none"), ("in_person",)


def _renewal(ends_on: date, day: BareDay) -> Answer:
    by, asked, made = (_months_before(ends_on, months) for months in (1, 3, 2))
    if day.today < ends_on - timedelta(days=180):
        situation = "far"
    elif day.today < asked:
        situation = "early"
    elif day.today <= by:
        situation = "due"
    else:
        situation = "last_day" if day.today >= ends_on else "late"
    ways = []
    for method, wait in day.waits:
        approved = day.today + timedelta(days=wait)
        expected = max(approved, made) + timedelta(days=day.card)
        if method != "wet_signature" or approved <= ends_on:
            ways.append((method, expected, max((expected - ends_on).days, 0)))
    return situation, tuple(method for method, _, _ in ways)


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
