"""Which system user the embedded PostgreSQL runs as: oneself, or a helper user of root's."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from states.kit.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from pathlib import Path

HELPER = "nes-postgres"

PLAIN = {"LC_ALL": "C", "PATH": f"/usr/sbin:/sbin:{os.defpath}"}
"""Everything that a program of the system knows of us: no setting and no secret."""


class Credentials(TypedDict, total=False):
    """The arguments of `subprocess.run` that make a program run as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The system user that owns the cluster; ``helper`` when it is not the one who runs us."""

    uid: int
    gid: int
    helper: bool

    @property
    def credentials(self) -> Credentials:
        """Return what `subprocess.run` needs to become this user."""
        if not self.helper:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.helper:
            os.chown(path, self.uid, self.gid)

    def let_through(self, path: Path) -> None:
        """Let the helper user pass, not list, the folders above a path, and read what is there."""
        if not self.helper:
            return
        for folder in path.parents:
            _allow(folder, stat.S_IXOTH)
        if path.exists() and path.stat().st_uid != self.uid:
            for name, _, files in os.walk(path):
                _allow_tree(path / name, files)


def server_account() -> ServerAccount:
    """Return the user to run the server as; PostgreSQL refuses root, so root makes a helper user.

    Raises `DatabaseUnavailable` when the helper user is needed and cannot be made.
    """
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid(), helper=False)
    try:
        entry = pwd.getpwnam(HELPER)
    except KeyError:
        entry = _make_helper()
    return ServerAccount(entry.pw_uid, entry.pw_gid, helper=True)


def _make_helper() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", HELPER]
    try:
        subprocess.run(command, check=True, capture_output=True, env=PLAIN)  # noqa: S603 - fixed words
        return pwd.getpwnam(HELPER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        sentence = (
            f"PostgreSQL does not run as root, and the user {HELPER} could not be made. "
            "Run nes as an ordinary user, or set NES_DATABASE_URL."
        )
        raise DatabaseUnavailable(sentence, where=HELPER) from error


def _allow(path: Path, rights: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & rights != rights:
        path.chmod(mode | rights)


def _allow_tree(folder: Path, files: list[str]) -> None:
    _allow(folder, stat.S_IROTH | stat.S_IXOTH)
    for name in files:
        file = folder / name
        runs = stat.S_IXOTH if file.stat().st_mode & stat.S_IXUSR else 0
        _allow(file, stat.S_IROTH | runs)
