"""What a person does now for their certificate, by when and how: one answer for every page.

Pure: facts, definition, moment and durations go in, codes with days come out, no words. Pages,
guards, lists, messages and the terminal ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from handlers.ways import days, fit
from handlers.ways.stages import Stage, stage_of
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
    from handlers.ways.way import ApplicationWay, Gap, KindWays, RoutingDay


class Situation(StrEnum):
    """Where a person stands with their certificate; the order is that of urgency on a tie."""

    NOT_ENTITLED = "not_entitled"
    HELD_BY_OFFICE = "held_by_office"
    YOUR_TURN = "your_turn"
    ACTIVATE = "activate"
    LAST_DAY = "last_day"
    LATE = "late"
    DUE = "due"
    ENDED = "ended"
    NONE = "none"
    UNDER_WAY = "under_way"
    BEGINS_LATER = "begins_later"
    EARLY = "early"
    FAR = "far"


ASKS = frozenset({
    Situation.HELD_BY_OFFICE, Situation.YOUR_TURN, Situation.ACTIVATE, Situation.LAST_DAY,
    Situation.LATE, Situation.DUE, Situation.ENDED, Situation.NONE,
})  # fmt: skip
"""Situations in which the person has to do something."""

_ORDER = {situation: number for number, situation in enumerate(Situation)}


@dataclass(frozen=True, slots=True)
class RouteCard:
    """What one thing asks of a person: what, by when, how, what day is expected.

    ``by`` is the last day to act, ``opens`` the first on which it is asked for at all, ``deadline``
    the last one that the institution asks for; ``way`` is the one that serves best, ``gap`` how
    long there will be no certificate on it.
    """

    situation: Situation
    certificate: CertificateFacts | None = None
    application: ApplicationFacts | None = None
    by: date | None = None
    opens: date | None = None
    deadline: date | None = None
    begins: datetime | None = None
    expected: date | None = None
    way: ApplicationWay | None = None
    has_consent: bool = False

    @property
    def gap(self) -> Gap | None:
        """Days without a certificate on the way that serves best."""
        return self.way.gap if self.way is not None else None

    @property
    def asks(self) -> bool:
        """Say whether the person has to do something."""
        return self.situation in ASKS


@dataclass(frozen=True, slots=True)
class Route:
    """The answer for one person: the card that matters most, and the ways of what it asks for."""

    card: RouteCard
    ways: tuple[ApplicationWay, ...]
    more: tuple[RouteCard, ...] = ()

    @property
    def open(self) -> tuple[ApplicationWay, ...]:
        """The ways that can end well, the one that serves best first."""
        return tuple(sorted((way for way in self.ways if way.open), key=_best))

    @property
    def closed(self) -> tuple[ApplicationWay, ...]:
        """The ways that cannot, each with what refuses it."""
        return tuple(way for way in self.ways if not way.open)


def route(person: PersonFacts, day: RoutingDay) -> Route:
    """Return what a person does now."""
    if not entitled(person):
        return Route(RouteCard(Situation.NOT_ENTITLED), ())
    need = _need(person, day)
    cards = list(_others(person, day))
    if need is not None:
        cards.append(_of_need(person, day, need))
    # A new certificate may be on its way by an application that has ended: nothing is to be done.
    cards = sorted(cards, key=_urgency) or [RouteCard(Situation.UNDER_WAY)]
    ways = need.ways if need is not None and cards[0].way is not None else ()
    return Route(cards[0], ways, tuple(cards[1:]))


def _urgency(card: RouteCard) -> tuple[bool, date, int]:
    return not card.asks, card.by or date.max, _ORDER[card.situation]


def _best(way: ApplicationWay) -> date:
    """Order ways by the day of the card; of equal ones the definition's order stays."""
    return way.expected


def _need(person: PersonFacts, day: RoutingDay) -> KindWays | None:
    """Return what there is to apply for: the renewal of what ends first, or a first one.

    None where an application or a new card sees to it already.
    """
    standing = [one for one in person.certificates if one.in_hand and one.in_force(day.now)]
    for one in sorted(standing, key=_end):
        if not seen_to(person, one, day):
            return day.kind(person, "renewal", one)
    on_its_way = any(one.in_force(day.now) for one in person.certificates)
    if standing or on_its_way or person.applications:
        return None
    return day.kind(person, "first", None)


def seen_to(person: PersonFacts, old: CertificateFacts, day: RoutingDay) -> bool:
    """Say whether something comes after a certificate already: an application or a new card.

    Of one that is gone that is any other of its person, made or applied for.
    """
    if any(one.old_certificate_id == old.id for one in person.applications):
        return True
    if old.in_force(day.now):
        return bool(day.judge(person).successors(old))
    return bool(person.applications) or any(one.in_force(day.now) for one in person.certificates)


def overdue(person: PersonFacts, old: CertificateFacts, day: RoutingDay) -> bool:
    """Say whether the last day to apply for what follows a certificate is over, and none did."""
    if old.ends_on is None or not entitled(person):
        return False
    return day.days_before(old.ends_on).apply_by < day.today and not seen_to(person, old, day)


def entitled(person: PersonFacts) -> bool:
    """Say whether a person may have a certificate: in office, at an institution that is open."""
    return person.standing == "in_office" and person.institution_open


def _end(one: CertificateFacts) -> tuple[datetime, int]:
    """Order certificates in force by their end; each has one."""
    assert one.ends_at is not None  # noqa: S101 - what is in force has an end
    return one.ends_at, one.id


def _of_need(person: PersonFacts, day: RoutingDay, need: KindWays) -> RouteCard:
    old, way = need.certificate, min(need.open, key=_best, default=None)
    if old is None:
        ended = max(
            (one for one in person.certificates if one.in_hand or one.state == "expired"),
            key=lambda one: (one.ends_on or date.min, one.id), default=None,
        )  # fmt: skip
        situation = Situation.NONE if ended is None else Situation.ENDED
        expected = way.expected if way else None
        return RouteCard(
            situation, ended, way=way, expected=expected, has_consent=person.has_consent
        )
    ends_on = old.ends_on or day.today
    situation, by = _of_end(ends_on, day)
    before = day.days_before(ends_on)
    return RouteCard(
        situation, old, by=by, opens=before.apply_from, deadline=before.apply_by, way=way,
        expected=way.expected if way else None, has_consent=person.has_consent,
    )  # fmt: skip


def _of_end(ends_on: date, day: RoutingDay) -> tuple[Situation, date | None]:
    """Return how near an end is, and the last day to apply."""
    before = day.days_before(ends_on)
    by = before.apply_by
    if day.today < before.first_reminder:
        return Situation.FAR, by
    if day.today < before.apply_from:
        return Situation.EARLY, by
    if day.today <= by:
        return Situation.DUE, by
    return Situation.LAST_DAY if day.today >= ends_on else Situation.LATE, day.today


def _others(person: PersonFacts, day: RoutingDay) -> Iterator[RouteCard]:
    """Return what open applications and new cards ask of the person."""
    for one in person.applications:
        yield _of_application(person, one, day)
    for new in person.certificates:
        if new.state != "suspended" or not new.in_force(day.now):
            continue
        if new.suspended_by == "office":
            yield RouteCard(Situation.HELD_BY_OFFICE, new)
        elif not new.in_hand and new.application_state == "delivered":
            begins_later = new.not_before is not None and day.now < new.not_before
            by = days.last_whole_day(new.activate_by, day.today)
            situation = Situation.BEGINS_LATER if begins_later else Situation.ACTIVATE
            yield RouteCard(situation, new, by=by, begins=new.not_before)


def _of_application(person: PersonFacts, one: ApplicationFacts, day: RoutingDay) -> RouteCard:
    yours = day.definition.states[one.state].next == "applicant"
    situation = Situation.YOUR_TURN if yours else Situation.UNDER_WAY
    by = days.last_whole_day(one.due_at, day.today) if yours else None
    old = fit.by_id(person, one.old_certificate_id)
    return RouteCard(situation, old, one, by=by, expected=expected_day(one, day))


def expected_day(one: ApplicationFacts, day: RoutingDay) -> date | None:
    """Return the day on which the card of an open application is expected, today at the earliest.

    None where it stands still, for nobody can say how long.
    """
    stage, took = stage_of(one.state), day.durations
    if stage is Stage.STANDS_STILL:
        return None
    entered = day_in_istanbul(one.entered_at)
    if stage is Stage.WITH_COURIER:
        return max(entered + timedelta(days=took.delivery), day.today)
    if stage is Stage.IN_PRODUCTION:
        return max(entered + timedelta(days=took.card), day.today)
    since = entered if stage is Stage.IN_REVIEW else day.today
    ahead = {
        Stage.BEFORE_PAPER: took.posting + took.review,
        Stage.AT_DESK: took.review,
        Stage.IN_REVIEW: took.review,
    }.get(stage, 0)
    approved = max(since + timedelta(days=ahead), day.today)
    return max(approved, one.production_opens_on or approved) + timedelta(days=took.card)
