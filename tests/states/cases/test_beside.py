"""The tables that a move writes beside its case: cards, notices, shipments, batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.cases.batch import Batch

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows


@pytest.mark.parametrize("status", ["reserved", "made", "void", "destroyed"])
def test_a_card_is_one_of_four_things(rows: Rows, status: str) -> None:
    assert rows.put("card", status=status).status == status


@pytest.mark.parametrize("status", ["", "Made", "lost", "active"])
def test_it_is_nothing_else(rows: Rows, status: str) -> None:
    assert rows.refusal("card", status=status) == "ck_card_status"


def test_no_two_cards_bear_one_serial(rows: Rows) -> None:
    rows.put("card", serial="TEST1", status="destroyed")
    assert rows.refusal("card", serial="TEST1") == "uq_card_serial"
    assert rows.refusal("card", serial="test1") == "nothing"


def test_a_message_is_written_once_and_waits(rows: Rows) -> None:
    assert rows.put("notice", key="7/2/notify").state == "written"
    assert rows.refusal("notice", key="7/2/notify") == "uq_notice_key"
    assert rows.refusal("notice", key="7/3/notify") == "nothing"


def test_a_booking_is_one_shipment_and_a_number_one_parcel(rows: Rows) -> None:
    rows.put("shipment", key="7/2/book", tracking_number="T1")
    assert rows.refusal("shipment", key="7/2/book") == "pk_shipment"
    assert rows.refusal("shipment", tracking_number="T1") == "uq_shipment_tracking_number"
    assert rows.refusal("shipment") == "nothing"


def test_a_case_stands_once_in_a_batch(rows: Rows) -> None:
    first = rows.put("batch_item", case_id=7)
    assert rows.refusal("batch_item", case_id=7, batch_id=first.batch_id) == "pk_batch_item"
    assert rows.refusal("batch_item", case_id=8, batch_id=first.batch_id) == "nothing"
    assert rows.refusal("batch_item", case_id=7) == "nothing"


def test_a_batch_begins_with_nothing_done(rows: Rows) -> None:
    row = rows.put("batch")
    assert (row.judged, row.moved, row.refused, row.failed) == (0, 0, 0, 0)
    changed = rows.change(row, "batch", moved=5, refused=3, failed=2, judged=11)
    batch = Batch(id=row.id, moved=changed.moved, refused=changed.refused, failed=changed.failed)
    assert (batch.done, batch.name) == (10, f"batch:{row.id}")


@pytest.mark.parametrize(
    ("index", "states"),
    [
        ("ix_batch_open", {"rehearsing", "running"}),
        ("ix_staff_upload_open", {"rehearsing", "running"}),
        ("ix_code_live", {"issued", "claimed"}),
        ("ix_sign_in_live", {"issued", "claimed"}),
        ("ix_sign_in_session_hash", {"issued", "claimed", "signed"}),
        ("ix_consent_in_force", {"in_force"}),
        ("ix_role_grant_open", {"proposed"}),
        ("ix_application_held", {"held"}),
    ],
)
def test_which_states_a_partial_index_knows(rows: Rows, index: str, states: set[str]) -> None:
    where = rows.connection.scalar(
        text("SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
             " WHERE indexrelid = CAST(:index AS regclass)"),
        {"index": index},
    )  # fmt: skip
    named = text(f"SELECT state FROM unnest(CAST(:all AS text[])) AS state WHERE {where}")
    every = [*states, "draft", "rehearsed", "paused", "stopped", "done", "expired", "granted"]
    assert set(rows.connection.scalars(named, {"all": every})) == states
