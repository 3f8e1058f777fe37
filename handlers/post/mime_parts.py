"""The parts of a mail that came in, one level at a time (RFC 2046, 5.1).

The library reads a mail whole, level within level, as deep as its sender wished; here somebody
unknown is the sender.
"""

from __future__ import annotations

from email.parser import BytesParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

MOST_PARTS = 20
"""Parts of one level that are looked at."""


def read_part(content: bytes) -> Message:
    """Return one part: its headers, and its body as it stands."""
    return BytesParser().parsebytes(content, headersonly=True)


def parts_of(content: bytes) -> list[bytes]:
    """Return the parts of a multipart, each with its headers; none of what is no multipart."""
    head = read_part(content)
    edge = head.get_boundary()
    if head.get_content_maintype() != "multipart" or not edge:
        return []
    line = b"--" + edge.encode("ascii", "replace")
    parts: list[list[bytes]] = []
    for one in _body(content).splitlines(keepends=True):
        mark = one.rstrip()
        if mark == line + b"--" or (mark == line and len(parts) == MOST_PARTS):
            break
        if mark == line:
            parts.append([])
        elif parts:
            parts[-1].append(one)
    return [b"".join(part) for part in parts]


def text_of(content: bytes) -> str:
    """Return the body of a part, its transfer encoding undone, as text."""
    part = read_part(content)
    found = part.get_payload(decode=True)
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else ""


def _body(content: bytes) -> bytes:
    """Return what stands behind the first empty line."""
    unix, _, _ = content.partition(b"\n\n")
    dos, _, _ = content.partition(b"\r\n\r\n")
    return content[min(len(unix), len(dos)) :]
