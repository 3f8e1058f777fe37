"""Kills processes in the middle of their logins, as many as wanted, and tells what became of it.

    python -m tests.kit.signing.kills 1000 [SEED] [bare]

Each process opens the authority (and would make one if there were none) and then logs in to it
and to a card, again and again, until it is killed. `bare` leaves the copies away, to see what
happens without them.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signing.authority.demo import create
from signing.authority.seal import put
from signing.errors import SigningError
from signing.tokens import softhsm, whole
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.tokens.slots import TokenStore

CARD = "KILL-CARD"
LABELS = (kit.AUTHORITY_LABEL, CARD)
SPAN = 0.03
"""Seconds after its first login within which a process is killed: several logins fit in."""


def run(folder: Path, count: int, seed: int = 5070, *extra: str) -> dict[str, Any]:
    """Run the kills in a process that never loads the module itself, and give what it tells."""
    command = [sys.executable, "-m", "tests.kit.signing.kills", str(count), str(seed), str(folder)]
    done = subprocess.run([*command, *extra], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _open(folder: Path) -> TokenStore:
    store = kit.make_store(folder)
    create(store, kit.plan(), put)
    store.make_blank(CARD, kit.SO_PIN, kit.PIN)
    return store


def _keys(folder: Path) -> str:
    """Name the tokens of the store and the digests of the authority's certificates."""
    store = _open(folder)
    found: dict[str, str] = {}
    for label in LABELS:
        with store.session(label, kit.PIN) as session:
            found |= {key.decode(): one.sha256 for key, one in session.certificates().items()}
    return json.dumps([sorted(token.label for token in store.tokens()), found], sort_keys=True)


def _log_in(folder: Path, tell: Callable[[bytes], object]) -> None:
    """Log in to each token, again and again; tell after the first round."""
    store = _open(folder)
    while True:
        for label in LABELS:
            with store.session(label, kit.PIN):
                pass
        tell(b".")


def _forked(work: Callable[[int], object]) -> tuple[int, int]:
    """Do a work in a child, which is given where to write; give its id and where to read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        work(writing)
    except SigningError as error:
        os.write(writing, f"!{error.code}: {error}".encode())
    finally:
        os._exit(0)


def _asked(folder: Path) -> str:
    child, reading = _forked(lambda writing: os.write(writing, _keys(folder).encode()))
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read().decode()
    os.waitpid(child, 0)
    return answer


def _kill_one(folder: Path, after: float) -> str:
    """Let a process log in, kill it; give what refused it, "" when nothing did."""
    child, reading = _forked(lambda writing: _log_in(folder, lambda dot: os.write(writing, dot)))
    try:
        select.select([reading], [], [])
        said = os.read(reading, 1000).decode()
        # Not a wait for something: the moment of the kill is what is tried out.
        select.select([], [], [], after)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
    return said if said.startswith("!") or not said else ""


def main(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Make the tokens, kill, and give the figures; `lost` are tokens that nothing puts back."""
    before, chance = _asked(folder), random.Random(seed)
    torn, lost, refused = 0, 0, set()
    for _ in range(count):
        said = _kill_one(folder, chance.uniform(0, SPAN))
        tokens = whole.folders(folder / softhsm.TOKENS)
        torn += any(whole.is_torn(token) for token in tokens)
        lost += any(whole.is_lost(token) for token in tokens)
        refused |= {said} - {""}
    after = _asked(folder)
    labels = json.loads(after)[0] if after.startswith("[") else after
    return {
        "kills": count, "torn": torn, "lost": lost, "refused": sorted(refused),
        "tokens": labels, "before": before, "after": after,
    }  # fmt: skip


if __name__ == "__main__":
    if "bare" in sys.argv:
        softhsm.login = lambda *_: nullcontext()  # type: ignore[assignment]
        whole.secure = whole.mend = lambda *_: None  # type: ignore[assignment]
    given = [argument for argument in sys.argv[1:] if argument != "bare"]
    with tempfile.TemporaryDirectory(prefix="nes-kills-") as scratch:
        place = Path(given[2]) if given[2:] else Path(scratch)
        told = main(int(given[0]), int(given[1]) if given[1:] else 5070, place)
    sys.stdout.write(f"{json.dumps(told)}\n")
