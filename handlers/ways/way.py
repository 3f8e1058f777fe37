"""One way to a certificate: kind, method, what refuses it, and the days it would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.certificates.renamed import BY_HAND, KIND
from handlers.ways import days
from handlers.ways.fit import ApplicationNeed, FitnessJudge
from handlers.ways.rules import Rules
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from handlers.ways.durations import Durations
    from handlers.ways.facts import CertificateFacts, PersonFacts
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


@dataclass(frozen=True, slots=True)
class ApplicationWay:
    """A kind of application by a method, about a certificate or none.

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

    def kind(self, person: PersonFacts, name: str, old: CertificateFacts | None) -> KindWays:
        """Return a kind about a certificate, with its ways by each of its methods."""
        verdict = self.rules_on(self.today).refused_opening(person, name, old)
        if verdict.allows:
            verdict = self._refused_kind(person, ApplicationNeed(name, old))
        methods = self.definition.kinds[name]["methods"]
        names = methods if isinstance(methods, tuple) else ()
        ways = tuple(self._way(person, name, method, old, verdict) for method in names)
        return KindWays(name, old, verdict, ways)

    def _refused_kind(self, person: PersonFacts, need: ApplicationNeed) -> Verdict:
        """Refuse what does not fit the certificates of a person, or what is open already."""
        judge = self.judge(person)
        verdict = judge.refused_kind(need)
        other = judge.other_open(need) if verdict.allows else None
        return deny("form.other_open", reference=other.reference) if other else verdict

    def _way(
        self,
        person: PersonFacts,
        kind: str,
        method: str,
        old: CertificateFacts | None,
        verdict: Verdict,
    ) -> ApplicationWay:
        approved = self.today + timedelta(days=self._until_approval(method))
        if verdict.allows:
            verdict = self._refused(person, kind, method, old, approved)
        opens_on = self._opens_on(kind, old, approved)
        expected = max(approved, opens_on) + timedelta(days=self.durations.card)
        return ApplicationWay(
            kind, method, old, verdict, opens_on, expected, self._gap(person, expected)
        )

    def _until_approval(self, method: str) -> int:
        if method in BY_CARD:
            return 0
        posting = self.durations.posting if method == "wet_signature" else 0
        return posting + self.durations.review

    def _refused(
        self,
        person: PersonFacts,
        kind: str,
        method: str,
        old: CertificateFacts | None,
        approved: date,
    ) -> Verdict:
        """Judge a method now, and once more on the day on which it would be approved.

        Of a certificate that is known by its number alone nobody can say by itself whether its
        data are still true: then an officer looks, at a form signed by hand.
        """
        if kind == KIND and old is not None and not old.has_bytes and method not in BY_HAND:
            return deny("renamed.by_hand", certificate=old.reference)
        verdict = self.rules_on(self.today).refused(person, kind, method, old)
        if verdict.allows:
            verdict = self.judge(person).refused_method(ApplicationNeed(kind, old), method)
        if not verdict.allows or approved == self.today:
            return verdict
        later = self.rules_on(approved).refused(person, kind, method, old)
        return ALLOW if later.allows else deny("ways.too_late", approved=approved)

    def _opens_on(self, kind: str, old: CertificateFacts | None, approved: date) -> date:
        """Return the first day of production of what is applied for today."""
        waits = self.definition.kinds[kind]["produces"] == "in_window"
        if not waits or old is None or old.ends_on is None or not old.in_force(self.now):
            return approved
        return days.produce_from(old.ends_on, self.window)

    def _gap(self, person: PersonFacts, expected: date) -> Gap | None:
        """Return the days between the end of the person's last certificate and the new card."""
        last = max(
            (one.ends_on for one in person.certificates if one.in_hand and one.ends_on),
            default=None,
        )
        if last is not None and expected <= last:
            return None
        first = self.today if last is None else max(last + timedelta(days=1), self.today)
        return Gap(first, expected)
