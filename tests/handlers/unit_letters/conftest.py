"""A province that writes to its districts, and its two coordinators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.unit_letters import Letters

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor


@pytest.fixture
def letters(world: World) -> Letters:
    """Give the world of letters."""
    return Letters(world)


@pytest.fixture
def first(letters: Letters) -> Actor:
    """Give the coordinator who drafts."""
    return letters.coordinator()


@pytest.fixture
def second(letters: Letters) -> Actor:
    """Give the coordinator who decides."""
    return letters.coordinator()
