"""The courier's events: judged before they count, counted once, and a difference told for each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from handlers.cards.scanning import scan_out
from handlers.kit.sentences import sentence_of
from handlers.lists.uploaded_table import RejectedRow
from handlers.parcels import finding, matching
from handlers.parcels.events import CourierEvent, EventKind, ReturnReason
from handlers.parcels.matching import EventOutcome, judge_events, key_of, take_events
from handlers.parcels.rehearsal import pack, unpack
from handlers.parcels.tracking_file import NumberedEvent, TrackingFile
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.parcel import Parcel
from states.kit.invalid import Invalid
from states.logs.courier_event import ReportedEvent
from states.logs.journal import JournalEntry, RefusedAttempt
from tests.kit.handlers.courier.parcel_desk import begin_list, fill_house, number
from tests.kit.handlers.courier.parcels import where_people_scan
from tests.kit.handlers.world import operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

SECOND = operator(8)
"""Not who scanned the parcels out: nobody says of their own hand-over that it arrived."""


@pytest.fixture
def away(world: World) -> list[Parcel]:
    """Give three parcels with the courier and one in the house; an hour has passed."""
    where_people_scan(world)
    parcels = fill_house(world, 4)
    listing = begin_list(world)
    for parcel in parcels[:3]:
        scan_out(world.engine, listing.id, parcel.tracking_number, operator())
    world.clock.advance(hours=1)
    return parcels


def delivered(world: World, place: int = 1, **changed: object) -> CourierEvent:
    event = CourierEvent(
        number(place),
        EventKind.DELIVERED,
        world.clock.now() - timedelta(minutes=5),
        shown="identity_card",
        shown_number="A12345678",
        handed_by="Kurye 7",
    )
    return replace(event, **changed)  # type: ignore[arg-type] # names and types are the test's


def told(world: World, kind: EventKind, place: int = 1, **changed: object) -> CourierEvent:
    event = CourierEvent(number(place), kind, world.clock.now() - timedelta(minutes=5))
    return replace(event, **changed)  # type: ignore[arg-type] # the same


def numbered(*events: CourierEvent) -> list[NumberedEvent]:
    return [NumberedEvent(row, event) for row, event in enumerate(events, start=2)]


def judge(world: World, *events: CourierEvent, actor: Actor = SECOND) -> list[tuple[str, str]]:
    """Return outcome and code of what would come of events, and see that nothing came of it."""
    before = [world.all(entity) for entity in (JournalEntry, ReportedEvent, RefusedAttempt)]
    judged = judge_events(world.engine, actor, numbered(*events))
    assert before == [world.all(entity) for entity in (JournalEntry, ReportedEvent, RefusedAttempt)]
    return [(one.outcome.value, code(one.error)) for one in judged]


def take(world: World, *events: CourierEvent, actor: Actor = SECOND) -> list[tuple[str, str]]:
    taken = take_events(world.engine, actor, numbered(*events))
    return [(one.outcome.value, code(one.error)) for one in taken]


def code(error: object) -> str:
    if error is None:
        return ""
    if isinstance(error, Invalid):
        assert sentence_of(error).endswith(".")
    return str(getattr(error, "params", {}).get("rule", getattr(error, "code", "")))


def test_a_delivery_is_rehearsed_and_then_taken_with_what_was_shown(
    world: World, away: list[Parcel]
) -> None:
    event = delivered(world, reason=None)
    assert judge(world, event) == [("taken", "")]
    assert take(world, event) == [("taken", "")]
    parcel = world.read(Parcel, away[0].id)
    application = world.read(Application, parcel.application_id)
    assert (parcel.state, application.state) == ("delivered", "delivered")
    assert application.delivery == {
        "shown": "identity_card", "number": "******678", "by": "Kurye 7",
        "at": event.at.isoformat(),
    }  # fmt: skip
    [kept] = world.all(ReportedEvent)
    assert (kept.parcel_id, kept.kind, kept.at, kept.reason) == (
        parcel.id, "delivered", event.at, None,
    )  # fmt: skip
    assert (kept.actor, kept.received_at, kept.event_id) == ("user:8", world.clock.now(), None)


@pytest.mark.parametrize(
    ("kind", "reason", "state", "application"),
    [
        (EventKind.RETURNED, ReturnReason.REFUSED, "returned", "courier_returned"),
        (EventKind.LOST, None, "lost", "lost"),
        (EventKind.ATTEMPT, ReturnReason.ABSENT, "handed_over", "awaiting_collection"),
        (EventKind.AT_BRANCH, None, "handed_over", "awaiting_collection"),
    ],
)
def test_each_kind_makes_its_move(
    world: World,
    away: list[Parcel],
    kind: EventKind,
    reason: ReturnReason | None,
    state: str,
    application: str,
) -> None:
    event = told(world, kind, reason=reason)
    assert judge(world, event) == [("taken", "")]
    assert take(world, event) == [("taken", "")]
    parcel = world.read(Parcel, away[0].id)
    assert (parcel.state, world.state(parcel.application_id)) == (state, application)
    assert parcel.attempts == (kind is EventKind.ATTEMPT)
    assert [row.kind for row in world.all(ReportedEvent)] == [kind.value]


def test_the_code_of_the_reason_stands_in_the_journal(world: World, away: list[Parcel]) -> None:
    take(world, told(world, EventKind.ATTEMPT, reason=ReturnReason.ABSENT))
    take(world, told(world, EventKind.ATTEMPT, 2, reason=ReturnReason.DAMAGED))
    take(world, told(world, EventKind.RETURNED, 3, reason=ReturnReason.DAMAGED))
    entries = [
        json.loads(world.all(JournalEntry, case_id=parcel.application_id)[-1].body)
        for parcel in away[:3]
    ]
    assert [(one["trigger"], one["reason"], one["actor"]) for one in entries] == [
        ("note_attempt", "absent", "user:8"),
        ("note_attempt", "other: Başka bir neden", "user:8"),
        ("courier_return", "damaged", "user:8"),
    ]


def test_a_lost_card_is_revoked(world: World, away: list[Parcel]) -> None:
    take(world, told(world, EventKind.LOST))
    application = world.read(Application, away[0].application_id)
    assert world.read(Certificate, application.certificate_id).state == "revoked"


def test_an_event_counts_once_however_often_and_in_whichever_zone_it_comes(
    world: World, away: list[Parcel]
) -> None:
    event = told(world, EventKind.ATTEMPT, event_id="o-1")
    assert take(world, event, event) == [("taken", ""), ("known", "")]
    assert judge(world, event) == [("known", "")]
    elsewhere = replace(event, at=event.at.astimezone(timezone(timedelta(hours=3))), event_id="")
    assert take(world, elsewhere) == [("known", "")]
    assert world.read(Parcel, away[0].id).attempts == 1


def test_one_name_stands_for_one_event(world: World, away: list[Parcel]) -> None:
    event = told(world, EventKind.ATTEMPT, event_id="o-1")
    take(world, event)
    other = replace(event, at=event.at - timedelta(minutes=1))
    assert judge(world, other) == [("refused", "event.other_content")]
    assert take(world, other) == [("refused", "event.other_content")]
    assert world.read(Parcel, away[0].id).attempts == 1


def test_what_the_desk_knows_already_is_no_difference_and_what_contradicts_it_is(
    world: World, away: list[Parcel]
) -> None:
    world.engine.fire(away[0].application_id, "courier_return", SECOND, reason="moved")
    assert judge(world, told(world, EventKind.RETURNED, reason=ReturnReason.MOVED)) == [
        ("known", "")
    ]
    assert judge(world, delivered(world)) == [("refused", "parcel.ended")]
    assert take(world, delivered(world)) == [("refused", "parcel.ended")]
    assert world.all(ReportedEvent) == []


def test_differences_are_told_and_keep_nothing_else_back(world: World, away: list[Parcel]) -> None:
    now = world.clock.now()
    events = [
        delivered(world, tracking_number="YK99999999999999"),
        delivered(world, 4),
        delivered(world, at=now + timedelta(minutes=1)),
        delivered(world, at=now - timedelta(hours=2)),
        told(world, EventKind.AT_BRANCH, 2, at=now - timedelta(hours=2)),
        delivered(world, 3),
    ]
    expected = [
        ("refused", "parcel.unknown"),
        ("refused", "parcel.not_handed_over"),
        ("refused", "event.in_future"),
        ("refused", "courier.before_it_left"),
        ("refused", "courier.before_it_left"),
        ("taken", ""),
    ]
    assert judge(world, *events) == expected
    assert take(world, *events) == expected
    states = [world.read(Parcel, parcel.id).state for parcel in away]
    assert states == ["handed_over", "handed_over", "delivered", "booked"]


def test_after_its_end_nothing_happens_to_a_parcel_in_one_file(
    world: World, away: list[Parcel]
) -> None:
    events = [
        told(world, EventKind.ATTEMPT),
        delivered(world),
        told(world, EventKind.RETURNED, reason=ReturnReason.ABSENT),
        told(world, EventKind.RETURNED, 2, reason=ReturnReason.ABSENT),
    ]
    assert judge(world, *events) == [
        ("taken", ""), ("taken", ""), ("refused", "event.after_end"), ("taken", ""),
    ]  # fmt: skip
    assert [outcome for outcome, _ in take(world, *events)] == [
        "taken", "taken", "refused", "taken",
    ]  # fmt: skip
    assert world.read(Parcel, away[0].id).state == "delivered"


def test_nobody_says_of_their_own_hand_over_that_it_arrived(
    world: World, away: list[Parcel]
) -> None:
    event = delivered(world)
    assert judge(world, event, actor=operator()) == [("refused", "same_person")]
    assert take(world, event, actor=operator()) == [("refused", "same_person")]
    assert world.all(ReportedEvent) == []
    [attempt] = world.all(RefusedAttempt)
    assert (attempt.case_id, attempt.trigger) == (away[0].application_id, "deliver")
    assert take(world, event) == [("taken", "")]


def test_of_two_files_at_once_each_event_counts_once(
    world: World, away: list[Parcel], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = told(world, EventKind.ATTEMPT)
    move = matching._move  # noqa: SLF001 - between the look and the move another file comes

    def late(*args: object) -> None:
        monkeypatch.setattr(matching, "_move", move)
        assert take(world, event) == [("taken", "")]
        move(*args)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(matching, "_move", late)
    assert take(world, event) == [("known", "")]
    assert world.read(Parcel, away[0].id).attempts == 1


def test_forty_deliveries_are_one_file(world: World) -> None:
    where_people_scan(world)
    parcels = fill_house(world, 40)
    listing = begin_list(world)
    for parcel in parcels:
        scan_out(world.engine, listing.id, parcel.tracking_number, operator())
    world.clock.advance(hours=1)
    events = numbered(*(delivered(world, place) for place in range(1, 41)))
    judged = judge_events(world.engine, SECOND, events)
    assert {one.outcome for one in judged} == {EventOutcome.TAKEN}
    taken = take_events(world.engine, SECOND, events)
    assert [one.number for one in taken] == list(range(2, 42))
    assert {one.outcome for one in taken} == {EventOutcome.TAKEN}
    assert {row.state for row in world.all(Parcel)} == {"delivered"}


def test_a_key_is_of_parcel_kind_and_second() -> None:
    at = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    event = CourierEvent("AB-1", EventKind.ATTEMPT, at)
    assert key_of(event) == key_of(replace(event, at=at.replace(microsecond=9), event_id="x"))
    others = [
        replace(event, tracking_number="AB-2"),
        replace(event, kind=EventKind.LOST),
        replace(event, at=at + timedelta(seconds=1)),
    ]
    assert len({key_of(event), *map(key_of, others)}) == 4


@pytest.mark.usefixtures("away")
def test_a_parcel_is_late_five_days_after_the_last_word(world: World) -> None:
    take(world, told(world, EventKind.AT_BRANCH, 2))
    take(world, delivered(world, 3))

    def late() -> list[tuple[str, str | None]]:
        with world.engine.database.connect() as connection:
            found = finding.late_parcels(connection, world.clock.now())
            assert finding.count_late(connection, world.clock.now()) == len(found)
        return [(one.parcel.tracking_number, one.last) for one in found]

    world.clock.advance(days=5, hours=-1)
    assert late() == []
    world.clock.advance(seconds=1)
    assert late() == [(number(1), None)]
    world.clock.advance(hours=1)
    assert late() == [(number(1), None), (number(2), "at_branch")]
    take(world, told(world, EventKind.ATTEMPT))
    assert late() == [(number(2), "at_branch")]


def test_a_rehearsal_travels_sealed_and_opens_for_its_owner_only(world: World) -> None:
    tracking = TrackingFile(
        (
            NumberedEvent(2, delivered(world, event_id="o-1")),
            NumberedEvent(4, told(world, EventKind.RETURNED, 2, reason=ReturnReason.MOVED)),
        ),
        (RejectedRow(3, "tracking.kind", "Neden."),),
    )
    vault = world.services.vault
    carried = pack(vault, SECOND, tracking)
    assert "A12345678" not in carried
    assert unpack(vault, SECOND, carried) == tracking
    for actor, changed in (
        (operator(), carried),
        (SECOND, carried[:-4]),
        (SECOND, "ç"),
        (SECOND, ""),
    ):
        with pytest.raises(Invalid, match="rehearsal.lost"):
            unpack(vault, actor, changed)
