"""The rows of a proof: verify and conform beside one plain read that hashes the same bytes."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import text

from web.bench.kit.bare import read_documents, read_entries
from web.bench.kit.ground import run_as_owner
from web.bench.kit.table import BELOW, Figure
from workflow.journal.conformance import conform
from workflow.journal.stored_hashes import STORED, broken_rows, hashes_swiftly
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

    from web.gate.composition import Composition

TURNS = 3
DOCUMENTS = 2_000
"""How many documents are hashed, of some 60 kB each, as a form is with its fonts."""

_DOCUMENTS = """
INSERT INTO document (sha256, kind, code, revision, media_type, content, verification_code,
    created_at)
SELECT encode(sha256(content), 'hex'), 'bench', 'BENCH', '1', 'application/pdf', content,
    rtrim(regexp_replace(left(md5(n::text), 20), '(.{4})', '\\1-', 'g'), '-'),
    '2026-01-01T00:00:00Z'
FROM generate_series(1, %(documents)s) n, LATERAL (SELECT convert_to(string_agg(
    md5(n || '/' || k) || repeat(' ', 32), ''), 'UTF8') AS content FROM generate_series(1, 1000) k)
"""

BOUNDS = {"chains": (10, 5), "moves and rows": (8, 4)}
"""By part what is held and aimed at."""


def rows(url: URL, many: Composition, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield microseconds an entry of chains and of moves, and milliseconds a MB of documents.

    Each is done in turns with the plain read, and the quickest counts.
    """
    entries, _ = _sizes(many)
    ours: dict[str, Callable[[], object]] = {
        "chains": partial(verify, many.database, many.library),
        "moves and rows": partial(conform, many.database, many.library),
    }
    for name, work in ours.items():
        tell(f"proving {entries:,} entries: {name}")
        mine, bare = _in_turns(work, partial(read_entries, url))
        title = f"proof of {entries:,} entries, {name}, against a plain read and hash"
        each = 1e6 / entries
        yield Figure(title, mine * each, bare * each, "µs", *BOUNDS[name], BELOW)
    run_as_owner(url, (_DOCUMENTS, {"documents": DOCUMENTS}))
    _, megabytes = _sizes(many)
    tell(f"hashing {megabytes:,.0f} MB of documents")
    mine, bare = _in_turns(partial(_hash_documents, many), partial(read_documents, url))
    yield Figure(f"proof of {megabytes:,.0f} MB of documents, against a plain read and hash",
                 mine / megabytes * 1e3, bare / megabytes * 1e3, "ms", 2, 1.1, BELOW)  # fmt: skip


def _in_turns(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """Return the fewest seconds of either."""
    times = [(_seconds(ours), _seconds(bare)) for _ in range(TURNS)]
    return min(mine for mine, _ in times), min(theirs for _, theirs in times)


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def _sizes(many: Composition) -> tuple[int, float]:
    query = "SELECT (SELECT count(*) FROM journal), sum(length(content)) FROM document"
    with many.database.connect() as connection:
        entries, size = connection.execute(text(query)).one()
    return entries, float(size or 0) / 1e6


def _hash_documents(many: Composition) -> None:
    (documents,) = (one for one in STORED if one.table == "document")
    with many.database.connect() as connection:
        there = hashes_swiftly(connection)
        if any(broken_rows(connection, documents, 1, there=there)):
            raise RuntimeError("a document does not give its hash")
