"""A holder makes the PIN of his card himself, and the office learns that he did."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from handlers.cards import pin
from handlers.signatures.purposes import purpose_of
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.kit.vault import VaultClosed
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, World, applicant
from workflow.model.refusal import RuleFailed
from workflow.model.request import Request

if TYPE_CHECKING:
    from handlers.cards.seed import Held

NEW_PIN = "864209"


def set_on_card(world: World, held: Held) -> Held:
    """Set the PIN with the secret that the office holds, as the program does with a claim."""
    opened = pin.unlock(world.engine.database, world.services.vault, held.certificate_id)
    assert opened.card == held.card_serial
    world.services.store().unlock_pin(opened.card, opened.secret, NEW_PIN)
    return replace(held, pin=NEW_PIN)


def hand_in(world: World, me: int, held: Held, trigger: str, container: bytes) -> None:
    """Hand in a signature that proves the PIN."""
    claimed = world.claimed("certificate", held.certificate_id, me, purpose="pin")
    payload = replace(claimed, container=container).payload()
    world.engine.fire(held.certificate_id, trigger, applicant(me), payload)


def text_of(world: World, held: Held) -> str | None:
    return world.read(Certificate, held.certificate_id).pin_sha256


def card_of(world: World, held: Held) -> Card:
    return world.read(Card, world.read(Certificate, held.certificate_id).card_id)


def entries(world: World, case_id: int) -> list[dict[str, Any]]:
    """Return what the journal says of a case, in order."""
    return [json.loads(row.body) for row in world.all(JournalEntry, case_id=case_id)]


def test_a_holder_makes_his_own_pin_and_the_first_one_is_forgotten(
    world: World, me: int, new: Held
) -> None:
    mine, before = set_on_card(world, new), text_of(world, new)
    hand_in(world, me, new, "set_pin", world.sign(mine, before))
    assert world.read(Certificate, new.certificate_id).state == "suspended"
    assert card_of(world, new).pin_sealed is None
    assert card_of(world, new).so_pin_sealed is not None
    newest = entries(world, new.certificate_id)[-1]
    assert (newest["trigger"], newest["from"], newest["to"]) == (
        "set_pin", "suspended", "suspended",
    )  # fmt: skip
    assert before in newest["documents"]
    (signature,) = world.all(Signature, case_id=new.certificate_id)
    assert signature.document_sha256 == before


def test_the_certificate_is_then_activated_with_the_pin_of_its_holder(
    world: World, me: int, new: Held
) -> None:
    mine = set_on_card(world, new)
    hand_in(world, me, new, "set_pin", world.sign(mine, text_of(world, new)))
    claimed = world.claimed("certificate", new.certificate_id, me)
    sha256 = world.read(Certificate, new.certificate_id).activation_sha256
    payload = replace(claimed, container=world.sign(mine, sha256)).payload()
    world.engine.fire(new.certificate_id, "activate", applicant(me), payload)
    assert world.read(Certificate, new.certificate_id).state == "active"


def test_a_card_in_use_gets_a_new_pin_and_stays_in_use(world: World, me: int, old: Held) -> None:
    mine = set_on_card(world, old)
    hand_in(world, me, old, "reset_pin", world.sign(mine, text_of(world, old)))
    assert world.read(Certificate, old.certificate_id).state == "active"
    assert card_of(world, old).pin_sealed is None


def test_it_can_be_done_again_with_a_text_of_its_own(world: World, me: int, old: Held) -> None:
    mine, before = set_on_card(world, old), text_of(world, old)
    first = world.sign(mine, before)
    hand_in(world, me, old, "reset_pin", first)
    assert text_of(world, old) not in {before, None}
    with denied("signature.hash_failure"):
        hand_in(world, me, old, "reset_pin", first)
    hand_in(world, me, old, "reset_pin", world.sign(mine, text_of(world, old)))


def test_a_lost_answer_breaks_nothing(world: World, me: int, new: Held) -> None:
    mine = set_on_card(world, new)
    assert world.sign(mine, text_of(world, new))  # and never handed in
    assert card_of(world, new).pin_sealed is not None
    again = set_on_card(world, new)
    hand_in(world, me, new, "set_pin", world.sign(again, text_of(world, new)))
    assert card_of(world, new).pin_sealed is None


def test_the_text_names_person_certificate_and_card(world: World, new: Held) -> None:
    certificate = world.read(Certificate, new.certificate_id)
    document = world.read(Document, certificate.pin_sha256)
    text = document.content.decode()
    for said in (certificate.serial, new.card_serial, "AYŞE ÖRNEKOĞLU", "100******46", "PB.01"):
        assert said in text
    assert document.kind == "pin"


def test_another_card_proves_nothing(world: World, me: int, old: Held, new: Held) -> None:
    with denied("activation.other_certificate"):
        hand_in(world, me, new, "set_pin", world.sign(old, text_of(world, new)))
    assert card_of(world, new).pin_sealed is not None


def test_the_text_of_the_activation_proves_no_pin(world: World, me: int, new: Held) -> None:
    sha256 = world.read(Certificate, new.certificate_id).activation_sha256
    with denied("signature.hash_failure"):
        hand_in(world, me, new, "set_pin", world.sign(new, sha256))


def test_a_code_of_the_activation_sets_no_pin_and_the_other_way_round(
    world: World, me: int, new: Held
) -> None:
    claimed = world.claimed("certificate", new.certificate_id, me)
    payload = replace(claimed, container=world.sign(new, text_of(world, new))).payload()
    with denied("code.wrong_purpose", purpose="activation"):
        world.engine.fire(new.certificate_id, "set_pin", applicant(me), payload)
    other = world.claimed("certificate", new.certificate_id, me, purpose="pin")
    with denied("code.wrong_purpose", purpose="pin"):
        world.engine.fire(new.certificate_id, "activate", applicant(me), other.payload())


def test_a_move_that_no_code_carries_has_the_usual_purpose_of_its_workflow() -> None:
    assert [purpose_of("certificate", trigger) for trigger in ("", "activate", "reset_pin")] == [
        "activation", "activation", "pin",
    ]  # fmt: skip


def test_before_the_delivery_nobody_sets_a_pin(world: World, me: int, new: Held) -> None:
    world.write("UPDATE application SET state = 'couriered'")
    with pytest.raises(RuleFailed) as caught:
        world.engine.rehearse(new.certificate_id, Request("set_pin", applicant(me)))
    assert caught.value.verdict.code == "card_delivered"


@pytest.mark.parametrize("trigger", ["set_pin", "reset_pin"])
def test_after_its_last_day_a_certificate_gets_no_pin(
    world: World, me: int, old: Held, new: Held, trigger: str
) -> None:
    held = new if trigger == "set_pin" else old
    world.clock.advance(days=1200)
    with pytest.raises(RuleFailed) as caught:
        world.engine.rehearse(held.certificate_id, Request(trigger, applicant(me)))
    assert caught.value.verdict.code == "has_not_ended"


def test_the_card_of_another_house_is_not_ours_to_unlock(world: World, me: int) -> None:
    foreign = world.certificate(me, date(2026, 8, 10))
    with denied("pin.no_secret"):
        world.engine.rehearse(foreign, Request("reset_pin", applicant(me)))
    world.write("UPDATE certificate SET state = 'suspended' WHERE id = :id", id=foreign)
    with denied("pin.no_secret"):
        world.engine.rehearse(foreign, Request("set_pin", applicant(me)))
    assert world.read(Certificate, foreign).pin_sha256 is None


def test_a_card_whose_secret_is_elsewhere_is_not_ours_to_unlock(
    world: World, me: int, old: Held
) -> None:
    world.write("UPDATE card SET so_pin_sealed = NULL")
    with denied("pin.no_secret"):
        world.engine.rehearse(old.certificate_id, Request("reset_pin", applicant(me)))
    with pytest.raises(VaultClosed):
        pin.unlock(world.engine.database, world.services.vault, old.certificate_id)


def test_the_secret_is_handed_out_five_times_a_day_for_a_card(
    world: World, me: int, old: Held, new: Held
) -> None:
    ask = Request("reset_pin", applicant(me))
    for _ in range(pin.MOST):
        world.engine.rehearse(old.certificate_id, ask)
        world.claimed("certificate", old.certificate_id, me, purpose="pin")
    with denied("pin.too_often", most=5):
        world.engine.rehearse(old.certificate_id, ask)
    world.engine.rehearse(new.certificate_id, Request("set_pin", applicant(me)))
    mine = set_on_card(world, old)
    hand_in(world, me, old, "reset_pin", world.sign(mine, text_of(world, old)))
    world.clock.advance(days=1, seconds=300)
    world.engine.rehearse(old.certificate_id, ask)


def test_codes_that_nobody_claimed_and_those_of_other_purposes_do_not_count(
    world: World, me: int, new: Held
) -> None:
    for _ in range(pin.MOST):
        world.claimed("certificate", new.certificate_id, me)
    for _ in range(pin.MOST):
        world.claimed("certificate", new.certificate_id, me, purpose="pin")
        world.write("UPDATE code SET secret_hash = NULL WHERE purpose = 'pin'")
    world.engine.rehearse(new.certificate_id, Request("set_pin", applicant(me)))


def test_the_journal_says_that_a_secret_was_handed_out_and_never_which(
    world: World, me: int, old: Held
) -> None:
    opened = pin.unlock(world.engine.database, world.services.vault, old.certificate_id)
    claimed = world.claimed("certificate", old.certificate_id, me, purpose="pin")
    claim = entries(world, claimed.code_id or 0)[-1]
    assert claim["trigger"] == "claim"
    assert claim["details"] == {"purpose": "pin", "unlock_secret": True}
    assert opened.secret not in json.dumps(claim)
    assert opened.secret not in repr(opened)
    other = world.claimed("consent", world.offer(me), me)
    told = entries(world, other.code_id or 0)[-1]["details"]
    assert told == {"purpose": "e_onay", "unlock_secret": False}
    assert len(world.all(Code)) == 2


def test_only_its_own_person_sets_the_pin(world: World, new: Held, me: int) -> None:
    other = world.person(ISMAIL, "İsmail", "Taslakçı")
    world.claimed("certificate", new.certificate_id, me, purpose="pin")
    explained = world.engine.explain(new.certificate_id, applicant(other))
    assert not [one for one in explained if one.transition.name == "set_pin" and one.allowed]


def test_a_pin_is_the_first_until_the_holder_made_one(world: World, me: int, old: Held) -> None:
    card_id = world.read(Certificate, old.certificate_id).card_id
    with world.engine.database.connect() as connection:
        assert pin.is_first(connection, card_id)
        assert not pin.is_first(connection, None)
    hand_in(world, me, old, "reset_pin", world.sign(set_on_card(world, old), text_of(world, old)))
    with world.engine.database.connect() as connection:
        assert not pin.is_first(connection, card_id)
