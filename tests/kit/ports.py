"""Which ports the tests listen on: ones of this machine that nobody uses."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
