"""The embedded PostgreSQL: one server for a folder, shared by all processes that use it."""

from __future__ import annotations

import atexit
import fcntl
import os
import time
from typing import TYPE_CHECKING

from sqlalchemy import URL

from states.postgres import cluster, supervisor
from states.postgres.cluster import DURABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DATABASE = "nes"


class EmbeddedServer:
    """A share in the running server of one folder; the last one to be closed stops the server.

    The share is a lock that the kernel drops with the process, so a killed process never keeps the
    server up: its keeper (`states.postgres.supervisor`) stops it when nobody holds a share.
    """

    def __init__(self, folder: Path, share: int, tuning: Mapping[str, str]) -> None:
        """Hold a share that `start_server` took."""
        self.folder = folder
        self._share = share
        self._tuning = tuning
        self._owner = os.getpid()
        atexit.register(self.close)

    def url(self, database: str = DATABASE) -> URL:
        """Return the address of a database on this server, for the superuser of the cluster."""
        query = {"host": str(cluster.socket_folder(self.folder))}
        return URL.create("postgresql+psycopg", username="postgres", database=database, query=query)

    def look(self) -> int:
        """See that the server has its keeper, which may have been killed; begin another if not.

        Returns how often the server ended under the keeper it has now. Raises
        `DatabaseUnavailable` when the keeper gave it up, or when it cannot be started any more.
        """
        if not supervisor.is_kept(self.folder):
            with supervisor.locked(supervisor.alone(self.folder), fcntl.LOCK_EX):
                if not supervisor.is_kept(self.folder):
                    reason = supervisor.told(self.folder).gave_up
                    if reason:
                        raise cluster.unavailable(self.folder, reason)
                    _ensure_running(self.folder, self._tuning)
        return supervisor.told(self.folder).ends

    def close(self) -> None:
        """Give the share back, and stop the server when nobody else holds one.

        Calling it again, or in a forked child, does nothing.
        """
        if self._share < 0 or os.getpid() != self._owner:
            return
        atexit.unregister(self.close)
        share, self._share = self._share, -1
        with supervisor.locked(supervisor.alone(self.folder), fcntl.LOCK_EX):
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
                supervisor.dismiss(self.folder)
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
        with supervisor.locked(supervisor.alone(folder), fcntl.LOCK_EX):
            share = _take_share(folder)
            try:
                _ensure_running(folder, tuning)
            except BaseException:
                os.close(share)
                raise
    except OSError as error:
        raise cluster.unavailable(folder, f"{error.strerror}: {error.filename}") from error
    return EmbeddedServer(folder, share, tuning)


def _take_share(folder: Path) -> int:
    descriptor = os.open(supervisor.users(folder), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _ensure_running(folder: Path, tuning: Mapping[str, str]) -> None:
    """Wait for the server that a keeper keeps; begin a keeper where there is none."""
    for _ in range(cluster.START_SECONDS * 10):
        if not supervisor.is_kept(folder):
            cluster.stop(folder)  # of a keeper that was killed where the kernel cannot stop it
            cluster.prepare(folder, tuning)
            supervisor.summon(folder)
            return
        if cluster.is_ready(folder):
            return
        time.sleep(0.1)
    raise cluster.unavailable(folder, "a server runs there that is neither ready nor gone")
