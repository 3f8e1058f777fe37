"""Changes are collected: one list each interval, by one worker, and the answers say the same."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl
from sqlalchemy.exc import DBAPIError

from handlers.certificates import revocation, revocation_lists
from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import GOOD, UNKNOWN, ServedStatus
from signing.errors import TokenAbsent
from states.cases.certificate import Certificate
from states.cases.revocation import RevocationChange, RevocationList, RevocationStatus
from states.kit.errors import DatabaseUnavailable
from tests.kit.handlers.world import SYSTEM, World, applicant, officer
from workflow.engine.engine import CaseEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.cards.seed import Held
    from signing.authority.crl import ListIssue
    from workflow.model.actor import Actor

MINUTE = timedelta(seconds=60)
ASKED = {"asked_by": "holder", "recognised": "registered_phone"}


@pytest.fixture
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    """Give a card in force; the first lists come out with it."""
    return world.card(me, date(2026, 8, 10))


@pytest.fixture
def collecting(world: World) -> World:
    """Give the same office where changes are collected for a minute."""
    return with_services(world, list_interval=MINUTE)


def with_services(world: World, **changes: object) -> World:
    services = replace(world.services, **changes)  # type: ignore[arg-type]  # as the caller says
    engine = CaseEngine(world.engine.database, world.engine.library, world.clock, services)
    return World(engine, services, world.clock)


def look(world: World) -> bool:
    """Do the worker's chore once."""
    return revocation_lists.publish_due(world.engine.database, world.services, world.clock.now())


def numbers(world: World) -> list[int]:
    return [row.number for row in world.all(RevocationList)]


def listed(world: World) -> dict[int, str]:
    """Return what the newest list says: why by serial number, "" where it says no reason."""
    newest = crl.CertificateList.load(world.all(RevocationList)[-1].issuing)
    entries = newest["tbs_cert_list"]["revoked_certificates"]
    reasons = ((entry["user_certificate"].native, entry.crl_reason_value) for entry in entries)
    return {number: reason.native if reason else "" for number, reason in reasons}


def answer(world: World, number: int) -> ServedStatus:
    return revocation.status_in(world.engine.database)(number)


def serial(world: World, certificate_id: int) -> int:
    return int(world.read(Certificate, certificate_id).serial, 16)


def issued(world: World, person: int, number: int) -> int:
    """Record a certificate as production does, all but its card."""
    values = {"person_id": person, "serial": f"{number:x}", "ends_on": date(2029, 3, 1)}
    case = world.engine.open("certificate", "reserve", SYSTEM, values)
    made = "UPDATE certificate SET der = 'd', sha256 = serial, seen = 'made' WHERE id = :id"
    world.write(made, id=case)
    world.engine.fire(case, "issue", SYSTEM)
    return case


def test_a_wave_of_certificates_makes_one_list_each_interval(collecting: World, me: int) -> None:
    world, first = collecting, 2**64 + 1
    look(world)
    for number in range(first, first + 300):
        issued(world, me, number)
        world.clock.advance(seconds=1)
        world.run_effects("revocation.publish")
        look(world)
    assert numbers(world) == [1, 2, 3, 4, 5, 6]
    assert [row.entries for row in world.all(RevocationList)] == [0, 60, 120, 180, 240, 300]
    assert listed(world) == dict.fromkeys(range(first, first + 300), "certificate_hold")
    on_hold = [answer(world, number).entry for number in listed(world)]
    assert {entry.reason for entry in on_hold if entry is not None} == {Reason.ON_HOLD}
    assert None not in on_hold
    assert not world.all(RevocationChange)


def test_what_no_list_has_taken_in_yet_is_unknown_and_then_both_say_the_same(
    collecting: World, me: int
) -> None:
    world = collecting
    look(world)
    since = world.clock.now()
    issued(world, me, 77)
    world.clock.advance(seconds=59)
    world.run_effects("revocation.publish")
    assert (listed(world), answer(world, 77)) == ({}, UNKNOWN)
    world.clock.advance(seconds=1)
    assert look(world)
    assert listed(world) == {77: "certificate_hold"}
    assert answer(world, 77) == ServedStatus(entry=RevokedEntry(77, since, Reason.ON_HOLD))


@pytest.mark.parametrize(
    ("trigger", "who", "reason", "said"),
    [
        ("revoke", None, "vazgeçtim", ""),
        ("revoke", SYSTEM, "NES-1: lost", "key_compromise"),
        ("suspend", None, None, "certificate_hold"),
        ("hold", officer(), "misuse_doubt", "certificate_hold"),
        ("revoke_by_office", officer(), "left_office", "affiliation_changed"),
    ],
)
def test_what_somebody_asks_for_is_seen_in_both_at_once(
    collecting: World, me: int, held: Held, trigger: str, who: Actor | None, reason: str | None,
    said: str,
) -> None:  # fmt: skip
    world, number = collecting, serial(collecting, held.certificate_id)
    world.clock.advance(seconds=2)
    world.engine.fire(held.certificate_id, trigger, who or applicant(me), ASKED, reason=reason)
    assert (listed(world), answer(world, number)) == ({}, GOOD)
    world.run_effects("revocation.publish")
    assert listed(world) == {number: said}
    found = answer(world, number).entry
    assert found is not None
    assert found.since == world.clock.now()
    assert numbers(world) == [1, 2]


def test_what_the_house_revokes_for_good_order_waits_for_the_interval(
    collecting: World, held: Held
) -> None:
    world = collecting
    world.clock.advance(seconds=59)
    world.engine.fire(held.certificate_id, "revoke", SYSTEM, reason="NES-1: reissue")
    world.run_effects("revocation.publish")
    assert numbers(world) == [1]
    world.clock.advance(seconds=1)
    assert look(world)
    assert listed(world) == {serial(world, held.certificate_id): "superseded"}


def test_urgent_changes_of_one_second_share_a_list(collecting: World, me: int, held: Held) -> None:
    world = collecting
    other = world.card(world.person("10000000078", "İsmail", "Taslakçı"), date(2026, 8, 10))
    world.clock.advance(seconds=5)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.run_effects("revocation.publish")
    world.engine.fire(
        other.certificate_id, "revoke_by_office", officer(), ASKED, reason="left_office"
    )
    world.run_effects("revocation.publish")
    assert len(listed(world)) == 1
    world.clock.advance(seconds=1)
    assert look(world)
    assert len(listed(world)) == 2
    assert not look(world)


def test_a_code_hurries_what_has_changed_for_its_person_only(collecting: World, me: int) -> None:
    world = collecting
    look(world)
    issued(world, me, 77)
    world.clock.advance(seconds=5)
    other = world.person("10000000078", "İsmail", "Taslakçı")
    world.claimed("consent", world.offer(other), other)
    world.run_effects("revocation.publish")
    assert numbers(world) == [1]
    world.claimed("consent", world.offer(me), me)
    world.run_effects("revocation.publish")
    assert (numbers(world), listed(world)) == ([1, 2], {77: "certificate_hold"})


class Authority:
    """The authority with something that happens between signing and storing."""

    def __init__(self, world: World, then: Callable[[], object]) -> None:
        """Take the authority of a world."""
        self._own, self._then = world.services.authority(), then
        self.signed: list[int] = []

    def sign_lists(self, entries: bytes, issue: ListIssue) -> tuple[bytes, bytes]:
        """Sign, and let it happen."""
        lists = self._own.sign_lists(entries, issue)
        self.signed.append(issue.number)
        self._then()
        return lists


def test_two_workers_at_one_moment_make_one_list(collecting: World, me: int, held: Held) -> None:
    signed, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        signed.set()
        assert go_on.wait(60)

    slow = Authority(collecting, wait)
    world = with_services(collecting, authority=lambda: slow)
    world.clock.advance(minutes=5)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    made: list[bool] = []
    first = threading.Thread(target=lambda: made.append(look(world)))
    second = threading.Thread(target=lambda: made.append(fresh(world)))
    first.start()
    assert signed.wait(60)
    assert not look(world)
    second.start()
    go_on.set()
    first.join(60)
    second.join(60)
    assert sorted(made) == [False, True]
    assert (numbers(world), slow.signed) == ([1, 2], [2])


def fresh(world: World) -> bool:
    return revocation_lists.ensure_fresh(world.engine.database, world.services, world.clock.now())


def test_who_dies_between_signing_and_storing_leaves_nothing_half(
    collecting: World, me: int, held: Held
) -> None:
    world, number = collecting, serial(collecting, held.certificate_id)
    killed = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    dying = Authority(world, lambda: world.write(killed))
    world.clock.advance(minutes=5)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        look(with_services(world, authority=lambda: dying))
    assert dying.signed == [2]
    assert (numbers(world), answer(world, number)) == ([1], GOOD)
    assert {row.certificate_id for row in world.all(RevocationChange)} == {held.certificate_id}
    assert look(world)
    assert (numbers(world), listed(world)) == ([1, 2], {number: "certificate_hold"})


def test_a_token_that_is_away_loses_no_change(collecting: World, me: int, held: Held) -> None:
    def away() -> Authority:
        raise TokenAbsent(label="x")

    world = collecting
    world.clock.advance(minutes=5)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    with pytest.raises(TokenAbsent):
        look(with_services(world, authority=away))
    assert {row.certificate_id for row in world.all(RevocationChange)} == {held.certificate_id}
    assert look(world)
    assert numbers(world) == [1, 2]


@pytest.mark.usefixtures("held")
def test_a_clock_that_was_set_back_is_followed_by_a_list_of_its_time(collecting: World) -> None:
    world = collecting
    world.clock.advance(seconds=-4)
    assert not look(world)
    world.clock.advance(hours=-1)
    assert look(world)
    newest = world.all(RevocationList)[-1]
    assert (newest.number, newest.this_update) == (2, world.clock.now())
    with world.engine.database.connect() as connection:
        found = revocation.current_lists(connection, world.clock.now())
    assert found is not None
    assert found["issuing"] == newest.issuing
    assert not look(world)


@pytest.mark.usefixtures("held")
def test_nothing_is_made_when_nothing_changed_but_before_the_end(collecting: World) -> None:
    world = collecting
    world.clock.advance(hours=12, seconds=-1)
    assert not look(world)
    world.clock.advance(seconds=1)
    assert look(world)
    first, second = world.all(RevocationList)
    assert second.number == 2
    assert second.this_update < first.next_update


def test_a_change_that_says_nothing_new_makes_no_list(collecting: World, held: Held) -> None:
    world = collecting
    world.write("UPDATE certificate SET revocation_reason = 'x' WHERE state = 'active'")
    assert len(world.all(RevocationChange)) == 1
    world.clock.advance(minutes=5)
    assert not look(world)
    assert not world.all(RevocationChange)
    assert not fresh(world)
    assert numbers(world) == [1]
    (known,) = world.all(RevocationStatus)
    assert known.serial == world.read(Certificate, held.certificate_id).serial
    assert known.entry is None


def test_a_certificate_that_was_erased_leaves_list_and_answers(
    collecting: World, me: int, held: Held
) -> None:
    world, number = collecting, serial(collecting, held.certificate_id)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    assert fresh(world)
    world.write("UPDATE certificate SET der = NULL WHERE id = :id", id=held.certificate_id)
    assert fresh(world)
    assert (listed(world), answer(world, number)) == ({}, UNKNOWN)


def test_where_another_authority_issues_no_marks_stay(
    collecting: World, me: int, held: Held
) -> None:
    world = with_services(collecting, elsewhere=object())
    collecting.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.clock.advance(days=2)
    assert not look(world)
    assert not world.all(RevocationChange)
    assert numbers(world) == [1]
