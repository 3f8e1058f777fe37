"""Which e-onay an application rests on, and how that e-onay's own signature stands by now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.moves import APPROVED_ON_E_ONAY
from signing.verdict import Indication
from states.cases.consent import Consent
from states.logs.journal import JournalEntry
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


def consent_of(connection: Connection, case: Mapping[str, Any]) -> int | None:
    """Return the e-onay that the approval of an application rests on; None where there is none.

    The case says it itself. One that is pinned to a definition which does not write it there has
    it in the journal entry of its approval.
    """
    if case["method"] != "e_onay":
        return None
    approval = _approval().ask(connection, case=case["id"])
    if not approval or case["consent_id"] is not None:
        return int(case["consent_id"]) if approval else None
    details = cast("dict[str, object]", parsed(approval[0]["body"])["details"])
    return cast("int | None", details.get("consent"))


@cache
def _approval() -> rows.Question:
    entries = select(JournalEntry.body).where(
        JournalEntry.case_id == rows.given("case"),
        JournalEntry.trigger.in_(sorted(APPROVED_ON_E_ONAY)),
    )
    return rows.Question.of(entries.order_by(JournalEntry.n.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class SignatureStanding:
    """How a kept signature is validated by now (EN 319 102-1, 5.1.3), as its report says.

    ``sub_indication`` is a value of `signing.verdict.SubIndication`, None when it passed;
    ``settles_at`` is when the last validation may be made, None once it was.
    """

    indication: Indication
    sub_indication: str | None
    settles_at: datetime | None

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> SignatureStanding:
        """Return what a kept report says (`signing.validation.validate.Validation.record`).

        Reports of the first releases say neither what was missing nor when to look again: what
        they told was final.
        """
        settles_at = report.get("settles_at")
        return cls(
            Indication(report["indication"]),
            report.get("sub_indication"),
            None if settles_at is None else datetime.fromisoformat(settles_at),
        )

    @property
    def passed(self) -> bool:
        """Say whether the signature passed, be it for good or not."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def failed(self) -> bool:
        """Say whether it is the last validation and is not that the signature passed."""
        return not self.passed and self.settles_at is None


def newest_standing(
    connection: Connection, signature_id: int, first: Mapping[str, Any]
) -> SignatureStanding:
    """Return the validation that counts by now: of the newest form, or as it was handed in.

    A form of the time before reports were kept beside it is only there when it had passed.
    """
    forms = select(Augmentation.report).where(Augmentation.signature_id == signature_id)
    newest = connection.execute(forms.order_by(Augmentation.n.desc()).limit(1)).one_or_none()
    handed_in = SignatureStanding.of(first)
    if newest is None:
        return handed_in
    if newest.report:
        return SignatureStanding.of(newest.report)
    return replace(handed_in, indication=Indication.TOTAL_PASSED)


def standing_of(connection: Connection, consent_id: int) -> SignatureStanding | None:
    """Return how the signature of an e-onay is validated by now; None before it has one."""
    kept = _signed().ask(connection, consent=consent_id)
    return newest_standing(connection, kept[0]["id"], kept[0]["report"]) if kept else None


@cache
def _signed() -> rows.Question:
    signed = select(Signature.id, Signature.report).join(
        Consent, Consent.signature_id == Signature.id
    )
    return rows.Question.of(signed.where(Consent.id == rows.given("consent")))
