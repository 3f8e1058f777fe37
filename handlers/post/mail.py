"""An e-mail in bytes (RFC 5322, RFC 2045): plain text and HTML of one source, files beside."""

from __future__ import annotations

import base64
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from handlers.post.html import html_of
from states.kit.text import normal

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.post.carrier import Attachment, OutgoingMessage


_LANGUAGES = {"tr": "tr", "en": "en, tr"}


def mail_bytes(message: OutgoingMessage, sender: str, to: str, now: datetime) -> bytes:
    """Return a message as it is sent; ``sender`` may have a name, ``to`` is ASCII and was judged.

    All parts are base64, so no line is too long and none begins with a dot.
    """
    edge = sha256(message.message_id.encode()).hexdigest()[:32]
    head = [
        f"From: {sender}",
        f"To: {to}",
        _header("Subject", normal(message.subject)),
        f"Date: {format_datetime(now)}",
        f"Message-ID: {message.message_id}",
        "MIME-Version: 1.0",
        "Auto-Submitted: auto-generated",  # RFC 3834: nobody's absence answers it
        f"Content-Language: {_LANGUAGES[message.language]}",
    ]
    html = message.html or html_of(message.subject, message.text, message.language)
    plain = _part("text/plain; charset=utf-8", message.text.encode())
    rich = _part("text/html; charset=utf-8", html.encode())
    body = _parted("multipart/alternative", f"a-{edge}", [plain, rich])
    if message.attachments:
        files = [_file(one) for one in message.attachments]
        body = _parted("multipart/mixed", f"m-{edge}", [body, *files])
    return "\r\n".join(head).encode("ascii") + b"\r\n" + body


@lru_cache(maxsize=256)  # thousands of messages have one subject
def _header(name: str, text: str) -> str:
    alphabet = "us-ascii" if text.isascii() else "utf-8"
    written = Header(text, alphabet, header_name=name).encode(linesep="\r\n")
    return f"{name}: {written}"


def _part(kind: str, content: bytes, more: str = "") -> bytes:
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    return head.encode("ascii") + lines


def _file(file: Attachment) -> bytes:
    name = quote(file.name, safe="")  # RFC 2231: letters of any alphabet, no sign that ends it
    more = f"Content-Disposition: attachment; filename*=utf-8''{name}\r\n"
    return _part(file.media_type, file.content, more)


def _parted(kind: str, edge: str, parts: list[bytes]) -> bytes:
    line = f"--{edge}".encode()
    head = f'Content-Type: {kind}; boundary="{edge}"\r\n\r\n'.encode()
    return head + b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
