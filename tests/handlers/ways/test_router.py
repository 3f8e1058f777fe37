"""Which card is the one: applications, new cards, certificates and persons that need none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.ways.days import last_whole_day
from handlers.ways.durations import STATED
from handlers.ways.router import Situation, expected_day, overdue, route
from handlers.ways.stages import Stage, stage_of
from handlers.ways.way import RoutingDay
from states.cases.application import FINAL_STATES
from tests.handlers.ways.people import NOW, TODAY, application, certificate, person
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from handlers.ways.facts import CertificateFacts
    from workflow.model.definition import Definition

LATER = NOW + timedelta(days=3)


@pytest.fixture
def day(definitions: dict[str, Definition]) -> RoutingDay:
    """Give the shipped definition on 30 November 2026."""
    return RoutingDay(definitions["application"], NOW, STATED)


def successor(begins: int, **more: object) -> CertificateFacts:
    """Return the delivered certificate that renews the first one and begins in some days."""
    made = {
        "id": 2, "reference": "S000000002", "serial": "b2", "state": "suspended",
        "suspended_by": "journey", "in_hand": False, "not_before": NOW + timedelta(days=begins),
        "application_id": 9, "application_reference": "B000000009", "application_kind": "renewal",
        "application_state": "delivered", "application_about": 1,
    }  # fmt: skip
    return certificate(1000, **{**made, **more})


def test_who_never_had_one_comes_to_the_desk(day: RoutingDay) -> None:
    found = route(person(), day)
    assert found.card.situation is Situation.NONE
    assert [way.method for way in found.open] == ["in_person"]
    assert found.card.expected == date(2026, 12, 10)
    assert found.card.gap is not None
    assert (found.card.gap.first, found.card.gap.days) == (TODAY, 10)


@pytest.mark.parametrize("change", [{"standing": "left"}, {"institution_open": False}])
def test_who_is_not_in_office_is_told_so(day: RoutingDay, change: dict[str, object]) -> None:
    found = route(replace(person(certificate(40)), **change), day)  # type: ignore[arg-type]
    assert found.card.situation is Situation.NOT_ENTITLED
    assert found.ways == ()
    assert not found.card.asks


def test_of_two_the_one_that_ends_first_is_renewed(day: RoutingDay) -> None:
    later = certificate(300, id=2, reference="S000000002", serial="b2")
    found = route(person(later, certificate(40)), day)
    assert found.card.certificate == certificate(40)
    assert [way.certificate for way in found.ways] == [certificate(40)] * 4


def test_one_whose_renewal_is_open_is_not_renewed_again(day: RoutingDay) -> None:
    due = NOW + timedelta(days=20)
    mine = application("e_imza", old_certificate_id=1, due_at=due)
    found = route(person(certificate(40), applications=(mine,)), day)
    assert found.card.situation is Situation.YOUR_TURN
    assert (found.card.application, found.card.certificate) == (mine, certificate(40))
    assert found.card.by == date(2026, 12, 19)
    assert found.ways == ()
    assert found.more == ()


def test_what_the_office_does_asks_nothing_and_comes_after_what_asks(day: RoutingDay) -> None:
    mine = application("held", old_certificate_id=1, production_opens_on=date(2026, 12, 20))
    alone = route(person(certificate(80), applications=(mine,)), day)
    assert (alone.card.situation, alone.card.by) == (Situation.UNDER_WAY, None)
    assert alone.card.expected == date(2026, 12, 27)
    other = certificate(20, id=2, reference="S000000002", serial="b2")
    both = route(person(certificate(80), other, applications=(mine,)), day)
    assert both.card.situation is Situation.LATE
    assert both.card.certificate == other
    assert [card.situation for card in both.more] == [Situation.UNDER_WAY]


def test_a_renewed_one_does_not_ask_and_the_new_one_waits_for_its_day(day: RoutingDay) -> None:
    found = route(person(certificate(3), successor(4)), day)
    assert found.card.situation is Situation.BEGINS_LATER
    assert found.card.certificate == successor(4)
    assert found.card.begins == NOW + timedelta(days=4)
    assert not found.card.asks


def test_a_card_that_has_begun_is_activated_by_its_day(day: RoutingDay) -> None:
    new = successor(0, activate_by=NOW + timedelta(days=9))
    found = route(person(certificate(-1), new), day)
    assert (found.card.situation, found.card.by) == (Situation.ACTIVATE, date(2026, 12, 8))
    unlimited = route(person(certificate(-1), successor(0)), day)
    assert (unlimited.card.situation, unlimited.card.by) == (Situation.ACTIVATE, None)


def test_what_the_office_holds_is_said(day: RoutingDay) -> None:
    held = certificate(40, state="suspended", suspended_by="office")
    found = route(person(held), day)
    assert [one.situation for one in (found.card, *found.more)] == [
        Situation.DUE, Situation.HELD_BY_OFFICE,
    ]  # fmt: skip


def test_one_on_hold_by_its_holder_is_renewed_as_any(day: RoutingDay) -> None:
    found = route(person(certificate(40, state="suspended", suspended_by="holder")), day)
    assert found.card.situation is Situation.DUE
    assert [way.method for way in found.closed] == ["e_imza"]
    assert found.closed[0].verdict.code == "signer_certificate_usable"


def test_a_card_whose_application_ended_otherwise_asks_nothing(day: RoutingDay) -> None:
    found = route(person(successor(0, application_state="lost")), day)
    assert found.card.situation is Situation.UNDER_WAY
    assert found.card.application is None


def test_a_revoked_one_is_no_first_time(day: RoutingDay) -> None:
    gone = certificate(-5)
    assert route(person(gone), day).card.situation is Situation.ENDED
    assert route(person(gone), day).card.certificate == gone
    revoked = certificate(40, state="revoked", in_hand=False)
    assert route(person(revoked), day).card.situation is Situation.NONE


def test_a_limit_is_the_last_whole_day() -> None:
    evening = start_of_day(date(2026, 12, 3)) - timedelta(seconds=1)
    assert last_whole_day(evening, TODAY) == date(2026, 12, 2)
    assert last_whole_day(evening - timedelta(seconds=1), TODAY) == date(2026, 12, 1)
    assert last_whole_day(NOW, TODAY) == TODAY
    assert last_whole_day(None, TODAY) is None


EXPECTED = {
    "wet_signature": 15, "in_person": 10, "e_onay": 7, "draft": 7, "paper_received": 8,
    "approved": 7, "queued": 5, "booked": 5, "couriered": 2, "recalled": None,
}  # fmt: skip


@pytest.mark.parametrize("state", EXPECTED)
def test_the_day_of_a_card_counts_from_where_its_application_stands(
    day: RoutingDay, state: str
) -> None:
    mine = application(state, entered_at=NOW - timedelta(days=2))
    days = EXPECTED[state]
    assert expected_day(mine, day) == (None if days is None else TODAY + timedelta(days=days))


@pytest.mark.parametrize("state", ["paper_received", "queued", "couriered"])
def test_a_day_that_is_over_is_never_expected(day: RoutingDay, state: str) -> None:
    mine = application(state, entered_at=NOW - timedelta(days=90))
    assert expected_day(mine, day) == TODAY + timedelta(days=7 if state == "paper_received" else 0)


def test_no_card_before_its_day_of_production(day: RoutingDay) -> None:
    mine = application("e_onay", production_opens_on=date(2027, 3, 1))
    assert expected_day(mine, day) == date(2027, 3, 8)


def test_every_open_state_has_a_stage(definitions: dict[str, Definition]) -> None:
    still = {
        "certificate_unseen", "production_stopped", "not_booked", "courier_silent", "recalled",
        "delivery_contested", "courier_returned", "returned_to_applicant",
    }  # fmt: skip
    states = definitions["application"].states.keys() - {*FINAL_STATES}
    assert {state for state in states if stage_of(state) is Stage.STANDS_STILL} == still
    assert stage_of("of_another_definition") is Stage.STANDS_STILL


def test_kinds_say_why_they_are_closed(day: RoutingDay) -> None:
    mine = person(certificate(40, not_before=NOW - timedelta(days=30 * 26)))
    kinds = {kind.name: kind for kind in day.kinds(mine)}
    assert kinds["first"].why.code == "form.not_first"
    assert kinds["first"].open == ()
    assert kinds["fault"].why.code == "under_warranty"
    assert kinds["renewal"].why.allows
    assert next(way.method for way in kinds["renewal"].open) == "e_onay"
    assert "reissue" not in kinds
    assert all(way.in_time for way in kinds["renewal"].open)
    late = {kind.name: kind for kind in day.kinds(person(certificate(-1)))}
    assert late["renewal"].open[0].method == "in_person"
    assert not late["renewal"].open[0].in_time
    assert late["damaged"].why.code == "form.old_certificate_not_in_force"


@pytest.mark.parametrize(
    ("ends_in", "late"), [(100, False), (40, False), (31, False), (29, True), (1, True), (-1, True)]
)
def test_the_last_day_to_apply_is_over_where_nothing_is_under_way(
    day: RoutingDay,
    ends_in: int,
    late: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    old = certificate(ends_in)
    mine = person(old)
    assert overdue(mine, old, day) is late
    assert not overdue(replace(mine, standing="left"), old, day)
    assert not overdue(mine, replace(old, ends_on=None), day)
    about = application("draft", old_certificate_id=1)
    assert not overdue(person(old, applications=(about,)), old, day)
    first = application("draft", kind="first")
    assert overdue(person(old, applications=(first,)), old, day) is (late and ends_in > 0)
    other = certificate(400, id=2, reference="S000000002", serial="b2")
    assert overdue(person(old, other), old, day) is (late and ends_in > 0)
    assert not overdue(person(old, successor(5)), old, day)
