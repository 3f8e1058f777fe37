"""The rules of the definition that a way has to pass, judged from the facts of a person.

They are those of the moves that a person goes through: opening, choice of the method, the method's
own, and the approval. No rule is written here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.model.verdict import ALLOW
from workflow.rules.evaluation import UNKNOWN, complete, evaluate, judge
from workflow.rules.hinges import hinges, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.ways.facts import CertificateFacts, PersonFacts
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict
    from workflow.rules.hinges import Hinges

APPROVALS = {
    "e_onay": "approve_e_onay",
    "e_imza": "approve_e_imza",
    "wet_signature": "approve_paper",
    "in_person": "approve_paper",
}
"""The move that approves an application, by its method."""


OPENING = ""
"""What stands in the place of a method while an application is only opened."""


@dataclass(frozen=True, slots=True)
class _Question:
    """The rules that may refuse somebody a kind by a method, and what is known for everybody."""

    given: Mapping[str, object]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """The questions of a kind by method, and what was answered to people whose facts lie alike.

    An answer is the rule that refuses, None where none does.
    """

    questions: Mapping[str, _Question]
    hinges: Hinges
    answers: dict[tuple[object, ...], dict[str, str | None]] = field(default_factory=dict)


@dataclass(slots=True)
class KindRules:
    """The rules of a kind at a moment for one person: what refuses to open it, or a method."""

    definition: Definition
    own: Mapping[str, object]
    kind: _Kind
    answers: dict[str, str | None]
    """Those of everybody whose facts lie alike."""

    def refused(self, method: str = OPENING) -> Verdict:
        """Return what refuses to open an application, or a method or the approval by it."""
        try:
            rule = self.answers[method]
        except KeyError:
            rule = self.answers[method] = self._refusing(method)
        if rule is None:
            return ALLOW
        # A refusal may name what is somebody's own, such as a day.
        return judge(self.definition, rule, self._facts(method))

    def _refusing(self, method: str) -> str | None:
        facts, rules = self._facts(method), self.definition.rules
        refusing = (
            name
            for name in self.kind.questions[method].rules
            if evaluate(rules[name].when, facts) is not True
        )
        return next(refusing, None)

    def _facts(self, method: str) -> dict[str, object]:
        return {**self.kind.questions[method].given, **self.own}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a definition at a moment."""

    definition: Definition
    now: datetime
    _kinds: dict[tuple[str, int], _Kind] = field(default_factory=dict)
    """What was asked, by kind and by how many facts are somebody's own: without a certificate they
    are fewer."""

    def of(self, name: str, own: Mapping[str, object]) -> KindRules:
        """Return the rules of a kind for somebody, by the facts of `own_facts`."""
        key = name, len(own)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._kind(name, own)
        alike = places(kind.hinges, own)
        answers = kind.answers.get(alike)
        if answers is None:
            answers = kind.answers[alike] = {}
        return KindRules(self.definition, own, kind, answers)

    def _kind(self, name: str, own: Mapping[str, object]) -> _Kind:
        methods = self.definition.kinds[name]["methods"]
        names = methods if isinstance(methods, tuple) else ()
        questions = {one: self._question(name, str(one), own) for one in (OPENING, *names)}
        asked = (
            (self.definition.rules[rule].when, question.given)
            for question in questions.values()
            for rule in question.rules
        )
        return _Kind(questions, hinges(asked))

    def _question(self, kind: str, method: str, own: Mapping[str, object]) -> _Question:
        given = {**dict.fromkeys(self.definition.facts), "kind": kind, "method": method or None}
        given = complete(self.definition, given, now=self.now, entered_at=self.now)
        given.update(dict.fromkeys(given.keys() & own.keys(), UNKNOWN))
        rules = []
        for name in self._rules(method):
            answer = evaluate(self.definition.rules[name].when, given)
            if answer is not True:
                rules.append(name)
            if answer not in {True, UNKNOWN}:
                break  # it refuses everybody, so that none after it is asked
        return _Question(given, tuple(rules))

    def _rules(self, method: str) -> dict[str, None]:
        """Return the rules of the moves, each once, in the order in which they are asked."""
        moves = ("choose_method", f"use_{method}", APPROVALS[method]) if method else ("file",)
        found: dict[str, None] = {}
        for name in moves:
            move = self.definition.transitions.get(name)
            found.update(dict.fromkeys(move.rules if move else ()))
        return found


def own_facts(person: PersonFacts, old: CertificateFacts | None) -> Mapping[str, object]:
    """Return the facts of a case that are a person's own, or a certificate's that it is about."""
    return of_person(person) if old is None else {**of_person(person), **of_certificate(old)}


def of_person(person: PersonFacts) -> dict[str, object]:
    """Return the facts of a case that are those of its person."""
    valid = signs = seen = None
    for one in person.certificates:
        if one.in_hand and one.ends_at is not None:
            valid = _later(valid, one.ends_at)
            if one.state == "active":
                signs = _later(signs, one.ends_at)
            if one.seen is not None:
                seen = _later(seen, one.ends_at)
    return {
        "has_consent": person.has_consent,
        "person_standing": person.standing,
        "institution_open": person.institution_open,
        "person_valid_until": valid,
        "person_signs_until": signs,
        "person_seen_until": seen,
    }


def _later(known: datetime | None, end: datetime) -> datetime:
    return end if known is None or end > known else known


def of_certificate(old: CertificateFacts) -> dict[str, object]:
    """Return the facts of a case that are those of the certificate it is about."""
    return {
        "old_certificate_status": old.state,
        "old_certificate_in_hand": old.in_hand,
        "old_certificate_ends_on": old.ends_on,
        "old_certificate_ends_at": old.ends_at,
        "old_certificate_not_before": old.not_before,
        "old_certificate_seen": old.seen is not None,
        "old_certificate_ours": old.seen == "made",
        "old_certificate_bytes": old.has_bytes,
        "old_certificate_checked_at": old.checked_at,
        "old_card_unlockable": old.unlockable,
        "unlock_tried_at": old.unlock_tried_at,
    }
