"""A town whose throttle is off: what is tried here is tried often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.security.town import Town
from web.gate.limits import limiter

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


@pytest.fixture
def town(world: World, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Give the town."""
    monkeypatch.setattr(limiter, "enabled", False)
    return Town(world, app).build()
