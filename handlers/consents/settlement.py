"""Whether the signature that an application rests on has been judged for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.consents.underlying_consent import (
    SignatureStanding,
    consent_of,
    newest_standing,
    standing_of,
)
from handlers.kit import rows
from states.cases.consent import Consent
from states.papers.signature import Signature
from workflow.model.registry import check
from workflow.model.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict


@check
def final(context: Context) -> Verdict:
    """Allow what rests on no signature, or on one that was judged for good.

    A signature under P2 or P3 is taken at hand-in but judged for good only with revocation data of
    24 hours later; until then the answer is "not yet", and then what its finalisation found
    (handlers/signatures/final.py). What rests on an e-onay rests on the very one that it was
    approved by, and on nothing once that was ended.
    """
    method = context.case["method"]
    if method == "e_onay":
        return _by_consent(context)
    return _judged(_of_form(context)) if method == "e_imza" else ALLOW


def _by_consent(context: Context) -> Verdict:
    consent_id = consent_of(context.connection, context.case)
    if consent_id is None:
        return deny("consent.unnamed")
    consent = rows.fetch(context.connection, Consent, consent_id)
    if consent.state == "ended":
        return deny("consent.ended", reference=consent.reference)
    return _judged(standing_of(context.connection, consent_id))


def _of_form(context: Context) -> SignatureStanding | None:
    """Return the standing of the newest signature on the frozen form; None without one."""
    signed = select(Signature.id, Signature.report).where(
        Signature.case_id == context.case_id,
        Signature.document_sha256 == context.case["form_sha256"],
    )
    newest = signed.order_by(Signature.id.desc()).limit(1)
    kept = context.connection.execute(newest).one_or_none()
    return None if kept is None else newest_standing(context.connection, kept.id, kept.report)


def _judged(found: SignatureStanding | None) -> Verdict:
    if found is None or found.passed:
        return ALLOW
    if found.failed:
        return deny("signature.failed_at_last", found=found.sub_indication)
    return error("signature.settling", until=found.settles_at)
