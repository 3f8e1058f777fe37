"""The rules of the definition that a way has to pass, judged from the facts of a person.

They are those of the moves that a person goes through: opening, choice of the method, the method's
own, and the approval. No rule is written here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.model.verdict import ALLOW
from workflow.rules.evaluation import complete, evaluate, facts_of, judge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.ways.facts import CertificateFacts, PersonFacts
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict

APPROVALS = {
    "e_onay": "approve_e_onay",
    "e_imza": "approve_e_imza",
    "wet_signature": "approve_paper",
    "in_person": "approve_paper",
}
"""The move that approves an application, by its method."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a definition at a moment."""

    definition: Definition
    now: datetime
    _given: dict[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    _reads: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _last: list[tuple[PersonFacts, CertificateFacts | None, Mapping[str, object]]] = field(
        default_factory=list
    )
    _verdicts: dict[tuple[object, ...], Verdict] = field(default_factory=dict)
    """What was answered, by kind, method, moves and the facts that their rules read: of thousands
    of people many have the same."""

    def refused_opening(
        self, person: PersonFacts, kind: str, old: CertificateFacts | None
    ) -> Verdict:
        """Return what refuses to open an application of a kind."""
        return self._asked(("file",), kind, "", person, old)

    def refused(
        self, person: PersonFacts, kind: str, method: str, old: CertificateFacts | None
    ) -> Verdict:
        """Return what refuses a method or the approval by it."""
        moves = ("choose_method", f"use_{method}", APPROVALS[method])
        return self._asked(moves, kind, method, person, old)

    def _asked(
        self,
        moves: tuple[str, ...],
        kind: str,
        method: str,
        person: PersonFacts,
        old: CertificateFacts | None,
    ) -> Verdict:
        own = self._own(person, old)
        key = (kind, method, moves, *[own.get(name) for name in self._read_by(moves)])
        found = self._verdicts.get(key)
        if found is None:
            facts = {**self._beginning(kind, method), **own}
            found = self._verdicts[key] = self._judged(moves, facts)
        return found

    def _own(self, person: PersonFacts, old: CertificateFacts | None) -> Mapping[str, object]:
        """Return the facts of somebody and a certificate of theirs; one is asked of many times."""
        if self._last and self._last[0][0] is person and self._last[0][1] is old:
            return self._last[0][2]
        own = of_person(person) | of_certificate(old)
        self._last[:] = [(person, old, own)]
        return own

    def _judged(self, moves: tuple[str, ...], facts: Mapping[str, object]) -> Verdict:
        for rule in self._rules(moves):
            if evaluate(self.definition.rules[rule].when, facts) is not True:
                return judge(self.definition, rule, facts)
        return ALLOW

    def _read_by(self, moves: tuple[str, ...]) -> tuple[str, ...]:
        """Return the facts that the rules of moves read, or that their sentences name."""
        found = self._reads.get(moves)
        if found is None:
            names = [facts_of(self.definition, rule) for rule in self._rules(moves)]
            found = self._reads[moves] = tuple(sorted(frozenset().union(*names)))
        return found

    def _beginning(self, kind: str, method: str) -> Mapping[str, object]:
        """Return what every person's rules read alike: moment, policy, kind and method."""
        found = self._given.get((kind, method))
        if found is None:
            given = {**dict.fromkeys(self.definition.facts), "kind": kind, "method": method or None}
            found = complete(self.definition, given, now=self.now, entered_at=self.now)
            self._given[kind, method] = found
        return found

    def _rules(self, moves: tuple[str, ...]) -> dict[str, None]:
        found: dict[str, None] = {}
        for name in moves:
            move = self.definition.transitions.get(name)
            found.update(dict.fromkeys(move.rules if move else ()))
        return found


def of_person(person: PersonFacts) -> dict[str, object]:
    """Return the facts of a case that are those of its person."""
    ends = [(one, one.ends_at) for one in person.certificates if one.in_hand and one.ends_at]
    signing = (end for one, end in ends if one.state == "active")
    return {
        "has_consent": person.has_consent,
        "person_standing": person.standing,
        "institution_open": person.institution_open,
        "person_valid_until": max((end for _, end in ends), default=None),
        "person_signs_until": max(signing, default=None),
        "person_seen_until": max((end for one, end in ends if one.seen is not None), default=None),
    }


def of_certificate(old: CertificateFacts | None) -> dict[str, object]:
    """Return the facts of a case that are those of the certificate it is about."""
    if old is None:
        return {}
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
