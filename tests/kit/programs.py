"""Programs under test: whatever becomes of the test, none outlives the block that started it."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[Any]]:  # noqa: ANN401 - as Popen takes them
    """Start a program; kill it when the block is left while it runs.

    The library's own block waits for the program instead: a test that fails before it has told its
    server to stop would wait for ever, and the whole run with it.
    """
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.kill()
