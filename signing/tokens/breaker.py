"""A circuit breaker: a device that failed several times is left alone for a while, then probed.

Closed: everything passes. Open: refused at once, so that nobody waits for a dead device. Half
open: when the rest is over a single passage is let through; its outcome closes or opens again.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from signing.errors import (
    CardRemoved,
    DeviceFailed,
    DeviceResting,
    ModuleAbsent,
    ReaderAbsent,
    StoreFull,
    TokenAbsent,
    TokenTorn,
    TokenUnknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

FAULTS = (
    CardRemoved,
    DeviceFailed,
    ModuleAbsent,
    ReaderAbsent,
    StoreFull,
    TokenAbsent,
    TokenTorn,
    TokenUnknown,
)
"""The refusals that speak of the device. Those of a PIN do not: the device answered."""


@dataclass(frozen=True)
class BreakerLimits:
    """How many failures in a row open the breaker, and for how many seconds.

    An answer that took longer than `slow` seconds is good, and counts as a failure.
    """

    failures: int = 3
    rest: float = 30.0
    slow: float = 20.0


USUAL = BreakerLimits()


class Breaker:
    """The breaker before one token; safe for threads.

    `seconds` is a clock that only runs forward; only differences of it count.
    """

    def __init__(
        self,
        label: str,
        seconds: Callable[[], float],
        patience: BreakerLimits = USUAL,
        faults: tuple[type[Exception], ...] = FAULTS,
    ) -> None:
        """Begin closed; ``faults`` are the errors that speak of what is asked."""
        self._label, self._seconds, self._patience = label, seconds, patience
        self._faults = faults
        self._lock = threading.Lock()
        self._failures = 0
        self._until: float | None = None
        self._probing = False

    def admit(self) -> bool:
        """Let a use of the token begin and say whether it is the one probe, for `leave`.

        DeviceResting at once while the breaker is open, and while another one probes.
        """
        if self._until is None:
            return False
        with self._lock:
            left = (self._until or 0.0) - self._seconds()
            if left > 0 or self._probing:
                raise DeviceResting(label=self._label, seconds=max(1, math.ceil(left)))
            self._probing = True
            return True

    def leave(self, *, probe: bool) -> None:
        """End a use; a probe that did not come to ask the device leaves the next one to probe."""
        if probe:
            self._probing = False

    def watch(self, work: Callable[..., Answer], *what: object) -> Answer:
        """Do a work and judge the device by it: a fault, a slow answer or a good one."""
        started = self._seconds()
        try:
            answer = work(*what)
        except self._faults:
            self.failed()
            raise
        if self._seconds() - started > self._patience.slow:
            self.failed()
        elif self._failures:
            self._recovered()
        return answer

    def failed(self) -> None:
        """Count a failure, and open when there are too many in a row."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._patience.failures:
                self._until = self._seconds() + self._patience.rest

    def _recovered(self) -> None:
        with self._lock:
            self._failures, self._until = 0, None
