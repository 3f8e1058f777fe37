"""Signatures that let nobody in: of another, too late, of a certificate that does not count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from handlers.signatures.submission import LARGEST
from signing.cms import cades
from signing.cms.profiles import Profile
from states.cases.sign_in import SignIn
from tests.handlers.signatures.test_sign_in import (
    begin,
    claimed,
    hand_in,
    state,
    text_of,
)
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.unqualified import unqualified_card
from tests.kit.handlers.world import ISMAIL, World, applicant

if TYPE_CHECKING:
    from handlers.cards.seed import Held


def refused_container(world: World, container: bytes) -> int:
    case_id = begin(world)
    hand_in(world, case_id, claimed(world, case_id), container)
    return case_id


def test_no_container_no_sign_in(world: World) -> None:
    with denied("signature.missing"):
        refused_container(world, b"")


def test_a_container_beyond_the_limit_is_not_even_parsed(world: World) -> None:
    with denied("signature.too_large", largest=LARGEST):
        refused_container(world, b"0" * (LARGEST + 1))


def test_what_is_no_container_is_denied(world: World) -> None:
    with denied("signature.format_failure", indication="TOTAL-FAILED"):
        refused_container(world, b"0" * 100)


def test_the_signature_of_another_sign_in_opens_nothing(world: World, held: Held) -> None:
    earlier = text_of(world, begin(world))
    with denied("signature.hash_failure"):
        refused_container(world, world.sign_bytes(held, earlier))


def hand_in_from(world: World, held: Held, profile: Profile = Profile.P1) -> int:
    case_id = begin(world)
    secret = claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id), profile)
    hand_in(world, case_id, secret, container=container)
    return case_id


def test_a_signature_that_names_a_profile_without_its_time_stamp_opens_nothing(
    world: World, held: Held
) -> None:
    with denied("signature.sig_constraints_failure"):
        hand_in_from(world, held, Profile.P2)


def test_a_certificate_that_is_not_qualified_opens_nothing(world: World, held: Held) -> None:
    with denied("signature.not_qualified", lacking="qc_compliance"):
        hand_in_from(world, unqualified_card(world, held))


def test_the_offices_seal_opens_nothing(world: World, held: Held) -> None:
    assert world.services.seal is not None
    assert held.pin
    seal = world.services.seal()
    case_id = begin(world)
    secret = claimed(world, case_id)
    with world.services.store().session("TEST-CA", "1234") as session:
        container = cades.sign(session, seal.certificate, text_of(world, case_id), None)
    with denied("signature.not_qualified", lacking="seal"):
        hand_in(world, case_id, secret, container=container)


def test_a_revoked_certificate_opens_nothing(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    with denied("signature.certificate_not_active", state="revoked"):
        hand_in_from(world, held)
    world.clock.advance(seconds=2)
    world.publish_lists()
    with denied("signature.revoked_no_poe"):
        hand_in_from(world, held)


def test_a_suspended_certificate_opens_nothing(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    with denied("signature.certificate_not_active", state="suspended"):
        hand_in_from(world, held)
    world.clock.advance(seconds=2)
    world.publish_lists()
    with denied("signature.certificate_not_active", state="suspended"):
        hand_in_from(world, held)


def test_an_expired_certificate_opens_nothing(world: World, held: Held) -> None:
    world.clock.advance(days=162)
    world.publish_lists()
    with denied("signature.out_of_bounds_no_poe"):
        hand_in_from(world, held)


def test_an_end_on_our_record_counts_even_if_the_certificate_says_later(
    world: World, held: Held
) -> None:
    world.write("UPDATE certificate SET ends_on = '2026-03-02', not_after = '2026-03-02T08:59:59Z'")
    with denied("signature.certificate_ended", ends_on=date(2026, 3, 2)):
        hand_in_from(world, held)
    world.write("UPDATE certificate SET not_after = '2026-03-02T09:00:00Z'")
    assert state(world, hand_in_from(world, held)) == "signed"


def test_a_certificate_is_found_in_our_records_by_its_number_too(
    world: World, me: int, held: Held
) -> None:
    world.write("UPDATE certificate SET sha256 = NULL, state = 'revoked'")
    with denied("signature.certificate_not_active", state="revoked"):
        hand_in_from(world, held)
    other = world.person(ISMAIL)
    world.write("UPDATE certificate SET person_id = :other", other=other)
    case_id = hand_in_from(world, held)
    assert world.read(SignIn, case_id).person_id == me


def test_a_stale_list_means_later_and_nobody_is_let_in(world: World, held: Held) -> None:
    world.clock.advance(days=2)
    case_id = begin(world)
    secret = claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id))
    with unanswered("signature.try_later"):
        hand_in(world, case_id, secret, container=container)
    assert state(world, case_id) == "claimed"
    world.publish_lists()
    hand_in(world, case_id, secret, container=container)
    assert state(world, case_id) == "signed"
