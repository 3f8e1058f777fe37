"""What a signature gets from outside between its coming in and the row lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.signatures import augment
from handlers.signatures.augment import waits_for_service
from handlers.signatures.purposes import SignedCase
from handlers.signatures.submission import Submission
from signing.cms import levels
from signing.cms.levels import Level
from signing.cms.profiles import Profile
from signing.validation.trust import Revocation
from signing.verdict import SubIndication
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.papers.signature import Signature
from tests.kit.handlers.outside import connected
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.world import World, applicant

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback

END = date(2026, 8, 10)


def signed(office: World, held: Held, consent: int) -> bytes:
    return office.sign(held, office.read(Consent, consent).document_sha256)


def augmented(office: World, consent: int, container: bytes) -> Submission:
    return office.handed_in(SignedCase("e_onay", consent), Submission(container))


def hand_in(office: World, consent: int, me: int, container: bytes) -> None:
    send(office, consent, me, replace(office.claimed("consent", consent, me), container=container))


def send(office: World, consent: int, me: int, signed: Submission) -> None:
    handed = office.handed_in(SignedCase("e_onay", consent), signed)
    office.engine.fire(consent, "sign", applicant(me), handed.payload())


@pytest.mark.parametrize(
    ("profile", "level"),
    [
        (Profile.P1, Level.B_T),
        (Profile.P2, Level.B_T),
        (Profile.P3, Level.B_T),
        (Profile.P4, Level.B_LT),
    ],
)
def test_what_is_kept_has_the_level_of_the_profile(
    world: World, me: int, held: Held, profile: Profile, level: Level
) -> None:
    with connected(world, profile) as (office, _):
        consent = office.offer(me)
        hand_in(office, consent, me, signed(office, held, consent))
    (kept,) = office.all(Signature)
    assert levels.level(kept.container) is level
    assert kept.report["level"] == level.value
    assert kept.report["proved_time"] == office.clock.now().isoformat()
    assert office.read(Consent, consent).state == "in_force"


def test_the_status_is_asked_for_at_the_addresses_in_the_certificates(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    hand_in(office, consent, me, signed(office, held, consent))
    assert {path for path, _, _ in site.asked} == {"/tsa", "/nes.crl", "/root.crl", "/nes.ocsp"}
    assert site.times("/tsa") == 1
    (kept,) = office.all(Signature)
    assert kept.report["crls"] or kept.report["ocsps"]


@pytest.mark.parametrize("gone", ["/tsa", "/root.crl", "/nes.ocsp"])
def test_a_service_out_of_reach_means_later_and_the_same_code_serves_then(
    office: World, site: Loopback, me: int, held: Held, gone: str
) -> None:
    consent = office.offer(me)
    container = signed(office, held, consent)
    claimed = replace(office.claimed("consent", consent, me), container=container)
    answer = site.answers.pop(gone)
    with unanswered("signature.try_later"):
        send(office, consent, me, claimed)
    assert office.read(Consent, consent).state == "offered"
    assert office.all(Signature) == []
    assert [code.state for code in office.all(Code)] == ["claimed"]
    site.answers[gone] = answer
    send(office, consent, me, claimed)
    assert office.read(Consent, consent).state == "in_force"


def test_what_was_answered_is_judged_as_of_after_the_answer(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    container = signed(office, held, consent)
    asked, stamp = office.clock.now(), site.answers["/tsa"]

    def slowly(body: bytes) -> object:
        office.clock.advance(minutes=9)
        office.publish_lists()
        return stamp(body)

    site.answers["/tsa"] = slowly
    validated = augmented(office, consent, container).validated
    assert validated is not None
    assert validated.validation.passed
    assert validated.validation.at == asked + timedelta(minutes=9)


def test_what_we_added_to_is_held_to_our_own_limit_alone(
    office: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = office.offer(me)
    container = signed(office, held, consent)
    monkeypatch.setattr(augment, "OWN_LIMIT", len(container))
    validated = augmented(office, consent, container).validated
    assert validated is not None
    assert validated.validation.sub_indication is SubIndication.FORMAT_FAILURE


def test_a_signature_that_is_bad_in_itself_is_stamped_by_nobody(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    for bad in (b"garbage", office.sign_bytes(held, b"other text")):
        found = augmented(office, consent, bad)
        assert (found.container, found.revocation) == (bad, Revocation())
        assert not waits_for_service(office.services, SignedCase("e_onay", consent), found)
    assert site.asked == []
    with denied("signature.hash_failure"):
        hand_in(office, consent, me, office.sign_bytes(held, b"other text"))


def test_a_certificate_that_nobody_we_trust_signed_makes_us_call_nobody(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    container = signed(office, held, consent)
    changed = container.replace(b"/nes.crl", b"/int.crl")
    assert changed != container
    augmented(office, consent, changed)
    assert site.times("/int.crl") == 0


def test_a_certificate_revoked_a_minute_ago_signs_nothing(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    container = signed(office, held, consent)
    office.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    office.clock.advance(seconds=60)
    office.publish_lists()
    with denied("signature.revoked_no_poe"):
        hand_in(office, consent, me, container)
    assert site.times("/nes.ocsp") > 0


def test_a_signature_without_a_time_stamp_is_not_taken_where_they_are_made(
    office: World, me: int, held: Held
) -> None:
    consent = office.offer(me)
    claimed = office.claimed("consent", consent, me)
    payload = replace(claimed, container=signed(office, held, consent)).payload()
    with unanswered("signature.not_stamped"):
        office.engine.fire(consent, "sign", applicant(me), payload)


def test_an_office_without_services_keeps_the_signature_as_it_came(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    container = signed(world, held, consent)
    assert augmented(world, consent, container) == Submission(container)


def test_a_case_without_a_document_has_nothing_to_augment(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    certificate = office.read(Certificate, held.certificate_id)
    container = office.sign_bytes(held, b"x")
    found = office.handed_in(SignedCase("activation", certificate.id), Submission(container))
    assert found == Submission(container)
    assert site.asked == []
    assert office.read(Certificate, held.certificate_id).person_id == me
