"""Receipts: what comes back of a message is judged and written, once.

A receipt counts when it names a message by the id that only the office could make; of registered
e-mail it is signed by the provider besides. Whatever else comes in changes nothing, and is counted
by its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text

from handlers.kit import rate_limits
from handlers.post.channels import KEP, SMS, channels_of, tell_once_more
from handlers.post.delivery_report import DeliveryReport, ReceiptRefused, read_report
from handlers.post.kep_evidence import is_signed, read_evidence
from handlers.post.keyed import is_ours, to_mark
from handlers.post.words import plain_words
from states.cases.notice import NoticeState, TryOutcome
from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from handlers.kit.context import CaseEngine

log = structlog.get_logger()

LARGEST = 256 * 1024
"""Bytes of the largest receipt: a report with the headers of the message has some thousands."""

COUNTED = timedelta(days=30)
"""How long refused receipts are counted together."""

REASONS = (
    "too_large", "no_report", "names_none", "names_several", "unknown", "forged", "unsigned",
    "signature", "never_handed_over",
)  # fmt: skip
"""Why a receipt changes nothing."""

_STATES = {
    TryOutcome.DELIVERED: NoticeState.DELIVERED,
    TryOutcome.BAD_ADDRESS: NoticeState.BOUNCED,
    TryOutcome.REFUSED: NoticeState.GIVEN_UP,
}

_FROM: Mapping[NoticeState, frozenset[str]] = {
    NoticeState.DELIVERED: frozenset({"written", "handed_over", "given_up"}),
    NoticeState.BOUNCED: frozenset({"written", "handed_over", "delivered"}),
    NoticeState.GIVEN_UP: frozenset({"written", "handed_over"}),
}
"""From which states a receipt leads to which. What is written may have been handed over by a
worker that died; what a server took for delivered another one behind it may send back."""

_FIND = text("""
SELECT n.id, n.key, n.channel, n.state, p.email,
    (SELECT count(*) FROM notice_try t WHERE t.notice_id = n.id) AS tries,
    (SELECT t.to_mark FROM notice_try t WHERE t.notice_id = n.id ORDER BY t.n DESC LIMIT 1) AS mark
FROM notice n JOIN person p ON p.id = n.person_id
WHERE n.id = :id
""")

_LOCK = text("SELECT FROM notice WHERE id = :id FOR NO KEY UPDATE")

_KNOWN = text(
    "SELECT count(*) FROM notice_try"
    " WHERE notice_id = :id AND outcome = :outcome AND words = :words"
)

_KEEP = text(
    "INSERT INTO notice_try (notice_id, n, at, channel, outcome, words, to_mark)"
    " VALUES (:id, :n, :now, :channel, :outcome, :words, :mark)"
)

_MOVE = text("UPDATE notice SET state = :state WHERE id = :id AND state = ANY(:before)")


class ReceiptResult(StrEnum):
    """What came of a receipt."""

    TAKEN = "taken"
    KNOWN = "known"
    """It says what is written already, or nothing that counts."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReceiptAnswer:
    """What came of a receipt; ``reason`` is one of REASONS where it was refused."""

    result: ReceiptResult
    reason: str = ""


def take_receipt(engine: CaseEngine, mail: bytes) -> ReceiptAnswer:
    """Judge a mail that came back and write what it says; the same one twice counts once.

    What is refused is counted and logged by its reason, and nothing else is done.
    """
    try:
        return ReceiptAnswer(_take(engine, mail))
    except ReceiptRefused as refused:
        reason = str(refused.params["reason"])
        now = engine.clock.now()
        rate_limits.add(engine.database, _counter(reason), 1, COUNTED, now)
        log.warning(LogEvent.RECEIPT_REFUSED, code=reason)
        return ReceiptAnswer(ReceiptResult.REFUSED, reason)


def refused_receipts(engine: CaseEngine) -> dict[str, int]:
    """Return how many receipts were refused lately, by reason; those of none are left out."""
    now = engine.clock.now()
    found = {name: rate_limits.read(engine.database, _counter(name), now)[0] for name in REASONS}
    return {name: number for name, number in found.items() if number}


def _counter(reason: str) -> str:
    return f"receipt_refused/{reason}"


def _take(engine: CaseEngine, mail: bytes) -> ReceiptResult:
    if len(mail) > LARGEST:
        raise ReceiptRefused(reason="too_large")
    signed = is_signed(mail)
    now = engine.clock.now()
    report = (
        read_evidence(mail, engine.services.receipts.kep_signers, now)
        if signed
        else read_report(mail)
    )
    with engine.database.begin() as connection:
        connection.execute(_LOCK, {"id": report.named.notice_id})
        row = connection.execute(_FIND, {"id": report.named.notice_id}).one_or_none()
        if row is None:
            raise ReceiptRefused(reason="unknown")
        _judge(engine, row, report, signed=signed)
        return _write(engine, connection, row, report)


def _judge(engine: CaseEngine, row: Row[Any], report: DeliveryReport, *, signed: bool) -> None:
    """Raise ReceiptRefused for what was not made for this message, or not by who may tell of it."""
    if not is_ours(engine.services.vault, report.named, row.key):
        raise ReceiptRefused(reason="forged")
    if row.channel == KEP and not signed:
        raise ReceiptRefused(reason="unsigned")
    if row.state == NoticeState.NOT_SENT:
        raise ReceiptRefused(reason="never_handed_over")


def _write(
    engine: CaseEngine, connection: Connection, row: Row[Any], report: DeliveryReport
) -> ReceiptResult:
    """Keep what a receipt says as a try of its message, and the state that follows from it."""
    if report.outcome is None:
        return ReceiptResult.KNOWN
    now, mark = engine.clock.now(), row.mark
    if mark is None:  # handed over by a worker that died before it was written
        mark = to_mark(engine.services.vault, row.email) if row.email else ""
    said = {
        "id": row.id, "n": row.tries + 1, "now": now, "channel": row.channel, "mark": mark,
        "outcome": report.outcome.value, "words": plain_words(report.words),
    }  # fmt: skip
    if connection.scalar(_KNOWN, said):
        return ReceiptResult.KNOWN
    connection.execute(_KEEP, said)
    state = _STATES.get(report.outcome)
    if state is not None:
        values = {"id": row.id, "state": state.value, "before": sorted(_FROM[state])}
        connection.execute(_MOVE, values)
        if SMS in channels_of(engine.services):
            tell_once_more(connection, [row.id], now)
    return ReceiptResult.TAKEN
