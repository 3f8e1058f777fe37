"""The revocation lists: made from our own records, published after each change of status."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import and_, func, select, text
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import UNKNOWN, ServedStatus
from signing.validation.trust import Revocation
from signing.x509.certificate import read
from states.cases.certificate import LISTED, Certificate
from states.cases.revocation import RevocationList
from workflow.model.registry import effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from handlers.kit.context import EffectContext
    from handlers.kit.services import Services
    from signing.authority.issuing import Issuer

LIFE = timedelta(hours=24)
"""How long a list may be used: a change must be visible within 24 hours (EN 319 411-1, 6.2.4)."""

RENEW_AFTER = timedelta(hours=12)
"""A list older than this is renewed even when nothing changed."""

REASONS: Mapping[str, Reason] = {
    "Kart kayboldu ya da çalındı": Reason.KEY_COMPROMISE,
    "Kartın PIN'ini başkası öğrendi": Reason.KEY_COMPROMISE,
    "Ad, soyad ya da başka bilgi değişti": Reason.AFFILIATION_CHANGED,
    "Yerine yeni sertifika alındı": Reason.SUPERSEDED,
    "Sertifikaya gerek kalmadı": Reason.CESSATION,
}
"""What a person may choose as the reason to revoke, and what the lists say then (RFC 5280, 5.3.1).

The reason of the move begins with the sentence; their own words may follow after a colon.
"""

OFFICE_REASONS: Mapping[str, Reason] = {
    "Sertifika sahibi öldü": Reason.CESSATION,
    "Sertifika sahibinin fiil ehliyeti sınırlandı": Reason.PRIVILEGE_WITHDRAWN,
    "Sertifika sahibi iflas etti": Reason.PRIVILEGE_WITHDRAWN,
    "Sertifika sahibinin gaipliğine karar verildi": Reason.CESSATION,
    "Sertifika sahibi kurumundan ayrıldı": Reason.AFFILIATION_CHANGED,
}
"""The same for what the office learns of a person (law 5070, article 11)."""

CAUSES: Mapping[str, Reason] = {
    "lost": Reason.KEY_COMPROMISE,
    "report_lost": Reason.KEY_COMPROMISE,
    "data_change": Reason.AFFILIATION_CHANGED,
    "fault": Reason.SUPERSEDED,
    "damaged": Reason.SUPERSEDED,
    "puk_blocked": Reason.SUPERSEDED,
    "reissue": Reason.SUPERSEDED,
    "destroy_card": Reason.CESSATION,
    "not_activated": Reason.CESSATION,
    "scrap": Reason.CESSATION,
    "cancel": Reason.CESSATION,
}
"""The same for a revocation that follows from an application: "NES-2026-1: lost: own words"."""


MADE = and_(Certificate.der.is_not(None), Certificate.seen == "made")
"""Certificates that our authority vouches for: those it made, not those that were only seen."""


CODES: Mapping[str, Reason] = {
    "lost_or_stolen": Reason.KEY_COMPROMISE,
    "key_disclosed": Reason.KEY_COMPROMISE,
    "data_changed": Reason.AFFILIATION_CHANGED,
    "data_wrong": Reason.AFFILIATION_CHANGED,
    "left_office": Reason.AFFILIATION_CHANGED,
    "not_needed": Reason.CESSATION,
}
"""The same for the codes under which the office revokes on request."""


def reason_of(reason: str | None) -> Reason:
    """Return what the lists say of the reason of a revocation; other words are unspecified."""
    parts = [part.strip() for part in (reason or "").split(":")]
    causes = (CAUSES.get(part) for part in parts[1:2])
    known = (REASONS, OFFICE_REASONS, CODES)
    stated = next((found[parts[0]] for found in known if parts[0] in found), None)
    return stated or next(causes, None) or Reason.UNSPECIFIED


@effect()
def publish(context: EffectContext) -> None:
    """Issue new lists unless one is already newer than the change that asks for it.

    It is queued when a status changes, and when a code is issued: a signature is about to come,
    and no list may be stale when it is judged. An authority elsewhere is told of the change instead
    and publishes it itself; what it is told is where the certificate stands now, so that a
    repetition, or a change that has been overtaken, does no harm.
    """
    services = context.services
    if services.elsewhere is None:
        ensure_fresh(context.database, services, context.now)
    elif context.definition.name == "certificate" and context.case["card_id"] is not None:
        _tell(services.elsewhere, context.case)


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


def ensure_fresh(database: Engine, services: Services, now: datetime) -> bool:
    """Issue new lists when the newest is old or a certificate has changed since; say whether.

    Signs with the authority's key, so it is called outside any transaction: by the worker, and
    before a signature is judged. Raises the errors of the signing room when the token is away.
    An authority elsewhere makes its own lists, so none are made here.
    """
    if services.elsewhere is not None:
        return False
    with database.connect() as connection:
        newest = _newest(connection, now)
        if newest is not None and not _outdated(connection, newest, now):
            return False
        entries = _entries(connection)
        number = _last_number(connection) + 1
    _issue(database, services, entries, number, now)
    return True


def leap(database: Engine, services: Services, restored: datetime, now: datetime) -> None:
    """Issue new lists from records that were put back, under a number that nobody has seen yet.

    Since the moment that was restored lists have been issued that the records do not know, no more
    than one a second; a number that came again would name two lists (RFC 5280, 5.2.3).
    """
    with database.connect() as connection:
        entries = _entries(connection)
        skipped = max(0, int((now - restored).total_seconds()))
        number = _last_number(connection) + skipped + 1
    _issue(database, services, entries, number, now)


def _last_number(connection: Connection) -> int:
    return connection.execute(select(func.max(RevocationList.number))).scalar() or 0


def _issue(
    database: Engine, services: Services, entries: list[RevokedEntry], number: int, now: datetime
) -> None:
    authority = services.authority()
    window = (now, now + LIFE)
    values = {
        "number": number,
        "this_update": now,
        "next_update": now + LIFE,
        "issuing": authority.crl(entries, *window, number),
        "root": authority.root_crl(*window, number),
    }
    with database.begin() as connection:
        # Who comes second with a number has made the same list from the same records.
        connection.execute(insert(RevocationList).values(values).on_conflict_do_nothing())


def lists_at(connection: Connection, at: datetime) -> Revocation:
    """Return the lists to judge with at a moment; none when none was issued by then."""
    newest = _newest(connection, at)
    return Revocation() if newest is None else Revocation((newest.issuing, newest.root))


def current_lists(connection: Connection, at: datetime) -> dict[str, bytes] | None:
    """Return the newest lists (DER) of "issuing" and "root", as they are offered for download."""
    newest = _newest(connection, at)
    return None if newest is None else {"issuing": newest.issuing, "root": newest.root}


def status_in(database: Engine) -> Callable[[int], ServedStatus]:
    """Return what answers for a serial number from our records as they are at this moment.

    A certificate that was never made is unknown. Each answer is a short read of its own: no
    connection is held while the token signs.
    """

    def status_of(serial_number: int) -> ServedStatus:
        made = select(*_STATUS_COLUMNS).where(MADE, Certificate.serial == f"{serial_number:x}")
        with database.connect() as connection:
            row = connection.execute(made).one_or_none()
        return UNKNOWN if row is None else ServedStatus(entry=_entry(row))

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


def _outdated(connection: Connection, newest: RevocationList, now: datetime) -> bool:
    if now - newest.this_update >= RENEW_AFTER:
        return True
    changed = select(Certificate.id).where(MADE, Certificate.entered_at >= newest.this_update)
    return connection.execute(changed.limit(1)).first() is not None


def _entries(connection: Connection) -> list[RevokedEntry]:
    """List what is revoked or suspended among the certificates that we made."""
    made = select(*_STATUS_COLUMNS).where(MADE)
    listed = made.where(text(f"({LISTED})"))
    found = (_entry(row) for row in connection.execute(listed))
    return [entry for entry in found if entry is not None]


_STATUS_COLUMNS = (
    Certificate.serial, Certificate.state, Certificate.suspended_at,
    Certificate.revoked_at, Certificate.revocation_reason,
)  # fmt: skip


def _entry(row: Row[str, str, datetime | None, datetime | None, str | None]) -> RevokedEntry | None:
    """Say since when and why a certificate is not in force; None for one that is.

    Who asks later learns what was true: one that ended on hold stays on hold, and one that was
    revoked on hold is revoked since the day of the hold (ITU-T X.509, reason code certificateHold).
    """
    number = int(row.serial, 16)
    if row.state == "revoked":
        since = row.suspended_at or row.revoked_at
        return RevokedEntry(number, since, reason_of(row.revocation_reason))
    return (
        None if row.suspended_at is None else RevokedEntry(number, row.suspended_at, Reason.ON_HOLD)
    )
