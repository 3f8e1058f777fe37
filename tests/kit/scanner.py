"""A small virus scanner for the tests: it speaks clamd's INSTREAM and knows one bad word."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BAD = b"BAD-WORD"
"""What the scanner of the tests takes for a virus."""


@dataclass
class Scanner:
    """What it was given, piece by piece; ``says`` replaces its own answer."""

    address: str
    says: bytes | None = None
    pieces: list[bytes] = field(default_factory=list)

    def talk(self, guest: socket.socket) -> None:
        """Take one stream in and answer."""
        with guest, guest.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            self.pieces.clear()
            while length := int.from_bytes(stream.read(4), "big"):
                self.pieces.append(stream.read(length))
            found = BAD in b"".join(self.pieces)
            own = b"stream: Test.Word-1 FOUND\0" if found else b"stream: OK\0"
            with suppress(ConnectionError):  # a guest may leave when it has heard enough
                for byte in own if self.says is None else self.says:
                    guest.sendall(bytes([byte]))


@contextmanager
def scanning(folder: Path | None) -> Iterator[Scanner]:
    """Serve a scanner on a socket in a folder, or on a free port of loopback."""
    if folder is not None:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(str(folder / "clamd"))
        scanner = Scanner(str(folder / "clamd"))
    else:
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.bind(("127.0.0.1", 0))
        scanner = Scanner(f"127.0.0.1:{door.getsockname()[1]}")
    door.listen()
    thread = threading.Thread(target=_serve, args=(door, scanner))
    thread.start()
    try:
        yield scanner
    finally:
        door.shutdown(socket.SHUT_RDWR)
        thread.join()
        door.close()


def _serve(door: socket.socket, scanner: Scanner) -> None:
    while True:
        try:
            guest, _ = door.accept()
        except OSError:
            return
        scanner.talk(guest)
