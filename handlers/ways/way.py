"""One way to a certificate: kind, method, what refuses it, and the days it would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.certificates.renamed import BY_HAND, KIND
from handlers.ways import days
from handlers.ways.fit import ApplicationNeed, FitnessJudge
from handlers.ways.rules import APPROVALS, Rules, own_facts
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from handlers.ways.days import EndDays
    from handlers.ways.durations import Durations
    from handlers.ways.facts import CertificateFacts, PersonFacts
    from handlers.ways.rules import KindRules
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict

BY_CARD = ("e_onay", "e_imza")
"""Methods by which the person approves at once, from where they are."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a certificate: the first one, and the one on which the new card is expected."""

    first: date
    until: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.until - self.first).days


@dataclass(slots=True)  # one that is frozen takes four times as long to make
class ApplicationWay:
    """A kind of application by a method, about a certificate or none; nobody changes it.

    ``verdict`` says what refuses it, ``opens_on`` from when on it may be made, ``expected`` on
    which day the card would be there were it applied for today, ``gap`` how long there would be
    no certificate until then.
    """

    kind: str
    method: str
    certificate: CertificateFacts | None
    verdict: Verdict
    opens_on: date
    expected: date
    gap: Gap | None

    @property
    def open(self) -> bool:
        """Say whether it can end well."""
        return self.verdict.allows

    @property
    def in_time(self) -> bool:
        """Say whether the person is never without a certificate on it."""
        return self.open and self.gap is None


@dataclass(frozen=True, slots=True)
class KindWays:
    """A kind of application for a certificate: what refuses to open it, and its methods."""

    name: str
    certificate: CertificateFacts | None
    verdict: Verdict
    ways: tuple[ApplicationWay, ...]

    @property
    def open(self) -> tuple[ApplicationWay, ...]:
        """The ways of it that can end well."""
        return tuple(way for way in self.ways if way.open)

    @property
    def why(self) -> Verdict:
        """What refuses it: to be opened, or else by every method."""
        if not self.verdict.allows or self.open or not self.ways:
            return self.verdict
        return self.ways[0].verdict


class RoutingDay:
    """A definition at a moment, with how long things take: what all persons are judged by."""

    def __init__(self, definition: Definition, now: datetime, durations: Durations) -> None:
        """Fix the moment."""
        self.definition = definition
        self.now = now
        self.today = day_in_istanbul(now)
        self.window = definition.window_on(self.today)
        self.durations = durations
        self._rules: dict[date, Rules] = {self.today: Rules(definition, now)}
        self._ends: dict[date, EndDays] = {}
        self._card = timedelta(days=durations.card)
        self._approved = {
            method: self.today + timedelta(days=self._until_approval(method))
            for method in APPROVALS
        }

    def rules_on(self, day: date) -> Rules:
        """Return the rules as they will judge on a day; today at this very moment."""
        found = self._rules.get(day)
        if found is None:
            found = self._rules[day] = Rules(self.definition, start_of_day(day))
        return found

    def kinds(self, person: PersonFacts) -> Iterator[KindWays]:
        """Return every kind that a person opens themselves, about each certificate of theirs."""
        for name, fields in self.definition.kinds.items():
            if fields.get("opened_by", "person") != "person":
                continue
            if fields["old_certificate"] == "none":
                yield self.kind(person, name, None)
                continue
            for one in person.certificates:
                if one.state not in {"reserved", "void"}:
                    yield self.kind(person, name, one)

    def by_kind(self, person: PersonFacts) -> dict[str, tuple[KindWays, ...]]:
        """Return each kind that a person opens themselves, about each certificate or about none."""
        found: dict[str, tuple[KindWays, ...]] = {}
        for one in self.kinds(person):
            found[one.name] = (*found.get(one.name, ()), one)
        for name, fields in self.definition.kinds.items():
            if fields.get("opened_by", "person") == "person" and name not in found:
                found[name] = (self.kind(person, name, None),)
        return found

    def judge(self, person: PersonFacts) -> FitnessJudge:
        """Return who judges what fits a person at this moment."""
        return FitnessJudge(person, self.definition, self.window, self.now)

    def days_before(self, ends_on: date) -> EndDays:
        """Return what today's policy puts before an end: thousands of people share one."""
        found = self._ends.get(ends_on)
        if found is None:
            found = self._ends[ends_on] = days.before_end(ends_on, self.window)
        return found

    def kind(self, person: PersonFacts, name: str, old: CertificateFacts | None) -> KindWays:
        """Return a kind about a certificate, with its ways by each of its methods."""
        need, judge, own = ApplicationNeed(name, old), self.judge(person), own_facts(person, old)
        rules = self.rules_on(self.today).of(name, own)
        verdict = rules.refused()
        if verdict.allows:
            verdict = _refused_kind(judge, need)
        asked = _Asked(need, judge, rules, verdict, self._opens_on(need), _last_day(person))
        methods = self.definition.kinds[name]["methods"]
        names = methods if isinstance(methods, tuple) else ()
        return KindWays(name, old, verdict, tuple([self._way(asked, one) for one in names]))

    def _way(self, asked: _Asked, method: str) -> ApplicationWay:
        approved = self._approved[method]
        verdict = asked.verdict
        if verdict.allows:
            verdict = self._refused(asked, method, approved)
        opens_on = asked.opens_on or approved
        expected = max(approved, opens_on) + self._card
        return ApplicationWay(
            asked.need.kind, method, asked.need.old, verdict, opens_on, expected,
            self._gap(asked.last_day, expected),
        )  # fmt: skip

    def _until_approval(self, method: str) -> int:
        if method in BY_CARD:
            return 0
        posting = self.durations.posting if method == "wet_signature" else 0
        return posting + self.durations.review

    def _refused(self, asked: _Asked, method: str, approved: date) -> Verdict:
        """Judge a method now, and once more on the day on which it would be approved.

        Of a certificate that is known by its number alone nobody can say by itself whether its
        data are still true: then an officer looks, at a form signed by hand.
        """
        kind, old = asked.need.kind, asked.need.old
        if kind == KIND and old is not None and not old.has_bytes and method not in BY_HAND:
            return deny("renamed.by_hand", certificate=old.reference)
        verdict = asked.rules.refused(method)
        if verdict.allows:
            verdict = asked.judge.refused_method(asked.need, method)
        if not verdict.allows or approved == self.today:
            return verdict
        later = self.rules_on(approved).of(kind, asked.rules.own).refused(method)
        return ALLOW if later.allows else deny("ways.too_late", approved=approved)

    def _opens_on(self, need: ApplicationNeed) -> date | None:
        """Return the first day of production of what waits for it; None for what does not."""
        old, waits = need.old, self.definition.kinds[need.kind]["produces"] == "in_window"
        if not waits or old is None or old.ends_on is None or not old.in_force(self.now):
            return None
        return self.days_before(old.ends_on).produce_from

    def _gap(self, last: date | None, expected: date) -> Gap | None:
        """Return the days between the end of the person's last certificate and the new card."""
        if last is not None and expected <= last:
            return None
        first = self.today if last is None else max(last + timedelta(days=1), self.today)
        return Gap(first, expected)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A kind that is asked about: what all its ways have in common.

    ``opens_on`` is the first day of production where it waits for one, ``last_day`` the last one
    on which the person has a certificate.
    """

    need: ApplicationNeed
    judge: FitnessJudge
    rules: KindRules
    verdict: Verdict
    opens_on: date | None
    last_day: date | None


def _refused_kind(judge: FitnessJudge, need: ApplicationNeed) -> Verdict:
    """Refuse what does not fit the certificates of a person, or what is open already."""
    verdict = judge.refused_kind(need)
    other = judge.other_open(need) if verdict.allows else None
    return deny("form.other_open", reference=other.reference) if other else verdict


def _last_day(person: PersonFacts) -> date | None:
    ends = (one.ends_on for one in person.certificates if one.in_hand and one.ends_on)
    return max(ends, default=None)
