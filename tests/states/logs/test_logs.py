"""The tables that are only added to, or counted: journal, proofs, the desk, what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows


def test_a_move_is_one_entry_of_its_case(rows: Rows) -> None:
    first = rows.put("journal", case_id=7, n=1)
    assert rows.refusal("journal", case_id=7, n=1) == "pk_journal"
    assert rows.refusal("journal", case_id=7, n=2) == "nothing"
    assert rows.refusal("journal", case_id=8, n=1) == "nothing"
    now = rows.connection.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
    assert first.xid == now


def test_a_definition_is_published_once_under_its_hash(rows: Rows) -> None:
    made = rows.put("definition")
    assert rows.refusal("definition", sha256=made.sha256) == "pk_definition"
    # The same words may be published under another hash: the hash is what names them.
    assert rows.refusal("definition", canonical=made.canonical) == "nothing"


STAGES = {"waiting": None, "chains": None, "moves": None, "done": NOON}


@pytest.mark.parametrize("stage", STAGES)
def test_a_proof_is_done_when_it_is_finished_and_only_then(rows: Rows, stage: str) -> None:
    finished = STAGES[stage]
    assert rows.refusal("proof", stage=stage, finished_at=finished) == "nothing"
    other = NOON if finished is None else None
    assert rows.refusal("proof", stage=stage, finished_at=other) == "ck_proof_finished"


@pytest.mark.parametrize("stage", ["", "Done", "broken"])
def test_there_is_no_other_stage(rows: Rows, stage: str) -> None:
    assert rows.refusal("proof", stage=stage, finished_at=None) == "ck_proof_stage"


@pytest.mark.parametrize("stage", ["waiting", "chains", "moves"])
def test_one_proof_is_open_at_a_time(rows: Rows, stage: str) -> None:
    rows.put("proof")
    rows.put("proof")
    mine = rows.put("proof", stage=stage, finished_at=None)
    assert rows.refusal("proof", stage="waiting", finished_at=None) == "ix_proof_open"
    rows.change(mine, "proof", stage="done", finished_at=NOON)
    assert rows.refusal("proof", stage="waiting", finished_at=None) == "nothing"


def test_a_proof_begins_with_nothing_found(rows: Rows) -> None:
    row = rows.put("proof")
    assert (row.total, row.done, row.cases, row.found) == (0, 0, 0, 0)
    assert (row.problems, row.differences, row.pinned, row.recomputed) == ([], [], {}, {})


@pytest.mark.parametrize("what", ["claimed", "released", "taken_over", "note", "address", "resend"])
def test_what_is_done_at_the_desk(rows: Rows, what: str) -> None:
    assert rows.put("desk_entry", what=what).what == what


@pytest.mark.parametrize("what", ["", "Note", "approved", "claim"])
def test_nothing_else_is_done_there(rows: Rows, what: str) -> None:
    assert rows.refusal("desk_entry", what=what) == "ck_desk_entry_what"


def test_a_user_gives_a_name_to_one_filter_of_a_face(rows: Rows) -> None:
    mine = rows.put("saved_filter", name="Geç kalanlar", sort_key="GEC")
    same = {"user_id": mine.user_id, "face": mine.face, "sort_key": "GEC"}
    # Capitals make no other name.
    assert rows.refusal("saved_filter", **same, name="GEÇ KALANLAR") == "ix_saved_filter_name"
    for other in ({"user_id": rows.put("office_user").id}, {"face": "audit"}, {"sort_key": "GEC2"}):
        assert rows.refusal("saved_filter", **{**same, **other}) == "nothing"


def test_what_waits_outside_is_noted_once(rows: Rows) -> None:
    rows.put("outside_wait", key="7/2/produce")
    assert rows.refusal("outside_wait", key="7/2/produce") == "pk_outside_wait"


def test_reads_and_refusals_are_noted_however_often(rows: Rows) -> None:
    for table in ("access_log", "refused_attempt", "sign_in_log"):
        first, second = rows.put(table), rows.put(table)
        assert second.id > first.id


def test_a_read_of_the_whole_journal_concerns_nobody(rows: Rows) -> None:
    person = rows.put("person").id
    assert rows.put("access_log", person_id=person).person_id == person
    assert rows.put("access_log", what="journal:5:ab").person_id is None
    assert rows.refusal("access_log", person_id=person + 1) == "fk_access_log_person_id"
