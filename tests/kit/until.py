"""Waiting in tests: until something is so, and never for an amount of time."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 120.0
"""Seconds after which what was waited for does not come any more, on the busiest machine."""


def until(condition: Callable[[], object], what: str, bound: float = BOUND) -> float:
    """Wait until a condition holds; return how many seconds it took, fail when it never does."""
    begun, pause = time.monotonic(), Event()
    while not condition():
        assert time.monotonic() - begun < bound, f"{what}: not within {bound} s"
        pause.wait(0.02)
    return time.monotonic() - begun
