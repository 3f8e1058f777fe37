"""The definitions a process can run: the ones of its file and the ones cases are pinned to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from states.logs.journal import PublishedDefinition
from workflow.loading.loader import resolve
from workflow.loading.publish import from_canonical, sha256_of
from workflow.model.refusal import DefinitionMissing, UnknownWorkflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from workflow.journal.finding import ComparisonBasis, Difference
    from workflow.model.definition import Definition
    from workflow.model.registry import Registry


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What a proof asks beside the journal, which the engine cannot know.

    ``guard`` says how the database's own guard differs from what was made, one sentence each;
    each of ``comparisons`` holds rows of the product against what the journal says of them.
    """

    guard: Callable[[Connection], Iterable[str]] = lambda _: ()
    comparisons: tuple[Callable[[ComparisonBasis], Iterable[Difference]], ...] = ()


class Library:
    """The definitions by workflow (current) and by hash (what a case is pinned to)."""

    def __init__(
        self,
        database: Engine,
        current: Mapping[str, Definition],
        registry: Registry,
        witnesses: Witnesses | None = None,
    ) -> None:
        """Hold what the process loaded; older definitions are read from the database on demand.

        ``witnesses`` are what a proof asks beside journal and definitions.
        """
        self.witnesses = witnesses or Witnesses()
        self.current = dict(current)
        self.registry = registry
        self._database = database
        self._known = {definition.sha256: definition for definition in current.values()}
        self._runnable = set(self._known)

    def workflow(self, name: str) -> Definition:
        """Return the definition new cases of a workflow are pinned to."""
        if name not in self.current:
            raise UnknownWorkflow(workflow=name)
        return self.current[name]

    def pinned(self, sha256: str) -> Definition:
        """Return a published definition; DefinitionMissing when this process cannot run it."""
        definition = self.published(sha256)
        if sha256 not in self._runnable:
            missing = resolve(definition, self.registry)
            if missing:
                raise DefinitionMissing(definition=sha256, missing=missing)
            self._runnable.add(sha256)
        return definition

    def published(self, sha256: str) -> Definition:
        """Return a definition to read, whether or not this process can run it.

        Raises DefinitionMissing when it was never published or is not what its name says.
        """
        if sha256 not in self._known:
            self._known[sha256] = self._read(sha256)
        return self._known[sha256]

    def _read(self, sha256: str) -> Definition:
        with self._database.connect() as connection:
            canonical = connection.scalar(
                select(PublishedDefinition.canonical).where(PublishedDefinition.sha256 == sha256)
            )
        if canonical is None or sha256_of(canonical) != sha256:
            raise DefinitionMissing(definition=sha256, missing=[])
        return from_canonical(canonical)


def publish(database: Engine, definitions: Mapping[str, Definition], now: datetime) -> list[str]:
    """Store definitions that are not stored yet; return the hashes that are new.

    A stored row is never changed: its name is the hash of what it says.
    """
    rows = [
        {
            "sha256": definition.sha256,
            "workflow": definition.name,
            "canonical": definition.canonical,
            "published_at": now,
        }
        for definition in definitions.values()
    ]
    statement = (
        insert(PublishedDefinition)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(PublishedDefinition.sha256)
    )
    with database.begin() as connection:
        return list(connection.scalars(statement))
