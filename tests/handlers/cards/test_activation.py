"""Making a new certificate usable with the card itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from handlers.kit.time_limits import STATUS_LIMIT
from handlers.papers import letters
from handlers.signatures.augment import waits_for_service
from handlers.signatures.pending import NOTHING_LEARNT, StatusUnknown
from handlers.signatures.purposes import SignedCase
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.world import ISMAIL, World, applicant
from workflow.model.refusal import Conflict, RuleFailed
from workflow.model.request import Request
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback

Answers = dict[str, Any]


def activate(world: World, me: int, new: Held, container: bytes) -> None:
    claimed = world.claimed("certificate", new.certificate_id, me)
    payload = replace(claimed, container=container).payload()
    world.engine.fire(new.certificate_id, "activate", applicant(me), payload)


def text_of(world: World, new: Held) -> str | None:
    return world.read(Certificate, new.certificate_id).activation_sha256


def test_the_suspended_card_opens_itself_and_its_first_pin_is_forgotten(
    world: World, me: int, new: Held
) -> None:
    activate(world, me, new, world.sign(new, text_of(world, new)))
    certificate = world.read(Certificate, new.certificate_id)
    assert certificate.state == "active"
    assert world.read(Card, certificate.card_id).pin_sealed is None


def test_the_text_names_certificate_card_and_person(world: World, new: Held) -> None:
    certificate = world.read(Certificate, new.certificate_id)
    text = world.read(Document, certificate.activation_sha256).content.decode()
    for said in (certificate.serial, new.card_serial, "AYŞE ÖRNEKOĞLU", "100******46"):
        assert said in text


def test_the_old_card_does_not_open_the_new_one(
    world: World, me: int, old: Held, new: Held
) -> None:
    with denied("activation.other_certificate"):
        activate(world, me, new, world.sign(old, text_of(world, new)))


def test_another_text_opens_nothing(world: World, me: int, new: Held) -> None:
    with denied("signature.hash_failure"):
        activate(world, me, new, world.sign_bytes(new, b"baska metin"))


def test_before_its_first_day_a_certificate_is_not_activated(
    world: World, me: int, new: Held
) -> None:
    container = world.sign(new, text_of(world, new))
    world.clock.set(datetime(2026, 3, 2, 8, 59, 59, tzinfo=UTC))
    with denied("activation.not_yet_valid"):
        activate(world, me, new, container)


def test_an_undelivered_card_is_not_activated(world: World, me: int, new: Held) -> None:
    container = world.sign(new, text_of(world, new))
    world.write("UPDATE application SET state = 'couriered'")
    with pytest.raises(RuleFailed) as caught:
        activate(world, me, new, container)
    assert caught.value.verdict.code == "card_delivered"


def test_the_record_decides_whose_certificate_it_is(world: World, new: Held) -> None:
    container = world.sign(new, text_of(world, new))
    other = world.person(ISMAIL)
    world.write(
        "UPDATE certificate SET person_id = :other WHERE id = :id",
        other=other, id=new.certificate_id,
    )  # fmt: skip
    with denied("signature.other_person"):
        activate(world, other, new, container)


def words(world: World, sha256: str | None) -> str:
    return letters.words_of(world.read(Document, sha256))


def test_each_suspension_asks_for_a_signature_of_its_own(world: World, me: int, new: Held) -> None:
    first = world.sign(new, text_of(world, new))
    before = text_of(world, new)
    assert "Kartımı kendim teslim aldım" in words(world, before)
    activate(world, me, new, first)
    world.engine.fire(new.certificate_id, "suspend", applicant(me))
    again = words(world, text_of(world, new))
    held_at = world.read(Certificate, new.certificate_id).suspended_at
    assert held_at is not None
    since = letters.local_time(held_at)
    assert f"{since} (İstanbul) anında askıya alınmıştır. Kartım bendedir" in again
    assert "teslim aldım" not in again
    with denied("signature.hash_failure"):
        activate(world, me, new, first)
    activate(world, me, new, world.sign(new, text_of(world, new)))
    assert world.read(Certificate, new.certificate_id).state == "active"


def test_a_card_that_was_here_before_the_product_comes_back_from_a_suspension(
    world: World, me: int, old: Held
) -> None:
    world.engine.fire(old.certificate_id, "suspend", applicant(me))
    world.clock.advance(seconds=5)
    world.publish_lists()
    activate(world, me, old, world.sign(old, text_of(world, old)))
    assert world.read(Certificate, old.certificate_id).state == "active"


def test_a_used_container_opens_nothing_twice(world: World, me: int, new: Held) -> None:
    container, text = world.sign(new, text_of(world, new)), text_of(world, new)
    activate(world, me, new, container)
    world.engine.fire(new.certificate_id, "suspend", applicant(me))
    world.write(
        "UPDATE certificate SET activation_sha256 = :sha WHERE id = :id",
        sha=text, id=new.certificate_id,
    )  # fmt: skip
    with pytest.raises(Conflict):
        activate(world, me, new, container)


def test_the_certificate_of_another_house_is_not_ours_to_open(world: World, me: int) -> None:
    foreign = world.certificate(me, date(2026, 8, 10))
    world.write("UPDATE certificate SET state = 'suspended' WHERE id = :id", id=foreign)
    assert world.read(Certificate, foreign).activation_sha256 is None
    explained = world.engine.explain(foreign, applicant(me))
    assert "activate" not in [entry.transition.name for entry in explained if entry.allowed]


def test_asking_needs_no_signature_but_a_text(world: World, me: int, new: Held) -> None:
    world.engine.rehearse(new.certificate_id, Request("activate", applicant(me)))
    world.write("UPDATE certificate SET activation_sha256 = NULL")
    with denied("signature.nothing_offered"):
        world.engine.rehearse(new.certificate_id, Request("activate", applicant(me)))


def taken_to_be_checked(office: World, site: Loopback, me: int, new: Held) -> Answers:
    """Hand an activation in while nobody stamps; give what brings the time-stamps back."""
    back = {"/tsa": site.answers.pop("/tsa")}
    claimed = office.claimed("certificate", new.certificate_id, me)
    signed = replace(claimed, container=office.sign(new, text_of(office, new)))
    case = SignedCase("activation", new.certificate_id)
    handed = office.handed_in(case, signed)
    payload = handed.payload()
    assert waits_for_service(office.services, case, handed)
    with unanswered("signature.not_stamped"):
        office.engine.fire(new.certificate_id, "activate", applicant(me), payload)
    office.engine.fire(new.certificate_id, "await_status", applicant(me), payload)
    return back


def ask(office: World) -> None:
    run_effect(office.engine, *[one for one in office.queued() if one[2] == "status.ask"][-1])


def test_an_activation_without_a_time_stamp_waits_and_the_certificate_stays_suspended(
    office: World, site: Loopback, me: int, new: Held
) -> None:
    back = taken_to_be_checked(office, site, me, new)
    with pytest.raises(StatusUnknown):
        ask(office)
    waiting = office.read(Certificate, new.certificate_id)
    assert waiting.state == "suspended"
    assert office.read(Card, waiting.card_id).pin_sealed is not None
    site.answers |= back
    ask(office)
    active = office.read(Certificate, new.certificate_id)
    assert active.state == "active"
    assert office.read(Card, active.card_id).pin_sealed is None
    (form,) = office.all(Augmentation)
    assert form.level == "B-T"


def test_an_activation_that_nobody_stamped_in_three_days_is_to_be_signed_again(
    office: World, site: Loopback, me: int, new: Held
) -> None:
    back = taken_to_be_checked(office, site, me, new)
    office.clock.set(office.clock.now() + STATUS_LIMIT)
    office.publish_lists()
    ask(office)
    assert office.read(Certificate, new.certificate_id).state == "suspended"
    office.run_effects("notice.sign_again")
    assert NOTHING_LEARNT in office.all(Notice, template="sign_again")[0].text
    site.answers |= back
    ask(office)
    assert office.read(Certificate, new.certificate_id).state == "suspended"


def test_a_certificate_revoked_while_its_activation_waits_stays_revoked(
    office: World, site: Loopback, me: int, new: Held
) -> None:
    back = taken_to_be_checked(office, site, me, new)
    office.engine.fire(new.certificate_id, "revoke", applicant(me), reason="çalındı")
    site.answers |= back
    ask(office)
    assert office.read(Certificate, new.certificate_id).state == "revoked"


def test_an_activation_that_wants_nothing_is_not_taken_to_wait(
    office: World, site: Loopback, me: int, new: Held
) -> None:
    claimed = office.claimed("certificate", new.certificate_id, me)
    signed = replace(claimed, container=office.sign(new, text_of(office, new)))
    case = SignedCase("activation", new.certificate_id)
    handed = office.handed_in(case, signed)
    payload = handed.payload()
    assert site.times("/tsa") == 1
    assert not waits_for_service(office.services, case, handed)
    with denied("signature.nothing_to_ask"):
        office.engine.fire(new.certificate_id, "await_status", applicant(me), payload)
    with denied("signature.missing"):
        empty = replace(handed, container=b"").payload()
        office.engine.fire(new.certificate_id, "await_status", applicant(me), empty)
