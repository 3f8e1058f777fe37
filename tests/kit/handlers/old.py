"""The definitions that offices published before, and the hands that open cases by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handlers.kit.context import CaseEngine
from tests.kit.handlers.world import World
from workflow.engine.library import Library, publish
from workflow.loading.publish import from_canonical

if TYPE_CHECKING:
    from workflow.model.definition import Definition

FOLDER = Path(__file__).parent / "published"


def published() -> dict[str, Definition]:
    """Read the definitions by workflow, as an office's database has them."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return {name: from_canonical(text) for name, text in sorted(texts.items())}


def before(world: World) -> World:
    """Return the same office as it was while those definitions were the current ones.

    What it opens is a standing case for ``world``, whose hands go on with it.
    """
    definitions = published()
    publish(world.engine.database, definitions, world.clock.now())
    library = Library(world.engine.database, definitions, world.engine.library.registry)
    engine = CaseEngine(world.engine.database, library, world.clock, world.services)
    return World(engine, world.services, world.clock)
