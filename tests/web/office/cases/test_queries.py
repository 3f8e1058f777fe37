"""How many statements the pages of a case need: few, and as few for a long past as for a short."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from states.cases.application import Application
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import path, waiting_for_paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

TABS = ("", "evrak", "imza", "gecmis")
MOST = 45
"""Statements of one page, the session's and the frame's included."""

_MOVES = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
SELECT :case, n, 'application', 'redate', 'user:' || n,
    CAST(:now AS timestamptz) + n * interval '1 second',
    jsonb_build_object('actor', 'user:' || n, 'at', 'x', 'auth', 'demo', 'batch', null,
        'checks', '{}'::jsonb, 'documents', '[]'::jsonb, 'from', 'held', 'n', n, 'reason', null,
        'role', 'officer', 'rules', '{}'::jsonb, 'to', 'held', 'trigger', 'redate')::text,
    '', '' FROM generate_series(:first, 600) n
"""
_TRIES = """
INSERT INTO refused_attempt (at, case_id, workflow, trigger, actor, code, params)
SELECT :now, :case, 'application', 'reject', 'user:1', 'busy', '{}' FROM generate_series(1, 600)
"""
_NOTES = """
INSERT INTO desk_entry (at, workflow, case_id, actor, role, what, text)
SELECT :now, 'application', :case, 'user:1', 'officer', 'note', 'x' FROM generate_series(1, 600)
"""
_READS = """
INSERT INTO access_log (at, actor, person_id, what, purpose)
SELECT :now, 'user:' || n, :person, 'document:' || :sha256, 'x' FROM generate_series(1, 600) n
"""


@contextmanager
def counted(database: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent to the database."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(database, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database, "before_cursor_execute", note)


def needed(world: World, officer: Visitor, case: int, tab: str) -> int:
    with counted(world.engine.database) as statements:
        officer.get(path(case, *filter(None, [tab])))
    return len(statements)


def grow(world: World, case: int) -> None:
    """Give a case a past of hundreds of moves, tries, notes and readings."""
    row = world.read(Application, case)
    now = world.clock.now()
    world.write(_MOVES, case=case, now=now, first=row.version + 1)
    world.write(_TRIES, case=case, now=now)
    world.write(_NOTES, case=case, now=now)
    world.write(_READS, person=row.person_id, sha256=row.form_sha256, now=now)


@pytest.mark.parametrize("tab", TABS)
def test_a_page_needs_few_statements_and_no_more_for_a_long_past(
    world: World, officer: Visitor, tab: str
) -> None:
    case = waiting_for_paper(world)
    world.engine.fire(case, "return_to_applicant", officer_actor(), reason="not_signed")
    world.run_effects()
    officer.get(path(case, *filter(None, [tab])))  # what is read once for all stands ready
    before = needed(world, officer, case, tab)
    grow(world, case)
    assert needed(world, officer, case, tab) == before
    assert before <= MOST


def test_a_page_of_a_long_past_is_no_longer_than_a_page(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    grow(world, case)
    page = officer.get(path(case, "gecmis"))
    (timeline,) = [part for part in page.tree.iter("ol") if part.get("class") == "timeline"]
    assert len(list(timeline)) == 50
