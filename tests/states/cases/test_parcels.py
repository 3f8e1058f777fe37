"""Parcels: one that is open of an application, each number once; lists by their day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.parcel import OPEN_STATES

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows


@pytest.mark.parametrize("first", OPEN_STATES)
@pytest.mark.parametrize("second", OPEN_STATES)
def test_an_application_has_one_open_parcel(rows: Rows, first: str, second: str) -> None:
    parcel = rows.put("parcel", state=first)
    of_it = {"application_id": parcel.application_id, "state": second}
    assert rows.refusal("parcel", **of_it) == "ix_parcel_application_id"
    rows.change(parcel, "parcel", state="returned")
    assert rows.refusal("parcel", **of_it) == "nothing"


def test_parcels_that_have_ended_are_as_many_as_were_sent(rows: Rows) -> None:
    parcel = rows.put("parcel", state="lost")
    for state in ("returned", "delivered", "dropped", "lost"):
        again = rows.put("parcel", application_id=parcel.application_id, state=state)
        assert again.reference == f"P{again.id:09}"


def test_a_tracking_number_is_of_one_parcel_for_ever(rows: Rows) -> None:
    rows.put("parcel", tracking_number="YK1", state="returned")
    assert rows.refusal("parcel", tracking_number="YK1") == "uq_parcel_tracking_number"


def test_a_list_begins_with_nothing_on_it(rows: Rows) -> None:
    begun = rows.put("handover")
    assert (begun.reference, begun.scanned, begun.person_id) == (f"L{begun.id:09}", 0, None)
