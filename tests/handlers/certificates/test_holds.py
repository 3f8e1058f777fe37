"""Holds of the office, requests to end, and the time in which a card is activated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import handlers
from handlers.cards import reminders
from handlers.cards.seed import Held
from signing.authority.crl import Reason
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from tests.handlers.conftest import WORKFLOWS
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, coordinator, officer, operator
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model.refusal import OwnCase, ReasonMissing, RoleNotAllowed, WrongState
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from workflow.model.actor import Actor

ASKED = {"asked_by": "holder", "recognised": "registered_phone"}
OWN = {"asked_by": "office", "recognised": "own_records"}


@pytest.fixture
def new(world: World, me: int) -> Held:
    """Give a delivered card of an additional certificate, suspended until it is activated."""
    world.consent(me, world.card(me, date(2026, 4, 10)))
    return delivered(world, me)


def delivered(world: World, me: int) -> Held:
    case = world.file(me, "additional")
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=5)
    world.publish_lists()
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    return Held(certificate.id, world.read(Card, certificate.card_id).serial, "123456")


def row(world: World, held: Held) -> Certificate:
    return world.read(Certificate, held.certificate_id)


def activate(world: World, me: int, new: Held) -> None:
    claimed = world.claimed("certificate", new.certificate_id, me)
    payload = replace(
        claimed, container=world.sign(new, row(world, new).activation_sha256)
    ).payload()
    world.engine.fire(new.certificate_id, "activate", applicant(me), payload)


def newest(world: World, held: Held) -> dict[str, object]:
    entries = world.all(JournalEntry, case_id=held.certificate_id)
    found: dict[str, object] = json.loads(max(entries, key=lambda one: one.n).body)
    return found


def told(world: World, held: Held) -> list[str]:
    return [notice.template for notice in world.all(Notice, case_id=held.certificate_id)]


def pass_by(world: World, span: timedelta) -> None:
    world.clock.set(world.clock.now() + span)
    sweep(world.engine)


# The office's hold.


def test_a_hold_of_the_office_needs_the_office_and_then_the_holder(
    world: World, me: int, new: Held
) -> None:
    activate(world, me, new)
    held = world.engine.fire(new.certificate_id, "hold", officer(), OWN, reason="identity_doubt")
    assert (held.state, row(world, new).suspended_by) == ("suspended", "office")
    with denied("office_does_not_hold"):
        activate(world, me, new)
    lifted = world.engine.fire(new.certificate_id, "release_hold", officer(), reason="doğrulandı")
    assert (lifted.state, row(world, new).suspended_by) == ("suspended", "holder")
    activate(world, me, new)
    certificate = row(world, new)
    assert (certificate.state, certificate.suspended_by) == ("active", None)
    world.run_effects()
    assert {"certificate_held", "hold_released"} <= set(told(world, new))


def test_what_was_on_hold_stays_so_since_then_when_the_office_holds_it_too(
    world: World, me: int, new: Held
) -> None:
    activate(world, me, new)
    world.engine.fire(new.certificate_id, "suspend", applicant(me))
    since, text = row(world, new).suspended_at, row(world, new).activation_sha256
    world.clock.advance(days=3)
    world.engine.fire(new.certificate_id, "hold", officer(), ASKED, reason="misuse_doubt")
    certificate = row(world, new)
    assert (certificate.suspended_at, certificate.activation_sha256) == (since, text)
    assert certificate.suspended_by == "office"


def test_nobody_but_an_officer_holds_and_releases_and_never_his_own(
    world: World, me: int, new: Held
) -> None:
    own = officer()
    own = type(own)(own.name, own.roles, own.auth, me)
    wrong = [(coordinator(), RoleNotAllowed), (operator(), RoleNotAllowed), (own, OwnCase)]
    for who, refusal in wrong:
        with pytest.raises(refusal):
            world.engine.fire(new.certificate_id, "hold", who, OWN, reason="identity_doubt")
    world.engine.fire(new.certificate_id, "hold", officer(), OWN, reason="identity_doubt")
    for who, refusal in [(applicant(me), RoleNotAllowed), *wrong]:
        with pytest.raises(refusal):
            world.engine.fire(new.certificate_id, "release_hold", who, reason="doğrulandı")


def test_only_what_the_office_holds_is_released(world: World, new: Held) -> None:
    with denied("office_holds"):
        world.engine.fire(new.certificate_id, "release_hold", officer(), reason="doğrulandı")


def test_what_the_office_holds_is_not_revoked_for_being_late_and_gets_its_time_anew(
    world: World, new: Held
) -> None:
    world.engine.fire(new.certificate_id, "hold", officer(), OWN, reason="identity_doubt")
    pass_by(world, timedelta(days=31))
    assert row(world, new).state == "suspended"
    world.engine.fire(new.certificate_id, "release_hold", officer(), reason="doğrulandı")
    assert row(world, new).activate_by == world.clock.now() + timedelta(days=30)


# Who asked, and how he was recognised.


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "asking.nobody"),
        ({"asked_by": "neighbour", "recognised": "in_person"}, "asking.nobody"),
        ({"asked_by": ["holder"], "recognised": "in_person"}, "asking.nobody"),
        ({"asked_by": "holder"}, "asking.not_recognised"),
        ({"asked_by": "holder", "recognised": "by_voice"}, "asking.not_recognised"),
        ({"asked_by": "holder", "recognised": "own_records"}, "asking.does_not_fit"),
        ({"asked_by": "court", "recognised": "registered_phone"}, "asking.does_not_fit"),
        ({"asked_by": "office", "recognised": "in_person"}, "asking.does_not_fit"),
    ],
)
@pytest.mark.parametrize(
    ("trigger", "reason"), [("hold", "misuse_doubt"), ("revoke_by_office", "misused")]
)
def test_a_request_says_who_asked_and_how_he_was_recognised(
    world: World, new: Held, said: dict[str, object], code: str, trigger: str, reason: str
) -> None:
    with denied(code):
        world.engine.fire(new.certificate_id, trigger, officer(), said, reason=reason)
    assert row(world, new).state == "suspended"


def test_the_journal_keeps_the_request_with_its_result(world: World, new: Held) -> None:
    world.engine.fire(
        new.certificate_id, "revoke_by_office", officer(), ASKED, reason="lost_or_stolen"
    )
    entry = newest(world, new)
    assert entry["reason"] == "lost_or_stolen"
    assert entry["details"] == ASKED
    assert row(world, new).state == "revoked"


@pytest.mark.parametrize(
    ("reason", "listed"),
    [
        ("lost_or_stolen", Reason.KEY_COMPROMISE),
        ("left_office", Reason.AFFILIATION_CHANGED),
        ("not_needed: emekli", Reason.CESSATION),
        ("ordered: 2026/7", Reason.UNSPECIFIED),
    ],
)
def test_the_lists_say_why_the_office_revoked(reason: str, listed: Reason) -> None:
    assert handlers.certificates.revocation_reasons.reason_of(reason) is listed


@pytest.mark.parametrize("who", [operator(), coordinator()])
def test_neither_operator_nor_coordinator_ends_or_suspends_alone(
    world: World, new: Held, who: Actor
) -> None:
    for trigger in ("revoke", "revoke_by_office", "suspend", "hold"):
        with pytest.raises((RoleNotAllowed, WrongState)):
            world.engine.fire(new.certificate_id, trigger, who, ASKED, reason="other: istendi")


def test_the_office_gives_a_reason(world: World, new: Held) -> None:
    for trigger in ("hold", "revoke_by_office"):
        with pytest.raises(ReasonMissing):
            world.engine.fire(new.certificate_id, trigger, officer(), ASKED)


# The time for the activation.


def test_a_card_that_is_not_activated_in_time_is_revoked_and_its_holder_told(
    world: World, new: Held
) -> None:
    by = row(world, new).activate_by
    assert by is not None
    pass_by(world, by - world.clock.now() - timedelta(seconds=1))
    assert row(world, new).state == "suspended"
    pass_by(world, timedelta(seconds=1))
    certificate = row(world, new)
    assert (certificate.state, certificate.revoked_at) == ("revoked", by)
    assert (
        handlers.certificates.revocation_reasons.reason_of(certificate.revocation_reason)
        is Reason.CESSATION
    )
    world.run_effects()
    assert "not_activated" in told(world, new)


def test_who_has_activated_and_suspends_later_is_not_revoked_for_being_late(
    world: World, me: int, new: Held
) -> None:
    activate(world, me, new)
    world.engine.fire(new.certificate_id, "suspend", applicant(me))
    pass_by(world, timedelta(days=200))
    assert row(world, new).state == "suspended"


def test_the_time_begins_with_the_certificate_where_that_begins_later(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    assert certificate.not_before is not None
    assert certificate.not_before > world.clock.now()
    assert certificate.activate_by == certificate.not_before + timedelta(days=30)


def test_holders_are_reminded_once_for_each_day_of_the_policy(world: World, new: Held) -> None:
    by = row(world, new).activate_by
    assert by is not None
    assert reminders.remind(world.engine) == 0
    for days, whole in ((14, 1), (13, 1), (3, 2), (1, 2)):
        world.clock.set(by - timedelta(days=days))
        reminders.remind(world.engine)
        reminders.remind(world.engine)
        assert told(world, new).count("activate_in_time") == whole
    assert (
        "etkinleştirilmeyen sertifika iptal edilir"
        in world.all(Notice, template="activate_in_time")[0].text
    )


def test_a_holder_who_suspended_himself_is_reminded(world: World, me: int, new: Held) -> None:
    activate(world, me, new)
    world.engine.fire(new.certificate_id, "suspend", applicant(me))
    since = world.clock.now()
    for days, whole in ((29, 0), (30, 1), (60, 1), (90, 2), (180, 3), (400, 3)):
        world.clock.set(since + timedelta(days=days))
        reminders.remind(world.engine)
        assert told(world, new).count("still_on_hold") == whole


def test_whom_the_office_holds_is_reminded_of_nothing(world: World, me: int, new: Held) -> None:
    activate(world, me, new)
    world.engine.fire(new.certificate_id, "hold", officer(), OWN, reason="identity_doubt")
    for days in (17, 28, 90):
        world.clock.advance(days=days)
        assert reminders.remind(world.engine) == 0


# An activation that is announced before it is made.


@pytest.fixture
def announced(world: World) -> World:
    """Give an office whose policy has an activation announced six hours before."""
    source = WORKFLOWS.read_text(encoding="utf-8")
    changed = source.replace("activation_delay: 0 hours", "activation_delay: 6 hours")
    definitions = load(changed, handlers.registry())
    publish(world.engine.database, definitions, world.clock.now())
    world.engine.library = Library(world.engine.database, definitions, handlers.registry())
    return world


def test_an_activation_is_announced_and_waits(announced: World, me: int) -> None:
    world = announced
    world.consent(me, world.card(me, date(2026, 4, 10)))
    new = delivered(world, me)
    with denied("activation_open"):
        activate(world, me, new)
    world.engine.fire(new.certificate_id, "announce_activation", applicant(me))
    opens = row(world, new).activation_opens_at
    assert opens == world.clock.now() + timedelta(hours=6)
    with denied("activation_not_announced"):
        world.engine.fire(new.certificate_id, "announce_activation", applicant(me))
    world.run_effects("notice.activation_announced")
    [notice] = [one for one in world.all(Notice) if one.template == "activation_announced"]
    assert "02.03.2026 18:00:05" in notice.text
    world.clock.set(opens - timedelta(seconds=1))
    with denied("activation_open"):
        activate(world, me, new)
    world.clock.set(opens)
    world.publish_lists()
    activate(world, me, new)
    certificate = row(world, new)
    assert (certificate.state, certificate.activation_opens_at) == ("active", None)


def test_who_has_not_asked_for_the_activation_stops_it_until_the_office_has_looked(
    announced: World, me: int
) -> None:
    world = announced
    world.consent(me, world.card(me, date(2026, 4, 10)))
    new = delivered(world, me)
    with denied("activation_announced"):
        world.engine.fire(new.certificate_id, "stop_activation", applicant(me), reason="not_mine")
    world.engine.fire(new.certificate_id, "announce_activation", applicant(me))
    world.engine.fire(new.certificate_id, "stop_activation", applicant(me), reason="not_mine")
    world.clock.advance(hours=7)
    with denied("office_does_not_hold"):
        activate(world, me, new)
    assert row(world, new).activation_opens_at is None


def test_without_a_delay_nothing_is_announced(world: World, me: int, new: Held) -> None:
    with denied("activation_is_delayed"):
        world.engine.fire(new.certificate_id, "announce_activation", applicant(me))


def test_the_system_says_by_its_reason_why_it_holds(world: World, new: Held) -> None:
    world.engine.fire(new.certificate_id, "hold", SYSTEM, reason="delivery_doubt")
    assert newest(world, new)["details"] == {}
    assert row(world, new).suspended_by == "office"
