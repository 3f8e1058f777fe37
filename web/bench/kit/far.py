"""Running a measurement in a process of its own, whose memory is nobody else's."""

from __future__ import annotations

import re
import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_STATUS = Path("/proc/self/status")


def alone(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what the work returns in a fresh process, and the most memory it held there in MB.

    The work must be found by name from there: a function of a module, or a `partial` of one.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_weighed, work).result()


def _weighed(work: Callable[[], Result]) -> tuple[Result, float]:
    result = work()
    return result, _peak_kb() / 1024


def _peak_kb() -> int:
    # What getrusage says begins with what the process that started this one held.
    if _STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
        if found:
            return int(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # pragma: no cover - not on Linux
