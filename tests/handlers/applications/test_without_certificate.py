"""Who has no certificate in force: what is left by policy, and what nothing carries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from handlers.applications.fitness import ways_left
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import END, LATE, by_hand, holder
from tests.handlers.applications.test_window import office_under
from tests.handlers.conftest import WORKFLOWS
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, applicant, coordinator, officer, operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.mark.parametrize("kind", ["lost", "data_change", "renewal"])
@pytest.mark.parametrize("method", ["e_onay", "e_imza", "wet_signature"])
def test_who_has_no_certificate_in_force_is_treated_as_a_first_whatever_the_kind(
    world: World, kind: str, method: str
) -> None:
    me = world.person()
    old = world.certificate(me, END)
    world.clock.advance(days=60)
    case = world.open(me, kind, old)
    rule = {"e_imza": "form.no_valid_certificate", "wet_signature": "form.paper_not_accepted"}
    if (kind, method) == ("data_change", "e_onay"):
        rule["e_onay"] = "form.method_not_allowed"
    if kind == "renewal":
        rule["e_onay"] = "form.old_certificate_gone"
    with denied(rule.get(method, "form.treated_as_first")):
        world.choose(case, me, method)
    assert world.choose(case, me, "in_person").state == "in_person"
    assert by_hand(world, case) == "queued"


METHODS = ("e_onay", "e_imza", "wet_signature", "in_person")


@pytest.mark.parametrize(
    ("paper", "after_end", "left"),
    [
        (False, False, ("in_person",)),
        (True, False, ("wet_signature", "in_person")),
        (False, True, ("e_onay", "in_person")),
    ],
)
def test_what_is_left_to_whom_has_no_certificate_is_a_matter_of_policy(
    world: World, *, paper: bool, after_end: bool, left: tuple[str, ...]
) -> None:
    me, window = world.person(), {"paper_for_first": paper, "e_onay_after_end": after_end}
    now = world.clock.now()
    with world.engine.database.connect() as connection:
        assert ways_left(connection, me, METHODS, window, now) == left
    world.certificate(me, END)
    with world.engine.database.connect() as connection:
        assert ways_left(connection, me, METHODS, window, now) == METHODS


@pytest.mark.parametrize("kind", ["lost", "renewal"])
def test_where_policy_lets_an_e_onay_outlive_the_certificate_it_serves_after_the_end(
    world: World, kind: str
) -> None:
    me, old = holder(world, END)
    source = WORKFLOWS.read_text(encoding="utf-8")
    assert "e_onay_after_end: false" in source
    switched = source.replace("e_onay_after_end: false", "e_onay_after_end: true")
    world.engine = office_under(world, switched)
    world.clock.set(datetime(2026, 4, 11, 9, 0, tzinfo=UTC))
    world.engine.fire(old, "end", SYSTEM)
    case = world.open(me, kind, old)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert new.not_before == world.clock.now()


def test_an_e_onay_never_outlives_a_revoked_certificate(world: World) -> None:
    me, old = holder(world, END)
    source = WORKFLOWS.read_text(encoding="utf-8")
    switched = source.replace("e_onay_after_end: false", "e_onay_after_end: true")
    world.engine = office_under(world, switched)
    world.write("UPDATE certificate SET state = 'revoked'")
    case = world.file(me, "lost", old)
    with denied("form.treated_as_first"):
        world.choose(case, me, "e_onay")


def test_a_lost_card_that_had_ended_gives_no_more_certificates_than_there_may_be(
    world: World,
) -> None:
    me, _ = holder(world)
    ended = [world.certificate(me, LATE, serial) for serial in ("ee1", "ee2")]
    world.write(
        "UPDATE certificate SET state = 'expired', ends_on = '2026-02-10', not_after = NULL"
        " WHERE serial LIKE 'ee%'"
    )
    assert world.choose(world.file(me, "lost", ended[0]), me, "e_onay").state == "queued"
    world.certificate(me, LATE, "d4e5f6")
    with denied("form.too_many"):
        world.file(me, "lost", ended[1])


def test_a_typed_line_carries_no_loss_of_a_certificate_that_was_revoked(world: World) -> None:
    me, old = holder(world)
    world.engine.fire(old, "revoke", applicant(me), reason="çalındı")
    values = {"person_id": me, "serial": "dead1", "ends_on": LATE}
    world.engine.open("certificate", "record", coordinator(), values)
    case = world.file(me, "lost", old)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    with denied("method_fits"):
        shown = {"form": world.read(Application, case).form_sha256}
        world.engine.fire(case, "approve_e_onay", applicant(me), shown)


def test_for_whom_the_office_holds_a_certificate_nothing_is_made_by_itself(world: World) -> None:
    me, old = holder(world)
    asked = {"asked_by": "office", "recognised": "own_records"}
    world.engine.fire(old, "hold", officer(), asked, reason="identity_doubt")
    case = world.file(me, "lost", old)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.clock.advance(minutes=11)
    with denied("release.in_doubt"):
        world.engine.fire(case, "start_production", SYSTEM)
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"
