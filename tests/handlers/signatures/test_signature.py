"""Which signatures are taken, and how they are kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.signatures.submission import LARGEST
from states.cases.code import Code
from states.cases.consent import Consent
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.unqualified import unqualified_card
from tests.kit.handlers.world import ISMAIL, SYSTEM, World, applicant
from workflow.model.refusal import Conflict
from workflow.model.request import Request

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 8, 10)


def hand_in(world: World, consent: int, me: int, container: bytes) -> None:
    signed = replace(world.claimed("consent", consent, me), container=container)
    world.engine.fire(consent, "sign", applicant(me), signed.payload())


def good(world: World, held: Held, consent: int) -> bytes:
    return world.sign(held, world.read(Consent, consent).document_sha256)


def test_an_accepted_signature_is_kept_with_its_judgement(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    container = good(world, held, consent)
    hand_in(world, consent, me, container)
    row = world.read(Consent, consent)
    kept = world.read(Signature, row.signature_id)
    assert kept.container == container
    assert kept.container_sha256 == hashlib.sha256(container).hexdigest()
    assert (kept.case_id, kept.document_sha256) == (consent, row.document_sha256)
    assert (kept.indication, kept.sub_indication) == ("TOTAL-PASSED", None)
    assert kept.judged_at == world.clock.now()
    assert kept.report["qualified"] is True
    assert "10000000146" not in str(kept.report)


def test_no_container_no_consent(world: World, me: int) -> None:
    consent = world.offer(me)
    with denied("signature.missing"):
        hand_in(world, consent, me, b"")
    assert world.read(Consent, consent).state == "offered"


def test_a_container_beyond_the_limit_is_not_even_parsed(world: World, me: int) -> None:
    with denied("signature.too_large", largest=LARGEST):
        hand_in(world, world.offer(me), me, b"0" * (LARGEST + 1))


def test_a_cut_container_is_a_format_failure(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    with denied("signature.format_failure", indication="TOTAL-FAILED"):
        hand_in(world, consent, me, good(world, held, consent)[:-20])


def test_a_signature_over_another_text_is_a_hash_failure(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    offered = world.read(Document, world.read(Consent, consent).document_sha256).content
    with denied("signature.hash_failure"):
        hand_in(world, consent, me, world.sign_bytes(held, offered + b" "))
    assert world.all(Signature) == []
    assert [code.state for code in world.all(Code)] == ["claimed"]


def test_another_persons_card_is_refused_whatever_the_name(world: World, me: int) -> None:
    namesake = world.person(ISMAIL)
    other = world.card(namesake, END)
    consent = world.offer(me)
    with denied("signature.other_person"):
        hand_in(world, consent, me, good(world, other, consent))


def test_a_certificate_that_is_not_qualified_signs_nothing(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    with denied("signature.not_qualified", lacking="qc_compliance"):
        hand_in(world, consent, me, good(world, unqualified_card(world, held), consent))


def test_a_revoked_certificate_signs_nothing(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    world.clock.advance(seconds=2)
    world.publish_lists()
    consent = world.offer(me)
    with denied("signature.revoked_no_poe"):
        hand_in(world, consent, me, good(world, held, consent))


def test_our_own_record_of_a_revocation_counts_before_the_list_says_so(
    world: World, me: int, held: Held
) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    consent = world.offer(me)
    with denied("signature.certificate_not_active", state="revoked"):
        hand_in(world, consent, me, good(world, held, consent))


def test_a_suspended_certificate_means_wait(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.clock.advance(seconds=2)
    world.publish_lists()
    consent = world.offer(me)
    with unanswered("signature.try_later"):
        hand_in(world, consent, me, good(world, held, consent))


def test_an_expired_certificate_signs_nothing(world: World, me: int, held: Held) -> None:
    world.clock.advance(days=162)
    world.publish_lists()
    consent = world.offer(me)
    with denied("signature.out_of_bounds_no_poe"):
        hand_in(world, consent, me, good(world, held, consent))


def test_an_end_on_our_record_counts_even_if_the_certificate_says_later(
    world: World, me: int, held: Held
) -> None:
    world.write("UPDATE certificate SET ends_on = '2026-03-02', not_after = '2026-03-02T08:59:59Z'")
    consent = world.offer(me)
    with denied("signature.certificate_ended", ends_on=date(2026, 3, 2)):
        hand_in(world, consent, me, good(world, held, consent))


def test_a_stale_list_means_wait_and_a_fresh_one_lets_the_same_signature_pass(
    world: World, me: int, held: Held
) -> None:
    world.clock.advance(days=2)
    consent = world.offer(me)
    container = good(world, held, consent)
    with unanswered("signature.try_later"):
        hand_in(world, consent, me, container)
    world.publish_lists()
    hand_in(world, consent, me, container)
    assert world.read(Consent, consent).state == "in_force"


def test_a_container_is_taken_once_only(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    container = good(world, held, consent)
    hand_in(world, consent, me, container)
    again = world.offer(me)
    sha256 = world.read(Consent, consent).document_sha256
    world.write("UPDATE consent SET document_sha256 = :sha WHERE id = :id", sha=sha256, id=again)
    with pytest.raises(Conflict):
        hand_in(world, again, me, container)
    assert world.read(Consent, again).state == "offered"


def test_a_consent_without_a_text_has_nothing_to_sign(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    payload = replace(claimed, container=good(world, held, consent)).payload()
    world.write("UPDATE consent SET document_sha256 = NULL")
    world.write("UPDATE code SET digest = digest")
    with denied("code.other_text"):
        world.engine.fire(consent, "sign", applicant(me), payload)


def test_asking_whether_one_may_sign_needs_no_signature(world: World, me: int) -> None:
    consent = world.offer(me)
    world.engine.rehearse(consent, Request("sign", applicant(me)))
    world.write("UPDATE consent SET document_sha256 = NULL")
    with denied("signature.nothing_offered"):
        world.engine.rehearse(consent, Request("sign", applicant(me)))


def test_the_system_signs_for_nobody(world: World, me: int) -> None:
    explained = world.engine.explain(world.offer(me), SYSTEM)
    assert [entry.allowed for entry in explained if entry.transition.name == "sign"] == [False]


def test_a_signature_made_a_minute_before_is_judged_at_the_moment_it_arrives(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    container = good(world, held, consent)
    world.clock.advance(seconds=60)
    hand_in(world, consent, me, container)
    kept = world.all(Signature)[0]
    assert kept.judged_at == world.clock.now()
    claimed = (world.clock.now() - timedelta(seconds=60)).isoformat()
    assert kept.report["claimed_time"] == claimed
