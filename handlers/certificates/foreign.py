"""Certificates that another authority made: suspended and revoked there and nowhere else.

Here is only learnt that they were, and their holders are told where to ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from handlers.certificates.dependents import LEARNING, fire_if_known
from handlers.certificates.validity import HELD
from handlers.kit.payload import given
from signing.errors import SigningError
from signing.validation.collect import chain
from signing.x509.certificate import read
from workflow.model.actor import system
from workflow.model.refusal import RuleFailed
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.kit.context import Context
    from handlers.kit.services import Services
    from states.cases.certificate import Certificate
    from workflow.model.context import Payload

MADE = "made"
"""How a certificate is known that was made here."""

NOT_KNOWN = "kayıtlarda yok"
"""What is read in place of an authority that nobody has named."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Says that a revocation was learnt from its authority; only our own code makes one."""

    def payload(self) -> Payload:
        """Return the payload of the move that the revocation makes."""
        return {"learnt": self}

    @classmethod
    def of(cls, payload: Payload) -> Learnt | None:
        """Return what a move brings; nothing that comes over the network turns into it."""
        return given(payload, "learnt", cls)


def contact_of(services: Services, case: Mapping[str, object], now: datetime) -> str:
    """Return where the authority of a certificate is reached; "" where that is not known.

    It is the words that stand beside one of those above it in the folder of anchors, the nearest
    first. What cannot be found out now is not known.
    """
    der, beside = case["der"], cast("list[bytes] | None", case["chain"]) or ()
    if not isinstance(der, bytes):
        return ""
    try:
        trust = services.trust()
        path = chain(read(der), beside, trust, now) if trust.contacts else []
    except SigningError:
        return ""
    contacts = dict(trust.contacts)
    found = (contacts.get(above.sha256) for above in path[1:])
    return next(filter(None, found), "")


def refuse_foreign(context: Context) -> None:
    """Refuse to suspend or revoke what another authority made; raises RuleFailed.

    Definitions of before have no rule for it, so the action of the move says it for all.
    """
    case = context.case
    if case["seen"] == MADE or Learnt.of(context.payload):
        return
    issuer = case["issuer"] or NOT_KNOWN
    raise RuleFailed(deny("sight.foreign", issuer=issuer), trigger=context.transition.name)


def end_there(context: Context, certificate: Certificate, learnt: Learnt) -> None:
    """Enter that the authority of a certificate has revoked it, as its service says.

    A definition of before knows of no other revocation than its own.
    """
    reason = "Veren kuruluşun durum hizmeti iptal bildirdi"
    if not fire_if_known(context, certificate.id, "learn_revoked", learnt.payload(), reason):
        context.fire(certificate.id, "revoke", learnt.payload(), reason, by=LEARNING)


def end_old(context: Context, old: Certificate, trigger: str, reason: str) -> None:
    """Suspend or revoke the certificate that an application replaces, as its kind says.

    What another authority made cannot be ended here: its holder is told to have it done there.
    """
    if old.state not in (HELD if trigger == "revoke" else ("active",)):
        return
    if old.seen == MADE:
        context.fire(old.id, trigger, reason=reason, by=system("production"))
    else:
        told = fire_if_known(context, old.id, "send_to_authority", {}, reason)
        context.note(old_certificate_left=old.id, holder_told=told)
