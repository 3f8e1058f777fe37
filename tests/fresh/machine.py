"""Owns a bare Debian in a folder: the base system, Python, make and git, and this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import files, name

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
OUT_OF_REACH = ("Could not resolve", "Failed to fetch", "Unable to connect", "Temporary failure")
"""What the package manager says when the mirror can not be reached."""

ENTER = """
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    sh -c 'cd /nes-ofis && exec "$@"' sh "$@"
"""


class Outcome(NamedTuple):
    """How a command on the bare machine ended, and what it said on both channels."""

    code: int
    said: str


class MirrorOutOfReach(Exception):
    """The mirror of the distribution's packages does not answer."""


def can_be_made() -> bool:
    """Tell whether this machine can make another inside a folder."""
    return os.geteuid() == 0 and all(map(shutil.which, ("mmdebstrap", "unshare", "chroot")))


def make(folder: Path, suite: str) -> None:
    """Make a bare system of the suite in the folder and lay the tree into it.

    Raises MirrorOutOfReach when the mirror does not answer. A machine that trusts certificates of
    its own passes them on, as its administrator would do by hand.
    """
    command = ["mmdebstrap", "--quiet", "--variant=minbase"]
    command += ["--include=python3,make,git,ca-certificates", suite, str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0 and any(words in made.stderr for words in OUT_OF_REACH):
        raise MirrorOutOfReach(made.stderr)
    assert made.returncode == 0, made.stderr
    shutil.copy(CERTIFICATES, folder / "etc/ssl/certs/ca-certificates.crt")
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, folder / path.lstrip("/"))
    for path in files():
        target = folder / "nes-ofis" / name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def run(folder: Path, *command: str, seconds: int) -> Outcome:
    """Run a command in the tree on the bare machine, in namespaces that end with it."""
    enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    done = subprocess.run(
        [*enter, "sh", "-c", ENTER, str(folder), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(done.returncode, done.stdout)
