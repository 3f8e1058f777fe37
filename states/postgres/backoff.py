"""When something that ended is started again: after growing pauses, and not for ever."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Restarts:
    """The ends of one program, by the seconds of a clock that never jumps."""

    most: int = 8
    """With so many ends within `within` seconds it cannot stay up."""
    within: float = 120.0
    first: float = 0.25
    longest: float = 15.0
    ends: deque[float] = field(default_factory=deque)

    def after_end(self, now: float) -> float | None:
        """Note an end; return the seconds until the next start, None when it ends too often."""
        self.ends.append(now)
        while self.ends[0] < now - self.within:
            self.ends.popleft()
        if len(self.ends) >= self.most:
            return None
        return float(min(self.first * 2 ** (len(self.ends) - 1), self.longest))
