"""What is done around a fork of the process, on the systems that have forks (not Windows)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _nothing() -> None:
    """Do nothing."""


def around_forks(
    child: Callable[[], object],
    *,
    before: Callable[[], object] = _nothing,
    parent: Callable[[], object] = _nothing,
) -> None:
    """Have functions called before every later fork and after it, in the child and in the parent.

    They stay for the life of the process. Does nothing where no process can be forked.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before, after_in_parent=parent, after_in_child=child)
