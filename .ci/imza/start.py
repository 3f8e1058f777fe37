"""The first lines of the packed nes-imza: find what the system lacks, then begin."""

from __future__ import annotations

import ctypes
import os
import site
import sys
from pathlib import Path


def borrow(folder: Path) -> None:
    """Load the libraries that this system lacks from the folder; its own come first.

    One may need another, so they are tried until no more of them can be loaded. What is missing
    even then is told where it is needed.
    """
    waiting = sorted(folder.glob("*.so*"))
    while waiting:
        left = [path for path in waiting if not (_loaded(path.name) or _loaded(str(path)))]
        if len(left) == len(waiting):
            return
        waiting = left


def _loaded(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main() -> int:
    """Run nes-imza; what it starts itself gets the environment of the system."""
    os.environ.pop("LD_LIBRARY_PATH", None)
    here = Path(__file__).resolve().parent
    borrow(here / "lib" / "spare")
    # Debian's Python looks for packages in a place of its own.
    for packages in here.glob("lib/python3.*/site-packages"):
        site.addsitedir(str(packages))
    from signing.app.cli import main as run  # noqa: PLC0415 - after what it is loaded with

    return run()


if __name__ == "__main__":
    sys.exit(main())
