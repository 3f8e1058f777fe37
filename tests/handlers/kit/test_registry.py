"""The two ways to the handlers, imported and read from their source, lead to the same ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers import declared, registry

if TYPE_CHECKING:
    from workflow.model.registry import Handler, Registry


def told(found: Registry) -> list[Handler]:
    """Return what is known of each handler without its function."""
    return [replace(found[name], function=print) for name in found]


def test_what_is_read_from_the_source_is_what_is_imported() -> None:
    imported, read = registry(), declared()
    assert len(list(imported)) > 30
    assert told(read) == told(imported)
