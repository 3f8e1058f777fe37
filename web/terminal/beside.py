"""Where the demo's own processes listen: beside its site, on this machine."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


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
