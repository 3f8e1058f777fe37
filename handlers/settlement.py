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
    from sqlalchemy import Row

    from workflow.context import Context
    from workflow.verdict import Verdict


@check
def final(context: Context) -> Verdict:
    """Allow what rests on no signature, or on one that was judged for good.

    A signature under P2 or P3 is taken at hand-in but judged for good only with revocation data of
    24 hours later (DOMAIN 5); until then the answer is "not yet", and then what the completion
    found (handlers/completion.py).
    """
    kept = _resting_on(context)
    if kept is None or kept.indication == Indication.TOTAL_PASSED:
        return ALLOW
    forms = select(Augmentation.report).where(Augmentation.signature_id == kept.id)
    judged = context.connection.execute(forms.order_by(Augmentation.n).limit(1)).one_or_none()
    if judged is None:
        return error("signature.settling", until=_moment(kept.report))
    # A form of the time before judgements were kept beside it is only there when it had passed.
    if judged.report is None or judged.report["indication"] == Indication.TOTAL_PASSED:
        return ALLOW
    return deny("signature.failed_at_last", found=judged.report["sub_indication"])


def _moment(report: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(report["settles_at"]))


def _resting_on(context: Context) -> Row[int, str, dict[str, object]] | None:
    """Read the signature on the form, or that of the person's newest e-onay; None on paper."""
    case = context.case
    found = select(Signature.id, Signature.indication, Signature.report)
    if case["method"] == "e_imza":
        found = found.where(
            Signature.case_id == context.case_id, Signature.document_sha256 == case["form_sha256"]
        )
    elif case["method"] == "e_onay":
        found = found.join(Consent, Consent.signature_id == Signature.id).where(
            Consent.person_id == case["person_id"]
        )
    else:
        return None
    return context.connection.execute(found.order_by(Signature.id.desc()).limit(1)).one_or_none()
