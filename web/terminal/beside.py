"""Where the demo's own processes listen: beside its site, on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"

PATIENCE = 2.0
"""Seconds within which a server on this machine greets."""

LONGEST_GREETING = 512
"""Bytes of a reply line of SMTP (RFC 5321, 4.5.3.1.5)."""


def listen(near: int) -> socket.socket:
    """Return a listening socket on the given port, on any when that one cannot be had."""
    for port in (near, 0):
        found = socket.socket()
        try:
            found.bind((HOST, port))
        except (OSError, OverflowError):
            found.close()
        else:
            found.listen()
            return found
    raise OSError(HOST)  # pragma: no cover - a machine without a free port


def greeted_port(file: Path, greeting: bytes) -> int | None:
    """Return the port that a file names, if who listens there greets so; else None.

    A process that was killed leaves its file, and another one may have its port by now.
    """
    try:
        port = int(file.read_text("ascii"))
        with socket.create_connection((HOST, port), PATIENCE) as line:
            said = line.recv(LONGEST_GREETING)
    except (OSError, ValueError, OverflowError):
        return None
    return port if said.startswith(greeting) else None
