"""The judgement of each answer: what no page may ever say, and when 503 is the truth."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.ledger import says_both

GRACE = 5.0
"""Seconds after everything is up within which an answer may still speak of what was away."""

FINE = frozenset({200, 400, 404, 409, 410, 422, 429})
"""What a page may be answered with at any time: 4xx is where somebody comes late."""

UNAVAILABLE, UNFIT = 503, 422
_CODES = re.compile(r"\d{3}(?: \d{3}){4}")


@dataclass
class Away:
    """When something was away, by a clock that never jumps; open while something is."""

    since: float | None = 0.0
    until: float = 0.0
    clock: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Something is taken away."""
        with self._lock:
            self.since = time.monotonic()

    def end(self) -> None:
        """Everything is up again."""
        with self._lock:
            self.since, self.until = None, time.monotonic()

    def covers(self, began: float) -> bool:
        """Say whether something was away while a request that began then was under way."""
        with self._lock:
            return self.since is not None or began <= self.until + GRACE


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client got: status 0 where the connection broke, and where he ended up."""

    status: int
    text: str
    path: str
    began: float


@dataclass
class Judge:
    """Counts answers and keeps those that must not be; shared by all clients."""

    away: Away
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, answer: Answer) -> None:
        """Judge one answer."""
        fault = self._fault(answer)
        with self._lock:
            self.statuses[answer.status] += 1
            if answer.status == UNFIT:
                self.samples.setdefault("refused", f"{answer.path}: {told(answer.text)}")
            if fault:
                self.faults[fault] += 1
                self.samples.setdefault(fault, f"{answer.path}: {told(answer.text)}")

    def _fault(self, answer: Answer) -> str:
        if says_both(answer.text):
            return f"a page ({answer.status}) says both done and not done"
        if answer.status in FINE:
            return ""
        if answer.status not in {0, UNAVAILABLE}:
            return f"answered {answer.status}"
        if not self.away.covers(answer.began):
            what = "503" if answer.status else "no answer"
            return f"{what} while nothing was away"
        return ""


def told(text: str) -> str:
    """Return the words of a page in short, without what only its reader may know."""
    words = " ".join(re.sub(r"<(script|style|svg|header|nav).*?</\1>|<[^>]+>", " ", text).split())
    return _CODES.sub("…", words)[:400]
