"""What is told to the world of a certificate: published by lists and answers, read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from handlers.certificates import revocation_lists
from handlers.certificates.revocation_reasons import reason_of
from handlers.kit import rows
from signing.authority.crl import Reason, read_entry
from signing.authority.ocsp import GOOD, UNKNOWN, ServedStatus
from signing.validation.trust import Revocation
from signing.x509.certificate import read
from states.cases.certificate import Certificate
from states.cases.revocation import RevocationList, RevocationStatus
from states.logs.journal import JournalEntry
from workflow.loading.vocabulary import SYSTEM
from workflow.model.registry import effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import EffectContext
    from signing.authority.issuing import Issuer

ENDING = frozenset({"suspend", "hold", "stop_activation", "revoke", "revoke_by_office"})
"""The moves that take a certificate out of force because somebody asks for it, or has to."""


@effect()
def publish(context: EffectContext) -> None:
    """Have a change published: at once where somebody asked for it, else with the next list.

    It is queued when a status changes, and when a code is issued: a signature is about to come,
    and no list may be stale, or late with a change of this person's, when it is judged. An
    authority elsewhere is told of the change instead and publishes it itself; what it is told is
    where the certificate stands now, so that a repetition, or a change that has been overtaken,
    does no harm.
    """
    services = context.services
    of_certificate = context.definition.name == "certificate"
    if services.elsewhere is None:
        hurried = _of_signer(context) if not of_certificate else _if_asked_for(context)
        if hurried:
            revocation_lists.mark_urgent(context.database, hurried)
        revocation_lists.publish_due(context.database, services, context.now, context.point)
    elif of_certificate and context.case["card_id"] is not None:
        _tell(services.elsewhere, context.case)


def _of_signer(context: EffectContext) -> list[int]:
    """Return the certificates of the person who is about to sign; none for a stranger."""
    own = select(Certificate.id).where(Certificate.person_id == context.case["person_id"])
    with context.database.connect() as connection:
        return list(connection.scalars(own))


def _if_asked_for(context: EffectContext) -> list[int]:
    """Return the certificate where its move ended it for somebody, or its key is not safe.

    What the house itself does for good order (cards that are replaced, scrapped or not activated)
    waits for the next list, since it comes in waves.
    """
    certificate_id = rows.number(context.case, "id")
    if context.trigger not in ENDING:
        return []
    if reason_of(context.reason) is Reason.KEY_COMPROMISE or context.trigger != "revoke":
        return [certificate_id]
    mover = select(JournalEntry.actor).where(
        JournalEntry.case_id == certificate_id, JournalEntry.n == context.n
    )
    with context.database.connect() as connection:
        by_system = (connection.scalar(mover) or "").startswith(SYSTEM)
    return [] if by_system else [certificate_id]


def _tell(issuer: Issuer, case: Mapping[str, object]) -> None:
    """Tell an authority elsewhere whether a certificate is in force, held or revoked, and why."""
    reasons = {
        "active": None,
        "suspended": Reason.ON_HOLD,
        "revoked": reason_of(rows.optional_text(case, "revocation_reason")),
    }
    state = rows.text(case, "state")
    if state in reasons:
        issuer.set_status(read(cast("bytes", case["der"])), reasons[state])


def lists_at(connection: Connection, at: datetime) -> Revocation:
    """Return the lists to judge with at a moment; none when none was issued by then."""
    newest = _newest(connection, at)
    return Revocation() if newest is None else Revocation((newest.issuing, newest.root))


def current_lists(connection: Connection, at: datetime) -> dict[str, bytes] | None:
    """Return the newest lists (DER) of "issuing" and "root", as they are offered for download."""
    newest = _newest(connection, at)
    return None if newest is None else {"issuing": newest.issuing, "root": newest.root}


def status_in(database: Engine) -> Callable[[int], ServedStatus]:
    """Return what answers for a serial number with what the newest lists say of it.

    A certificate that was never made, or that no list has yet taken account of, is unknown. Each
    answer is a short read of its own: no connection is held while the token signs.
    """

    def status_of(serial_number: int) -> ServedStatus:
        serial = f"{serial_number:x}"
        known = select(RevocationStatus.entry).where(RevocationStatus.serial == serial)
        with database.connect() as connection:
            row = connection.execute(known).one_or_none()
        if row is None:
            return UNKNOWN
        return GOOD if row.entry is None else ServedStatus(entry=read_entry(row.entry))

    return status_of


def _newest(connection: Connection, at: datetime) -> RevocationList | None:
    statement = (
        select(RevocationList.__table__)
        .where(RevocationList.this_update <= at)
        .order_by(RevocationList.number.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else RevocationList(**row)
