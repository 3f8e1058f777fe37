"""What transitions do: one file per subject, one small function per name in workflows.yaml."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from handlers.sentences import SENTENCES
from workflow.registry import Registry
from workflow.sentences import learn


def registry() -> Registry:
    """Return every marked function of the room by the name that the YAML calls it.

    The sentences of their refusals are handed to the workflow room, which can not know them.
    """
    learn(SENTENCES)
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return Registry.of_modules(import_module(f"{__name__}.{name}") for name in names)
