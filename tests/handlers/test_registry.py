"""The two ways to the handlers, imported and read from their source, lead to the same ones."""

from __future__ import annotations

from handlers import declared, registry


def test_what_is_read_from_the_source_is_what_is_imported() -> None:
    imported, read = registry(), declared()
    assert len(list(imported)) > 30
    assert [(name, read[name].sort, read[name].outcomes) for name in read] == [
        (name, imported[name].sort, imported[name].outcomes) for name in imported
    ]
