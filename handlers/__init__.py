"""What transitions do: one file per subject, one small function per name in workflows.yaml."""

from __future__ import annotations

import pkgutil
from importlib import import_module, resources
from pathlib import Path

from handlers.kit.sentences import SENTENCES
from workflow.model.registry import Registry, outline
from workflow.present.sentences import learn

WORKFLOWS = Path(str(resources.files(__name__) / "workflows.yaml")).resolve()
"""The processes this program ships with; in the source tree the file lies beside the rooms."""


def registry() -> Registry:
    """Return every marked function of the room by the name that the YAML calls it.

    The sentences of their refusals, and of the reasons that they state, are handed to the workflow
    room, which cannot know them.
    """
    from handlers.upkeep.stated_reasons import STATED  # noqa: PLC0415 - it loads what moves work with

    learn(SENTENCES, STATED)
    return Registry.of_modules(import_module(name) for name in _modules())


def declared() -> Registry:
    """Return what `registry` returns, read from the source: enough to prove a file, and quick.

    What the handlers work with (tokens, documents, the database) is loaded only when one of them
    is called, and no reason is told to anybody.
    """
    learn(SENTENCES)
    return Registry.of_modules(outline(name) for name in _modules())


def _modules() -> list[str]:
    """Return the modules of every sub-room; a package inside one holds no move."""
    rooms = [room.name for room in pkgutil.iter_modules(__path__) if room.ispkg]
    return [
        f"{__name__}.{room}.{module.name}"
        for room in rooms
        for module in pkgutil.iter_modules([f"{place}/{room}" for place in __path__])
        if not module.ispkg
    ]
