"""What people were told of each move they asked for, and holds it against the journal."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_DONE = re.compile(r": yapıldı\.|Başvurunuz alındı\.")
_DENIED = re.compile(r"(?<![\w])[İi]şleminiz yapılmadı\b")


class Said(StrEnum):
    """What a page says of the move that was asked for."""

    DONE = "done"
    DENIED = "denied"
    OPEN = "open"
    """It says neither, or there was no page at all."""


class Move(NamedTuple):
    """One move of one actor in one case; ``case`` is a reference, "" where there was none yet."""

    case: str
    trigger: str
    actor: str


@dataclass
class Ledger:
    """How often people were told what of each move; shared by all who ask for moves."""

    told: dict[Move, Counter[Said]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, move: Move, said: Said) -> None:
        """Note what one page said of a move."""
        with self._lock:
            self.told.setdefault(move, Counter())[said] += 1

    def total(self, said: Said) -> int:
        """Return how many pages said so, of all moves."""
        with self._lock:
            return sum(counts[said] for counts in self.told.values())


def said_by(text: str) -> Said:
    """Return what a page says of the move; one that says both is no answer (see `pages`)."""
    done, denied = _DONE.search(text), _DENIED.search(text)
    if done and not denied:
        return Said.DONE
    return Said.DENIED if denied and not done else Said.OPEN


def says_both(text: str) -> bool:
    """Say whether a page says of a move that it was made and that it was not."""
    return bool(_DONE.search(text) and _DENIED.search(text))


@dataclass(frozen=True, slots=True)
class Balance:
    """What the ledger and the journal say together."""

    lost: list[Move]
    """People were told of more than were made."""
    untrue: list[Move]
    """More were made than people can have been told of: one that "was not made" was, or twice."""


def balance(told: Mapping[Move, Counter[Said]], made: Mapping[Move, int]) -> Balance:
    """Hold what people were told against how often each move stands in the journal."""
    lost, untrue = [], []
    for move, counts in told.items():
        found = made.get(move, 0)
        if found < counts[Said.DONE]:
            lost.append(move)
        if found > counts[Said.DONE] + counts[Said.OPEN]:
            untrue.append(move)
    return Balance(lost, untrue)
