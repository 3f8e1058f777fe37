"""Whether a kind of application fits the certificates of a person, judged from facts alone.

The same questions in the same order as ``handlers/applications/fitness.py`` asks of a case, with
the same codes; a test files each kind and holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.certificates.replacements import STANDING, Family
from states.cases.application import FINAL_STATES
from workflow.model.clock import day_in_istanbul
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from handlers.certificates.replacements import IssuedCertificate
    from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict

BEFORE_APPROVAL = (
    "draft", "method_chosen", "e_onay", "e_imza", "awaiting_status", "wet_signature", "in_person",
    "paper_received", "returned_to_applicant",
)  # fmt: skip
"""Open states of an application that nobody has approved yet."""

MOST_CERTIFICATES = 2
"""How many certificates a person may have in force, under a policy that names no number."""


def refused_kind(
    person: PersonFacts,
    definition: Definition,
    kind: str,
    old: CertificateFacts | None,
    now: datetime,
) -> Verdict:
    """Refuse a kind that does not fit the certificates of a person, or that is open already."""
    fields = definition.kinds[kind]
    if fields["old_certificate"] == "none":
        verdict = _beside(person, definition, kind, now)
    elif old is None:
        return deny("form.old_certificate_missing")
    else:
        verdict = _in_place_of(person, definition, kind, old, now)
    return verdict if not verdict.allows else _other_open(person, definition, kind, old)


def _in_place_of(
    person: PersonFacts,
    definition: Definition,
    kind: str,
    old: CertificateFacts,
    now: datetime,
) -> Verdict:
    fields = definition.kinds[kind]
    travelling = old.state in STANDING and old.application_state not in {None, *FINAL_STATES}
    if travelling:
        return deny("form.old_certificate_on_its_way", reference=old.application_reference)
    begins_later = old.not_before is not None and now < old.not_before
    if fields["old_certificate"] == "runs_out" and begins_later:
        return deny("form.old_certificate_not_begun", not_before=old.not_before)
    if fields["starts"] == "same_end" and not old.in_force(now):
        return deny("form.old_certificate_not_in_force", certificate=old.reference)
    if not old.in_force(now):
        verdict = _room(person, definition, now)
        if not verdict.allows:
            return verdict
    return _beside_successor(person, definition, kind, old, now)


def _beside_successor(
    person: PersonFacts,
    definition: Definition,
    kind: str,
    old: CertificateFacts,
    now: datetime,
) -> Verdict:
    found = next(iter(successors(person, definition, old, now)), None)
    if found is None:
        return ALLOW
    begins_later = found.not_before is not None and now < found.not_before
    if definition.kinds[kind]["starts"] == "old_end" or not begins_later:
        return deny("form.replaced_already", certificate=old.reference, reference=found.reference)
    return ALLOW


def successors(
    person: PersonFacts, definition: Definition, old: CertificateFacts, now: datetime
) -> list[IssuedCertificate]:
    """Return the certificates that took the place of this one and stand, first ones first."""
    if len(person.certificates) == 1:
        return []
    family = Family([one.link for one in person.certificates], definition.kinds, old.id)
    return [
        link
        for link in family.after(now)
        if link.stands(now)
        and link.reference is not None
        and not (old.not_before and link.ends_at and link.ends_at < old.not_before)
    ]


def _beside(person: PersonFacts, definition: Definition, kind: str, now: datetime) -> Verdict:
    if kind == "first":
        made = _longest(person, now, lambda one: one.in_force(now))
        return deny("form.not_first", certificate=made.reference) if made else ALLOW
    held = _longest(person, now, lambda one: one.in_hand)
    if held is None:
        return deny("form.additional_to_none")
    if _longest(person, now, lambda one: one.in_hand and one.seen is not None) is None:
        return deny("form.additional_unseen", certificate=held.reference)
    return _room(person, definition, now)


def _longest(
    person: PersonFacts, now: datetime, which: Callable[[CertificateFacts], bool]
) -> CertificateFacts | None:
    """Return the one that ends last of some that have not ended; of equal ones the older."""
    left = [
        (one.ends_at, -one.id, one)
        for one in person.certificates
        if one.ends_at is not None and now <= one.ends_at and which(one)
    ]
    return max(left)[2] if left else None


def _room(person: PersonFacts, definition: Definition, now: datetime) -> Verdict:
    """Refuse one more certificate beside as many in force as a person may have."""
    window = definition.window_on(day_in_istanbul(now))
    most = int(str(window.get("most_certificates", MOST_CERTIFICATES)))
    counted = sum(_counts(one, now) for one in person.certificates)
    counted += sum(_adds(person, definition, one, now) for one in person.applications)
    return ALLOW if counted < most else deny("form.too_many", most=most)


def _counts(one: CertificateFacts, now: datetime) -> bool:
    begun = one.not_before is None or one.not_before <= now
    return one.state in STANDING and one.ends_at is not None and now <= one.ends_at and begun


def _adds(
    person: PersonFacts, definition: Definition, one: ApplicationFacts, now: datetime
) -> bool:
    """Say whether an approved application of the person will add a certificate."""
    if one.state in BEFORE_APPROVAL or one.certificate_id is not None:
        return False
    old = by_id(person, one.old_certificate_id)
    beside = definition.kinds[one.kind]["old_certificate"] == "none"
    return beside or old is None or not old.in_force(now)


def by_id(person: PersonFacts, certificate_id: int | None) -> CertificateFacts | None:
    """Return a certificate of the person by its number; None without one."""
    return next((one for one in person.certificates if one.id == certificate_id), None)


def _other_open(
    person: PersonFacts, definition: Definition, kind: str, old: CertificateFacts | None
) -> Verdict:
    """Refuse a second application for the same need."""
    about = None if definition.kinds[kind]["old_certificate"] == "none" or old is None else old.id
    for one in person.applications:
        same = one.kind == kind and one.old_certificate_id == about
        approved = one.state not in BEFORE_APPROVAL
        taken = about is not None and one.old_certificate_id == about and approved
        if same or (taken and not _makes_way(definition, one, definition.kinds[kind])):
            return deny("form.other_open", reference=one.reference)
    return ALLOW


def _makes_way(
    definition: Definition, renewal: ApplicationFacts, kind: Mapping[str, object]
) -> bool:
    """Say whether an open renewal closes for a kind by which its certificate ends."""
    move = definition.transitions.get("give_way")
    ends = kind["old_certificate"] in {"revoke", "suspend"}
    runs_out = definition.kinds[renewal.kind]["old_certificate"] == "runs_out"
    return ends and runs_out and move is not None and renewal.state in move.source
