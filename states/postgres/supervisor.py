"""The process that keeps an embedded server: it starts it again, and stops it after the last.

There is one for each folder, as long as somebody holds a share in the server. The server is its
child, which the kernel stops when the keeper is killed; whoever holds a share then begins another
keeper. So nothing runs on after everybody was killed, and a server that died comes back.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from states.kit.errors import DatabaseUnavailable
from states.postgres import cluster
from states.postgres.backoff import Restarts

if TYPE_CHECKING:
    from collections.abc import Iterator

BEAT = 0.1
"""Seconds between two looks at the server and at who still wants it."""

READY = "ready"


@dataclass(slots=True)
class KeeperNotes:
    """What a keeper tells of itself: its number, how often the server ended, why it gave up."""

    pid: int = 0
    ends: int = 0
    gave_up: str = ""


def alone(folder: Path) -> Path:
    """Return the file under whose lock a server is made, started and stopped."""
    return folder.with_name(f"{folder.name}.lock")


def users(folder: Path) -> Path:
    """Return the file on which each share is a shared lock."""
    return folder.with_name(f"{folder.name}.users")


def notes(folder: Path) -> Path:
    """Return the file that a keeper holds locked while it lives, with what it tells of itself."""
    return folder.with_name(f"{folder.name}.keeper")


@contextmanager
def locked(file: Path, how: int) -> Iterator[int]:
    """Hold a lock on a file, made if needed; raises `BlockingIOError` where that was asked for."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield descriptor
    finally:
        os.close(descriptor)


def is_kept(folder: Path) -> bool:
    """Say whether a keeper lives."""
    try:
        with locked(notes(folder), fcntl.LOCK_SH | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True


def told(folder: Path) -> KeeperNotes:
    """Return what the last keeper told."""
    with suppress(OSError, ValueError, TypeError):
        return KeeperNotes(**json.loads(notes(folder).read_bytes()))
    return KeeperNotes()


def summon(folder: Path) -> None:
    """Begin a keeper for a prepared folder and wait until its server is ready.

    Raises `DatabaseUnavailable` with the server's own reason when that does not come up.
    """
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "states.postgres.supervisor", str(folder)],
        # The place of a long socket depends on TMPDIR; both sides have to find the same one.
        env={**_without_secrets(), "TMPDIR": tempfile.gettempdir()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Ctrl+C in a terminal ends the program there, and not a server that others use as well.
        start_new_session=True,
        check=False,
    )
    answer = done.stdout.decode().strip()
    if answer != READY:
        raise cluster.unavailable(folder, answer or "its keeper could not be started")


def _without_secrets() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("NES_")}


def dismiss(folder: Path) -> None:
    """Have the keeper stop its server, and wait until both are gone; for whoever is alone."""
    end = time.monotonic() + cluster.START_SECONDS
    while is_kept(folder) and time.monotonic() < end:
        with suppress(ProcessLookupError):
            os.kill(told(folder).pid, signal.SIGUSR1)
        time.sleep(BEAT / 5)
    cluster.stop(folder)  # of a keeper that was killed where the kernel cannot stop it


@dataclass(slots=True)
class Keeper:
    """The keeper at work: its server, and when that is started again."""

    folder: Path
    note: int
    """The descriptor of its locked notes."""
    told: KeeperNotes = field(default_factory=lambda: KeeperNotes(os.getpid()))
    restarts: Restarts = field(default_factory=Restarts)
    server: subprocess.Popen[bytes] | None = None
    again_at: float | None = None
    dismissed: bool = False

    def begin(self) -> str:
        """Start the server and wait for it; return READY or why it does not come up."""
        self._tell()
        cluster.stop(self.folder)  # one that a former keeper could not stop
        try:
            server = self.server = cluster.launch(self.folder)
        except (DatabaseUnavailable, OSError) as error:
            return str(error)
        end = time.monotonic() + cluster.START_SECONDS
        while server.poll() is None and time.monotonic() < end:
            if cluster.is_ready(self.folder):
                return READY
            time.sleep(BEAT / 5)
        self._rest()
        return cluster.failure_reason(self.folder)

    def beat(self) -> bool:
        """Do what is due; return whether to go on."""
        if self.dismissed:
            self._rest()
            return False
        if self._is_unwanted():
            return False
        if self.server is None or self.server.poll() is not None:
            return self._bring_back(time.monotonic())
        return True

    def dismiss(self) -> None:
        """Stop the server at the next beat."""
        self.dismissed = True

    def _is_unwanted(self) -> bool:
        """Stop the server when nobody holds a share, under the locks that keep others out."""
        with ExitStack() as locks:
            try:
                for file in (alone(self.folder), users(self.folder)):
                    locks.enter_context(locked(file, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                return False
            self._rest()
            fcntl.flock(self.note, fcntl.LOCK_UN)  # nobody who waits for us finds us alive
            return True

    def _bring_back(self, now: float) -> bool:
        if self.again_at is None:
            return self._wait_a_while(now)
        if now < self.again_at:
            return True
        self.again_at = None
        try:
            self.server = cluster.launch(self.folder)
        except (DatabaseUnavailable, OSError):
            self.server = None
        return True

    def _wait_a_while(self, now: float) -> bool:
        """Note that the server ended; return whether it is started again."""
        pause = self.restarts.after_end(now)
        self.told.ends += 1
        if pause is None:
            reason = cluster.failure_reason(self.folder)
            self.told.gave_up = f"it ended {self.restarts.most} times in a row ({reason})"
        else:
            self.again_at = now + pause
        self._tell()
        return pause is not None

    def _rest(self) -> None:
        cluster.stop(self.folder)
        if self.server is not None:
            self.server.wait()
        socket = cluster.socket_folder(self.folder)
        if socket != self.folder:
            with suppress(OSError):
                socket.rmdir()

    def _tell(self) -> None:
        line = json.dumps(asdict(self.told)).encode()
        os.ftruncate(self.note, 0)
        os.pwrite(self.note, line, 0)


def main(folder: Path) -> None:
    """Keep the server of a folder; the answer on stdout is READY or why it does not come up."""
    if os.fork():
        os._exit(0)  # nobody has to wait for us
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # our end is that of the last share
    with locked(notes(folder), fcntl.LOCK_EX) as note:
        keeper = Keeper(folder, note)
        signal.signal(signal.SIGUSR1, lambda *_: keeper.dismiss())
        answer = keeper.begin()
        os.write(sys.stdout.fileno(), answer.encode())
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, sys.stdout.fileno())
        while answer == READY and keeper.beat():
            time.sleep(BEAT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
