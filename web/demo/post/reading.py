"""What a caught message says: its heads, its text, its HTML, the names of its files."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What the library raises over heads and bodies that are none; an address has any of them."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A message as its reader sees it; what cannot be read is empty."""

    subject: str = ""
    message_id: str = ""
    text: str = ""
    html: str = ""
    files: tuple[str, ...] = ()


def read_mail(content: bytes) -> ReadMail:
    """Return what a message says; of one that is none, its bytes as text."""
    try:
        mail: EmailMessage = message_from_bytes(content, policy=policy.default)
        return ReadMail(
            str(mail["Subject"] or ""),
            str(mail["Message-ID"] or ""),
            _body(mail, "plain"),
            _body(mail, "html"),
            tuple(part.get_filename() or "" for part in mail.walk() if part.get_filename()),
        )
    except UNREADABLE:
        return ReadMail(text=content.decode("utf-8", "replace"))


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content())
