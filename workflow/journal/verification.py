"""The reading of the journal: entries of a case, and the verification of every chain.

Verification recomputes each hash from what is stored and compares the last entry with the case.
It finds an entry changed, missing, forked, reordered, under a wrong definition, and a case whose
state differs from its last entry. It cannot find a case that was removed together with all its
entries, nor a tail removed while the case row was set back to match: see docs/journal.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from workflow.journal.snapshot import in_turns, one_moment
from workflow.journal.stored_hashes import STORED, broken_rows, hashes_swiftly, recomputed
from workflow.model.entry import GENESIS, chain, parsed, utc_text
from workflow.model.machine import NEW
from workflow.model.refusal import DefinitionMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Engine, Row

    from workflow.engine.library import Library

BATCH = 5_000
"""How many entries are held in memory at once."""

MOST_PROBLEMS = 100
"""How many problems a verification lists; it counts them all."""

COLUMNS = ("workflow", "trigger", "actor", "batch")
"""The columns beside the body that must say what it says."""


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A broken entry: the case, the entry's number, the kind of break and a sentence.

    What no entry is at fault for has the number 0, what belongs to no case the case 0 too; ``row``
    names the row then (``document 9f2c…``).
    """

    case_id: int
    n: int
    kind: str
    text: str
    row: str = ""

    def __str__(self) -> str:
        """Say it in one line, for the terminal."""
        case = f"case {self.case_id}" if self.case_id else ""
        entry = f"entry {self.n}" if self.n else ""
        where = " ".join(part for part in (case, entry, self.row) if part)
        return f"{where or 'the database'}: {self.kind}: {self.text}"


@dataclass(slots=True)
class Verification:
    """The outcome: counts, and the problems found in the order of case and number.

    ``recomputed`` counts by table the rows whose stored hash was recomputed from their bytes.
    """

    cases: int = 0
    entries: int = 0
    recomputed: dict[str, int] = field(default_factory=dict)
    found: int = 0
    problems: list[BrokenEntry] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether nothing is broken."""
        return self.found == 0

    def report(self, problem: BrokenEntry | None) -> None:
        """Count a problem and keep it while there is room."""
        if problem is None:
            return
        self.found += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def verify(
    database: Engine, library: Library, tell: Callable[[int], object] = lambda _: None
) -> Verification:
    """Recompute every hash of every case and return what is broken; memory stays constant.

    ``tell`` is given the number of entries that are done, now and then.
    """
    outcome = Verification()

    def walk(connection: Connection) -> list[BrokenEntry]:
        _walk(connection, library, outcome, tell)
        return [BrokenEntry(0, 0, "guard", one) for one in library.witnesses.guard(connection)]

    def hashed(connection: Connection) -> list[BrokenEntry]:
        outcome.recomputed = recomputed(connection)
        return _broken(connection)

    # One snapshot for both: a move between the two readings would look like tampering.
    with one_moment(database) as connections:
        guarded, broken = in_turns(connections, [walk, hashed])
    for problem in (*broken, *guarded):
        outcome.report(problem)
    return outcome


def _walk(
    connection: Connection, library: Library, outcome: Verification, tell: Callable[[int], object]
) -> None:
    """Follow every chain, entry by entry."""
    told = 0
    with (
        connection.execute(text(_ENTRIES), execution_options=_STREAM) as entries,
        connection.execute(text(_cases_sql(library)), execution_options=_STREAM) as cases,
    ):
        for case_id, case, chain_of_case in _side_by_side(cases, entries):
            outcome.cases += 1
            outcome.entries += len(chain_of_case)
            outcome.report(_first_problem(library, case_id, case, chain_of_case))
            if outcome.entries - told >= BATCH:
                told = outcome.entries
                tell(told)


def _broken(connection: Connection) -> list[BrokenEntry]:
    """Recompute every hash that is stored beside the bytes it is of; return what is broken."""
    there = hashes_swiftly(connection)
    return [
        BrokenEntry(case_id, 0, one.kind, "its bytes do not give its hash", row)
        for one in STORED
        for case_id, row in broken_rows(connection, one, MOST_PROBLEMS, there=there)
    ]


_STREAM = {"stream_results": True, "max_row_buffer": BATCH}

_ENTRIES = (
    "SELECT case_id, n, workflow, trigger, actor, batch, at, body, prev, hash FROM journal"
    " ORDER BY case_id, n"
)


def _cases_sql(library: Library) -> str:
    tables = sorted({definition.table for definition in library.current.values()})
    rows = (f"SELECT id, state, version, head, definition FROM {table}" for table in tables)
    return " UNION ALL ".join(rows) + " ORDER BY id"


def _side_by_side(
    cases: Iterable[Row[Any]], entries: Iterable[Row[Any]]
) -> Iterator[tuple[int, Row[Any] | None, list[Row[Any]]]]:
    """Merge two streams ordered by case: yield each case with its row (or None) and its entries."""
    groups = groupby(entries, key=lambda entry: entry.case_id)
    group = next(groups, None)
    for case in cases:
        while group is not None and group[0] < case.id:
            yield group[0], None, list(group[1])
            group = next(groups, None)
        if group is not None and group[0] == case.id:
            yield case.id, case, list(group[1])
            group = next(groups, None)
        else:
            yield case.id, case, []
    while group is not None:
        yield group[0], None, list(group[1])
        group = next(groups, None)


def _first_problem(
    library: Library, case_id: int, case: Row[Any] | None, entries: list[Row[Any]]
) -> BrokenEntry | None:
    follower = _Follower(library, case_id)
    for entry in entries:
        problem = follower.follow(entry)
        if problem is not None:
            return problem
    return follower.compare(case)


@dataclass(slots=True)
class _Follower:
    """Follows the chain of one case entry by entry."""

    library: Library
    case_id: int
    n: int = 0
    head: bytes = GENESIS
    state: str = NEW
    definition: str = ""

    def follow(self, entry: Row[Any]) -> BrokenEntry | None:
        """Return what is broken in the next entry, or take it as the new head."""
        said = parsed(entry.body)
        tests = () if self._fine(entry, said) else self._tests(entry, said)
        broken = next(filter(itemgetter(1), tests), None)
        if broken is not None:
            kind, _, sentence = broken
            return BrokenEntry(self.case_id, entry.n, kind, sentence)
        self.n, self.head = entry.n, entry.hash
        self.state, self.definition = str(said["to"]), str(said["definition"])
        return None

    def _fine(self, entry: Row[Any], said: Mapping[str, object]) -> bool:
        """Say at once that nothing is broken; when in doubt, `_tests` finds out what is."""
        return (
            entry.n == self.n + 1 == said.get("n")
            and said.get("case") == entry.case_id
            and entry.prev == self.head
            and chain(entry.prev, entry.body) == entry.hash
            and said.get("from") == self.state
            and _agree(entry, said)
            and self._legal(said)
        )

    def compare(self, case: Row[Any] | None) -> BrokenEntry | None:
        """Return how the case row differs from its last entry."""
        if case is None:
            return BrokenEntry(self.case_id, self.n, "state", "the entries belong to no case")
        if case.version > self.n:
            lost = f"entry {self.n + 1} is missing: the case is at version {case.version}"
            return BrokenEntry(self.case_id, self.n + 1, "missing", lost)
        last = {"version": self.n, "state": self.state, "head": self.head.hex()}
        now = {"version": case.version, "state": case.state, "head": case.head.hex()}
        for column, said in last.items():
            if now[column] != said:
                differs = f"the {column} of the case is {now[column]}, its last entry gives {said}"
                return BrokenEntry(self.case_id, self.n, "state", differs)
        if case.definition != self.definition:
            other = "the case is pinned to another definition than its last entry"
            return BrokenEntry(self.case_id, self.n, "wrong_definition", other)
        return None

    def _tests(
        self, entry: Row[Any], said: Mapping[str, object]
    ) -> Iterator[tuple[str, bool, str]]:
        moved = (said.get("case"), said.get("n")) != (entry.case_id, entry.n)
        yield (
            "reordered",
            bool(said) and moved,
            (f"it says that it is entry {said.get('n')} of case {said.get('case')}"),
        )
        hashed = chain(entry.prev, entry.body)
        yield "changed", hashed != entry.hash, "its text does not give its hash"
        yield "missing", entry.n > self.n + 1, f"entry {self.n + 1} is missing before it"
        yield "forked", entry.n <= self.n, "it stands before the first entry"
        yield "forked", entry.prev != self.head, "it does not follow the entry before it"
        yield "changed", not _agree(entry, said), "its columns differ from its text"
        yield (
            "forked",
            said.get("from") != self.state,
            (f"it starts from {said.get('from')}, the case stood in {self.state}"),
        )
        yield "wrong_definition", not self._legal(said), "its definition has no such move"

    def _legal(self, said: Mapping[str, object]) -> bool:
        sha256 = str(said.get("definition"))
        if self.definition and sha256 != self.definition:
            return False
        try:
            definition = self.library.published(sha256)
        except DefinitionMissing:
            return False
        trigger = str(said["trigger"])
        if not definition.starts(trigger, self.state):
            return False
        target = definition.transitions[trigger].target
        return (definition.name, said.get("to")) == (said["workflow"], target)


def _agree(entry: Row[Any], said: Mapping[str, object]) -> bool:
    return utc_text(entry.at) == said.get("at") and all(
        getattr(entry, column) == said.get(column) for column in COLUMNS
    )
