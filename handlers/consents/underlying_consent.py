"""Which e-onay an application rests on, and how that e-onay's own signature stands by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

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
    entries = select(JournalEntry.body).where(
        JournalEntry.case_id == case["id"], JournalEntry.trigger.in_(APPROVED_ON_E_ONAY)
    )
    approval = connection.scalar(entries.order_by(JournalEntry.n.desc()).limit(1))
    if approval is None or case["consent_id"] is not None:
        return None if approval is None else int(case["consent_id"])
    details = cast("dict[str, object]", parsed(approval)["details"])
    return cast("int | None", details.get("consent"))


def newest_report(
    connection: Connection, signature_id: int, first: dict[str, object]
) -> dict[str, object]:
    """Return the judgement that counts by now: of the newest form, or as it was handed in.

    A form of the time before judgements were kept beside it is only there when it had passed.
    """
    forms = select(Augmentation.report).where(Augmentation.signature_id == signature_id)
    newest = connection.execute(forms.order_by(Augmentation.n.desc()).limit(1)).one_or_none()
    if newest is None:
        return first
    return newest.report or {**first, "indication": Indication.TOTAL_PASSED.value}


def report_of(connection: Connection, consent_id: int) -> dict[str, object] | None:
    """Return how the signature of an e-onay is judged by now; None before it has one."""
    signed = select(Signature.id, Signature.report).join(
        Consent, Consent.signature_id == Signature.id
    )
    kept = connection.execute(signed.where(Consent.id == consent_id)).one_or_none()
    return None if kept is None else newest_report(connection, kept.id, kept.report)


def has_failed(report: Mapping[str, object] | None) -> bool:
    """Say whether a judgement is the last one and is not that the signature passed."""
    if report is None:
        return False
    passed = report["indication"] == Indication.TOTAL_PASSED
    return not passed and report["settles_at"] is None
