"""Owns whether the signature that an application rests on has been judged for good."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from signing.verdict import Indication
from states.augmentation import Augmentation
from states.consent import Consent
from states.signature import Signature
from workflow.registry import check
from workflow.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from workflow.context import Context
    from workflow.verdict import Verdict

GIVEN = ("in_force", "superseded", "withdrawn")
"""The states of an e-onay that has been in force at some time."""


@check
def final(context: Context) -> Verdict:
    """Allow what rests on no signature, or on one that was judged for good.

    A signature under P2 or P3 is taken at hand-in but judged for good only with revocation data of
    24 hours later; until then the answer is "not yet", and then what the completion
    found (handlers/completion.py).
    """
    kept = _resting_on(context)
    if kept is None:
        return ALLOW
    report = newest_report(context.connection, kept.id, kept.report)
    if report["indication"] == Indication.TOTAL_PASSED:
        return ALLOW
    if report["settles_at"] is not None:
        until = datetime.fromisoformat(str(report["settles_at"]))
        return error("signature.settling", until=until)
    return deny("signature.failed_at_last", found=report["sub_indication"])


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


def _resting_on(context: Context) -> Row[int, dict[str, object]] | None:
    """Read the signature on the form, or that of the person's newest e-onay; None on paper."""
    case = context.case
    found = select(Signature.id, Signature.report)
    if case["method"] == "e_imza":
        found = found.where(
            Signature.case_id == context.case_id, Signature.document_sha256 == case["form_sha256"]
        )
    elif case["method"] == "e_onay":
        found = found.join(Consent, Consent.signature_id == Signature.id).where(
            Consent.person_id == case["person_id"], Consent.state.in_(GIVEN)
        )
    else:
        return None
    return context.connection.execute(found.order_by(Signature.id.desc()).limit(1)).one_or_none()
