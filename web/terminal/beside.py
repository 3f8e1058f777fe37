"""Where the demo's own processes listen: beside its site, on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"

MAIL_SERVER = "posta.invalid"
"""What the demo's mail server calls itself."""

MAIL_SENDER = "NES Ofisi (TEST) <nes@ofis.invalid>"

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


def mail_settings(port: int) -> dict[str, str]:
    """Return the settings by which an office hands its mail to the demo's server on a port."""
    return {"NES_SMTP_SERVER": f"smtp://{HOST}:{port}", "NES_SMTP_FROM": MAIL_SENDER}


def mail_port_file(var: Path) -> Path:
    """Return the file that tells other commands the port of the demo's mail server."""
    return var / "demo" / "post.port"


def running_mail_settings(var: Path) -> dict[str, str]:
    """Return the settings of the mail server of a demo that runs now, nothing where none does."""
    port = greeted_port(mail_port_file(var), f"220 {MAIL_SERVER} ".encode())
    return {} if port is None else mail_settings(port)
