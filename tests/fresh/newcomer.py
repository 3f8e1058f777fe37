"""What a newcomer does on a bare machine: run the first command, look, stop it by Ctrl-C.

It runs inside the bare machine, so it needs nothing but Python. Its last line is a JSON object:
``ready`` (status of the readiness page), ``code`` (how `make run` ended) and ``left`` (what still
runs).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

PATIENCE = 600
"""Looks at the readiness page, each at most a second after the one before."""


def ask(port: str, running: subprocess.Popen[bytes]) -> int:
    """Return the status of the readiness page once it answers; 0 when the command has ended."""
    for _ in range(PATIENCE):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return int(answer.status)
        except OSError:
            try:
                running.wait(1)
            except subprocess.TimeoutExpired:
                continue
            return 0
    return 0


def others() -> list[str]:
    """Return the commands that run here beside this one and its parents."""
    mine = {1, os.getpid(), os.getppid()}
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) not in mine:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            if command:
                found.append(command)
    return found


def main(port: str) -> None:
    """Play the newcomer and say what was seen."""
    running = subprocess.Popen(["make", "run", f"PORT={port}"], start_new_session=True)
    ready = ask(port, running)
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGINT)
    code = running.wait(120)
    sys.stderr.flush()
    print("\n" + json.dumps({"ready": ready, "code": code, "left": others()}))  # noqa: T201 - its way to speak


if __name__ == "__main__":
    main(sys.argv[1])
