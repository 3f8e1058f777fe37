"""A bare Debian in memory: the base system, Python, make and git, and this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKE_AND_ENTER = """
set -e
umask 022
machine=$0 suite=$1 tree=$2
shift 2
mount -t tmpfs -o mode=755 tmpfs "$machine"
mmdebstrap --variant=minbase --include=python3,make,git,ca-certificates "$suite" "$machine" || {
    echo 'machine: not made'
    exit 1
}
# What an administrator does by hand: name servers, and the certificates that this site trusts.
cp /etc/resolv.conf /etc/hosts "$machine/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
mkdir "$machine/nes-ofis"
cd "$tree"
git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - |
    tar -x -C "$machine/nes-ofis"
mount -t proc proc "$machine/proc"
mount --rbind /dev "$machine/dev"
exec chroot "$machine" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    sh -c 'cd /nes-ofis && exec "$@"' sh "$@"
"""
OUT_OF_REACH = ("Could not resolve", "Unable to connect", "Could not connect", "Temporary failure")
"""What the package manager says when the mirror cannot be reached."""


class Outcome(NamedTuple):
    """How a command on the bare machine ended, and what was said on both channels."""

    code: int
    said: str

    @property
    def mirror_out_of_reach(self) -> bool:
        """Tell whether the machine was not made because no mirror of the packages answered."""
        return "machine: not made" in self.said and any(
            words in self.said for words in OUT_OF_REACH
        )


def can_be_made() -> bool:
    """Tell whether this machine can make another inside a folder."""
    return os.geteuid() == 0 and all(map(shutil.which, ("mmdebstrap", "unshare", "chroot")))


def run(folder: Path, suite: str, *command: str, seconds: int) -> Outcome:
    """Make a bare system of the suite over the folder and run a command in the tree there.

    The system lies in memory and in namespaces of its own: nothing of it is left when the command
    has ended.
    """
    enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    done = subprocess.run(
        [*enter, "sh", "-c", MAKE_AND_ENTER, str(folder), suite, str(ROOT), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(done.returncode, done.stdout)
