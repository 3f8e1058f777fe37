"""Silence approves nothing unless policy says so; then after days that are counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import handlers
from handlers.kit.context import CaseEngine
from states.cases.application import Application
from states.cases.notice import Notice
from tests.handlers.applications.test_approval import entry, filed_for, told
from tests.house.tree import ROOT
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held


WORKFLOWS = ROOT / "workflows.yaml"


DAY = timedelta(days=1)


@pytest.fixture
def silence(world: World) -> World:
    """Give the office under a policy by which nobody's objecting for 10 days approves."""
    text = WORKFLOWS.read_text("utf-8").replace("silence_approves: false", "silence_approves: true")
    registry = handlers.registry()
    definitions = dict(load(text, registry))
    database = world.engine.database
    publish(database, definitions, world.clock.now())
    library = Library(database, definitions, registry)
    world.engine = CaseEngine(database, library, world.clock, world.services)
    return world


def test_silence_approves_nothing_unless_the_policy_says_so(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    world.clock.set(world.clock.now() + 11 * DAY)
    with denied("silence_counts"):
        world.engine.fire(case, "approve_unobjected", SYSTEM)


def test_under_the_policy_what_nobody_objects_to_is_approved_after_its_days(
    silence: World, me: int, held: Held
) -> None:
    consent = silence.consent(me, held)
    case = filed_for(silence, me, held)
    silence.run_effects("notice.confirm_application")
    (notice,) = silence.all(Notice, case_id=case)
    assert "12.03.2026 12:00:00 tarihine kadar vazgeçmezseniz" in notice.text
    silence.clock.set(silence.clock.now() + 10 * DAY - timedelta(seconds=1))
    with denied("objection_over"):
        silence.engine.fire(case, "approve_unobjected", SYSTEM)
    silence.clock.set(silence.clock.now() + timedelta(seconds=1))
    assert silence.engine.fire(case, "approve_unobjected", SYSTEM).state == "held"
    assert silence.state(case) == "held"
    assert silence.read(Application, case).consent_id == consent


def test_the_days_of_silence_begin_with_the_notice(silence: World, me: int, held: Held) -> None:
    silence.consent(me, held)
    case = filed_for(silence, me, held)
    silence.clock.set(silence.clock.now() + 11 * DAY)
    with denied("consent.not_told"):
        silence.engine.fire(case, "approve_unobjected", SYSTEM)
    silence.run_effects("notice.confirm_application")
    silence.clock.set(silence.clock.now() + 9 * DAY)
    with denied("consent.may_object"):
        silence.engine.fire(case, "approve_unobjected", SYSTEM)
    silence.clock.set(silence.clock.now() + DAY)
    sweep(silence.engine)
    assert silence.state(case) == "held"


def test_silence_counts_only_on_a_consent_that_was_there_when_the_person_was_told(
    silence: World, me: int, held: Held
) -> None:
    case = filed_for(silence, me, held)
    silence.run_effects("notice.confirm_application")
    silence.clock.set(silence.clock.now() + 11 * DAY)
    with denied("consent.missing"):
        silence.engine.fire(case, "approve_unobjected", SYSTEM)
    silence.publish_lists()
    silence.consent(me, held)
    with denied("consent.given_later"):
        silence.engine.fire(case, "approve_unobjected", SYSTEM)


def test_an_application_waits_until_production_may_start(world: World, me: int, held: Held) -> None:
    case = filed_for(world, me, held)
    opens = world.read(Application, case).production_opens_on
    assert opens == date(2026, 6, 10)
    world.clock.set(world.clock.now() + 99 * DAY)
    with denied("waited_long"):
        world.engine.fire(case, "expire_unconsented", SYSTEM)
    world.clock.set(world.clock.now() + DAY)
    sweep(world.engine)
    assert world.state(case) == "expired"
    world.run_effects("notice.unconsented")
    assert told(world, case) == ["unconsented"]


def test_thirty_days_are_waited_though_production_may_start(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    world.clock.set(world.clock.now() + 99 * DAY)
    case = filed_for(world, me, held)
    world.clock.set(world.clock.now() + 29 * DAY)
    for trigger in ("expire_unconsented", "expire_unconfirmed"):
        with denied("waited_long"):
            world.engine.fire(case, trigger, SYSTEM)


def test_an_end_without_the_persons_press_is_not_called_one_without_e_onay(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    world.clock.set(world.clock.now() + 100 * DAY)
    with denied("unconsented"):
        world.engine.fire(case, "expire_unconsented", SYSTEM)
    sweep(world.engine)
    assert entry(world, case, "expire_unconfirmed")["to"] == "expired"
    world.run_effects("notice.unconfirmed")
    assert "unconfirmed" in told(world, case)
