"""The programme of the demonstration: the scenes of each part, one module a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.demo.scenes import approval, duties, ends, kinds, promises, renewals, seen, standing, ways

if TYPE_CHECKING:
    from web.demo.scenes.scene import Scene

PARTS = (
    renewals,
    approval,
    seen,
    kinds,
    ends,
    standing,
    ways,
    promises,
    duties,
)  # fmt: skip


def programme() -> list[Scene]:
    """Return all scenes in the order in which they begin."""
    return [scene for part in PARTS for scene in part.scenes()]
