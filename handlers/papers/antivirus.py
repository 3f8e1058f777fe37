"""Asking a virus scanner (clamd) about an upload before anything else reads it."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

from states.kit.invalid import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20.0
"""How long the scanner may take to connect and for each step of the talk."""

CHUNK = 64 * 1024
ANSWER = 1024
"""Bytes of the longest answer that is read."""

_FOUND = re.compile(rb"stream: ([\x21-\x7e]{1,100}) FOUND\0")
_CLEAN = b"stream: OK\0"


def examine(scanner: str | None, content: bytes) -> None:
    """Return when the scanner finds nothing, or when the site has none.

    ``scanner`` is the path of a unix socket or HOST:PORT. Invalid ``upload.infected`` (params:
    found) when it finds something; ``upload.scanner_away`` when it does not say: what nobody has
    looked at is not taken. Spoken is clamd's INSTREAM (clamd(8)): pieces behind their length in
    four bytes, an empty one at the end.
    """
    if scanner is None:
        return
    try:
        answer = _asked(scanner, content)
    except (OSError, ValueError) as error:
        raise Invalid("upload.scanner_away") from error
    found = _FOUND.fullmatch(answer)
    if found is not None:
        # The name goes to the log; one that is no plain word does not match: no answer.
        raise Invalid("upload.infected", found=found[1].decode("ascii"))
    if answer != _CLEAN:
        raise Invalid("upload.scanner_away")


def _asked(scanner: str, content: bytes) -> bytes:
    """Return the scanner's answer, which a zero byte ends."""
    with _connected(scanner) as talk:
        talk.sendall(b"zINSTREAM\0")
        for piece in _pieces(content):
            talk.sendall(len(piece).to_bytes(4, "big") + piece)
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER:
            said = talk.recv(ANSWER)
            if not said:
                break
            answer += said
    return answer


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]
    yield b""


def _connected(scanner: str) -> socket.socket:
    if not scanner.startswith("/"):
        host, _, port = scanner.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), SECONDS)
    talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        talk.settimeout(SECONDS)
        talk.connect(scanner)
    except OSError:
        talk.close()
        raise
    return talk
