"""What a mail server tells later of a message: the report of delivery (RFC 3464), read.

A report names the message by the envelope id that was asked for with it (RFC 3461, 5) and by the
Message-ID among the headers that came back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from handlers.post.keyed import NamedNotice, named_notice
from handlers.post.mime_parts import parts_of, read_part, text_of
from states.cases.notice import TryOutcome
from states.kit.errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message

REPORT = "multipart/report"
STATUS = "message/delivery-status"
RETURNED = frozenset({"text/rfc822-headers", "message/rfc822"})
"""How what came back of the message is called (RFC 6522)."""

_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_ADDRESS = re.compile(r"5\.(0\.0|1\.[0-9]+|2\.[01]|4\.4)")
"""Codes (RFC 3463) by which nobody is reached at the address: it or its host is unknown, the
mailbox is off, or there is no reason. Others are of the mailbox's size, the content or a policy."""

_BEST_FIRST = (
    TryOutcome.DELIVERED, TryOutcome.BAD_ADDRESS, TryOutcome.REFUSED, TryOutcome.DELAYED,
)  # fmt: skip
"""Which outcome counts where an address led to several readers."""


class ReceiptRefused(CodedError):
    """What came in is no receipt that counts; params: reason."""

    code = "receipt_refused"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Which message a report is about, and what it says; ``outcome`` is None for no news."""

    named: NamedNotice
    outcome: TryOutcome | None
    words: str


def read_report(mail: bytes) -> DeliveryReport:
    """Return what a report of delivery says; ReceiptRefused for what is none, or is not of us."""
    head = read_part(mail)
    kind = str(head.get_param("report-type") or "").lower()  # ASCII: a name of the standard
    if head.get_content_type() != REPORT or kind != "delivery-status":
        raise ReceiptRefused(reason="no_report")
    parts = parts_of(mail)
    status = next((part for part in parts if read_part(part).get_content_type() == STATUS), None)
    if status is None:
        raise ReceiptRefused(reason="no_report")
    whole, *readers = _groups(text_of(status)) or [HeaderParser().parsestr("")]
    ids = [str(whole["Original-Envelope-Id"] or "")]
    ids += [
        str(HeaderParser().parsestr(text_of(part))["Message-ID"] or "")
        for part in parts
        if read_part(part).get_content_type() in RETURNED
    ]
    named = one_notice(ids)
    if not readers:
        raise ReceiptRefused(reason="no_report")
    said = [(_outcome(reader), _words(reader)) for reader in readers]
    for outcome in _BEST_FIRST:
        words = next((words for found, words in said if found is outcome), None)
        if words is not None:
            return DeliveryReport(named, outcome, words)
    return DeliveryReport(named, None, "")


def one_notice(ids: Iterable[str]) -> NamedNotice:
    """Return the one message that these ids name; ReceiptRefused for none, or several."""
    found = {named for one in ids if (named := named_notice(one)) is not None}
    if len(found) != 1:
        raise ReceiptRefused(reason="names_several" if found else "names_none")
    return found.pop()


def _groups(text: str) -> list[Message]:
    """Return the groups of fields that empty lines part: the message's, then each reader's."""
    lines = text.replace("\r\n", "\n").strip("\n")
    return [HeaderParser().parsestr(group) for group in re.split(r"\n[ \t]*\n+", lines) if group]


def _outcome(reader: Message) -> TryOutcome | None:
    """Return what became of the message for one reader (RFC 3464, 2.3.3)."""
    action = str(reader["Action"] or "").strip().lower()  # ASCII: names of the standard
    if action in {"delivered", "expanded"}:
        return TryOutcome.DELIVERED
    if action == "delayed":
        return TryOutcome.DELAYED
    if action == "failed":
        code = _code(reader) or "5.0.0"
        return TryOutcome.BAD_ADDRESS if _ADDRESS.fullmatch(code) else TryOutcome.REFUSED
    if action == "relayed":
        return None
    raise ReceiptRefused(reason="no_report")


def _code(reader: Message) -> str:
    found = _STATUS.search(str(reader["Status"] or ""))
    return found[0] if found else ""


def _words(reader: Message) -> str:
    """Return what the other server has said, behind the name of its protocol, with the code."""
    diagnostic = str(reader["Diagnostic-Code"] or "")
    said = (diagnostic.partition(";")[2] or diagnostic).strip()
    code = _code(reader)
    return said if code in said else f"{code} {said}".strip()
