"""Whether a kind of application fits the certificates of a person: one judge, over facts alone.

The guards of a move ask it about their case (``handlers/applications/fitness.py``), the router
about each kind that a person could choose. Whoever has no certificate in force is treated as a
first applicant, whatever the kind: what proves their identity is paper, as long as policy accepts
it, or showing themselves at the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from handlers.certificates.renamed import BY_HAND
from handlers.certificates.replacements import STANDING, Family
from handlers.certificates.validity import HELD
from states.cases.application import FINAL_STATES
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from handlers.certificates.replacements import IssuedCertificate
    from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
    from workflow.model.definition import Definition
    from workflow.model.duration import Duration
    from workflow.model.verdict import Verdict

BEFORE_APPROVAL = (
    "draft", "method_chosen", "e_onay", "e_imza", "awaiting_status", "wet_signature", "in_person",
    "paper_received", "returned_to_applicant",
)  # fmt: skip
"""Open states of an application that nobody has approved yet."""

MOST_CERTIFICATES = 2
"""How many certificates a person may have in force, under a policy that names no number."""


@dataclass(frozen=True, slots=True)
class ApplicationNeed:
    """A kind of application about a certificate or none, and the case that asks for it, if any.

    ``approved`` says that somebody has approved that case: then the nearness of a successor is not
    asked again, so that no approval is undone by minutes, and what the approval itself has ended
    is not missed.
    """

    kind: str
    old: CertificateFacts | None
    case_id: int | None = None
    approved: bool = False


def _every(_: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class FitnessJudge:
    """What is known of a person, the rules of kinds, the policy of the day, and the moment.

    ``serves`` says of a certificate, by its id, whether it names the person as the records do now;
    where nobody looks, it does.
    """

    person: PersonFacts
    definition: Definition
    window: Mapping[str, object]
    now: datetime
    serves: Callable[[int], bool] = _every

    def refused_kind(self, need: ApplicationNeed) -> Verdict:
        """Refuse a kind that does not fit the certificate that it is about, or that none is there.

        Another application for the same need is another question (``other_open``).
        """
        if self._effect(need.kind) == "none":
            return self._beside(need)
        if need.old is None:
            return deny("form.old_certificate_missing")
        return self._in_place_of(need, need.old)

    def _in_place_of(self, need: ApplicationNeed, old: CertificateFacts) -> Verdict:
        """Refuse to take the place of a certificate that this kind is not for.

        Nothing takes the place of what has not arrived: the application that it comes of has ends
        of its own for a card that was lost, sent back or damaged on the way.
        """
        kind = self.definition.kinds[need.kind]
        if old.state in HELD and old.application_state not in {None, *FINAL_STATES}:
            return deny("form.old_certificate_on_its_way", reference=old.application_reference)
        begins_later = old.not_before is not None and self.now < old.not_before
        if kind["old_certificate"] == "runs_out" and begins_later and not need.approved:
            return deny("form.old_certificate_not_begun", not_before=old.not_before)
        if kind["starts"] == "same_end" and not old.in_force(self.now):
            return deny("form.old_certificate_not_in_force", certificate=old.reference)
        if not old.in_force(self.now) and not self._ended_by_this(need, old):
            verdict = self._room(need)
            if not verdict.allows:
                return verdict
        return self._beside_successor(need, old)

    def _beside_successor(self, need: ApplicationNeed, old: CertificateFacts) -> Verdict:
        """Refuse to take once more the place of a certificate whose successor lives.

        One that is yet to begin serves nobody, so it does not stand in the way of what begins now;
        that ends where it begins, if that is not too near.
        """
        found = next(iter(self.successors(old, need.case_id)), None)
        if found is None:
            return ALLOW
        begins_later = found.not_before is not None and self.now < found.not_before
        if self.definition.kinds[need.kind]["starts"] == "old_end" or not begins_later:
            return deny(
                "form.replaced_already", certificate=old.reference, reference=found.reference
            )
        if not need.approved and self._too_near(found):
            return deny(
                "form.successor_begins", reference=found.reference, not_before=found.not_before
            )
        return ALLOW

    def _too_near(self, found: IssuedCertificate) -> bool:
        """Say whether so little is left until a successor begins that no card is made for it.

        One that says something else than the records leaves all: the approval ends it.
        """
        rest = cast("Duration | None", self.window.get("same_end_rest"))
        if rest is None or found.not_before is None or not self.serves(found.id):
            return False
        return self.now + rest > found.not_before

    def successors(
        self, old: CertificateFacts, case_id: int | None = None
    ) -> list[IssuedCertificate]:
        """Return the certificates that took the place of one and live, first ones first.

        Those that a case has had made itself do not count for it.
        """
        return self._family(old).living(case_id, self.now) if self.person.certificates[1:] else []

    def _family(self, old: CertificateFacts) -> Family:
        links = [one.link for one in self.person.certificates]
        return Family(links, self.definition.kinds, old.id)

    def _beside(self, need: ApplicationNeed) -> Verdict:
        """Refuse a first one beside a certificate in force, and an additional one beside none.

        One that was only typed keeps nobody from being no first, and carries no additional one.
        """
        if need.kind == "first":
            made = self._longest(lambda one: one.in_force(self.now))
            return deny("form.not_first", certificate=made.reference) if made else ALLOW
        held = self._longest(lambda one: one.in_hand)
        if held is None:
            return deny("form.additional_to_none")
        if self._longest(lambda one: one.in_hand and one.seen is not None) is None:
            return deny("form.additional_unseen", certificate=held.reference)
        return self._room(need)

    def _longest(self, which: Callable[[CertificateFacts], bool]) -> CertificateFacts | None:
        """Return the one that ends last of some that have not ended; of equal ones the older."""
        left = [
            (one.ends_at, -one.id, one)
            for one in self.person.certificates
            if one.ends_at is not None and self.now <= one.ends_at and which(one)
        ]
        return max(left)[2] if left else None

    def _room(self, need: ApplicationNeed) -> Verdict:
        """Refuse one more certificate beside as many in force as a person may have.

        One yet to begin is none. One that is being made is one, and so is what was approved and
        will be made in no other's place: an additional one, and one for a certificate that is gone.
        """
        most = int(str(self.window.get("most_certificates", MOST_CERTIFICATES)))
        counted = sum(
            self._counts(one)
            for one in self.person.certificates
            if need.case_id is None or one.application_id != need.case_id
        )
        counted += sum(self._adds(one) for one in self._others(need))
        return ALLOW if counted < most else deny("form.too_many", most=most)

    def _counts(self, one: CertificateFacts) -> bool:
        begun = one.not_before is None or one.not_before <= self.now
        return (
            one.state in STANDING and one.ends_at is not None and self.now <= one.ends_at and begun
        )

    def _adds(self, one: ApplicationFacts) -> bool:
        """Say whether an approved application of the person will add a certificate."""
        if one.state in BEFORE_APPROVAL or one.certificate_id is not None:
            return False
        old = by_id(self.person, one.old_certificate_id)
        return self._effect(one.kind) == "none" or old is None or not old.in_force(self.now)

    def ended_by_this(self, need: ApplicationNeed) -> bool:
        """Say whether the approval of this very application has ended the one it is about."""
        return need.old is not None and self._ended_by_this(need, need.old)

    def _ended_by_this(self, need: ApplicationNeed, old: CertificateFacts) -> bool:
        ends = self.definition.kinds[need.kind].get("old_ends") == "approval"
        return ends and old.state == "revoked" and need.approved

    def refused_method(self, need: ApplicationNeed, method: str) -> Verdict:
        """Refuse a method that proves nothing of a person who has no certificate in force."""
        if method == "in_person":
            return ALLOW
        old = need.old
        stands = old is not None and old.in_force(self.now)
        ended = old is not None and not stands and old.state != "revoked"
        late = ended and method == "e_onay" and bool(self.window["e_onay_after_end"])
        renews = self._effect(need.kind) == "runs_out" and method not in BY_HAND
        if renews and not stands and not late and not self._bridged(need):
            return deny("form.old_certificate_gone")
        holds = old is not None and stands and old.in_hand
        if holds or late or self._longest(lambda one: one.in_hand) is not None:
            return ALLOW
        if method == "wet_signature":
            accepted = self.window["paper_for_first"]
            return ALLOW if accepted else deny("form.paper_not_accepted")
        return deny("form.treated_as_first")

    def _bridged(self, need: ApplicationNeed) -> bool:
        """Say whether a card made again has one before it that was made for the lost old one.

        Then its application goes on, and the rules of production send it to be signed by hand.
        """
        if need.old is None or need.case_id is None:
            return False
        return self._family(need.old).bridged(need.case_id, self.now) is not None

    def other_open(
        self, need: ApplicationNeed, knows: Callable[[ApplicationFacts], bool] | None = None
    ) -> ApplicationFacts | None:
        """Return another open application that would make a second certificate for the same need.

        That is one of the same kind for the same certificate; of any other kind for it once that is
        approved, unless it is a renewal that makes way for a kind by which the certificate ends.
        ``knows`` says whether an application's own definition knows how to make way.
        """
        none = self._effect(need.kind) == "none"
        about = need.old.id if need.old is not None and not none else None
        for one in self._others(need):
            same = one.kind == need.kind and (none or one.old_certificate_id == about)
            approved = one.state not in BEFORE_APPROVAL
            taken = about is not None and one.old_certificate_id == about and approved
            if (same or taken) and not self._makes_way(need, one, knows):
                return one
        return None

    def making_way(
        self, need: ApplicationNeed, knows: Callable[[ApplicationFacts], bool]
    ) -> list[ApplicationFacts]:
        """Return the open renewals for whose certificate this application is, which ends it."""
        about = need.old.id if need.old is not None else None
        return [
            one
            for one in self._others(need)
            if one.old_certificate_id == about and self._makes_way(need, one, knows)
        ]

    def _makes_way(
        self,
        need: ApplicationNeed,
        renewal: ApplicationFacts,
        knows: Callable[[ApplicationFacts], bool] | None,
    ) -> bool:
        """Say whether an open renewal closes for a kind by which its certificate ends."""
        move = self.definition.transitions.get("give_way")
        ends = self._effect(need.kind) in {"revoke", "suspend"}
        runs_out = self._effect(renewal.kind) == "runs_out"
        stands = move is not None and renewal.state in move.source
        return ends and runs_out and stands and (knows is None or knows(renewal))

    def _others(self, need: ApplicationNeed) -> list[ApplicationFacts]:
        return [one for one in self.person.applications if one.id != need.case_id]

    def _effect(self, kind: str) -> object:
        """Return what a kind does to the certificate it is about; None of an unknown kind."""
        return self.definition.kinds.get(kind, {}).get("old_certificate")


def by_id(person: PersonFacts, certificate_id: int | None) -> CertificateFacts | None:
    """Return a certificate of the person by its number; None without one."""
    return next((one for one in person.certificates if one.id == certificate_id), None)
