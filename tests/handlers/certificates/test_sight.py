"""The tests of certificates that were only typed: seen by a signature, or told of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from asn1crypto import pem

from handlers.certificates.sight import der_of
from signing.tokens.card import holder_certificate
from signing.validation.trust import Trust
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import SOON, typed
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from workflow.model.actor import Actor
from workflow.model.refusal import OwnCase
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held

LATE = date(2027, 12, 31)
LETTER = {"number": "E-17/3", "dated": date(2026, 3, 1)}
TOLD = LETTER | {"issuer": "TEST Başka Kuruluş", "ends_on": date(2026, 4, 20)}


def read(world: World, held: Held) -> Certificate:
    return world.read(Certificate, held.certificate_id)


def renewal(world: World, me: int, held: Held) -> int:
    """Give a renewal, by an e-onay that was signed with another card than the one it renews."""
    world.consent(me, world.card(me, date(2028, 6, 30)))
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    return case


def asked(world: World) -> None:
    """Let the ten minutes pass and what then asks about the old certificate run."""
    world.clock.advance(minutes=11)
    sweep(world.engine)
    world.run_effects("certificate_status.ask")


def unseen(world: World, me: int, true: date = SOON) -> tuple[int, Held]:
    held = typed(world, me, true)
    case = renewal(world, me, held)
    asked(world)
    assert world.state(case) == "certificate_unseen"
    return case, held


def details(world: World, case: int, trigger: str) -> dict[str, object]:
    entries = [json.loads(entry.body) for entry in world.all(JournalEntry, case_id=case)]
    found: dict[str, object] = [
        entry["details"] for entry in entries if entry["trigger"] == trigger
    ][-1]
    return found


def told(world: World, template: str) -> str:
    world.run_effects()
    (notice,) = world.all(Notice, template=template)
    return str(notice.text)


def test_a_signature_shows_the_certificate_and_corrects_what_was_typed(
    world: World, me: int
) -> None:
    held = typed(world, me, LATE)
    world.consent(me, held)
    row = read(world, held)
    assert (row.seen, row.ends_on, row.stated_ends_on) == ("signature", LATE, SOON)
    assert row.not_after == datetime(2027, 12, 31, 20, 59, 59, tzinfo=UTC)
    assert row.der is not None
    assert row.chain
    assert row.issuer
    assert details(world, row.id, "see") == {
        "how": "signature", "certificate_sha256": row.sha256, "ends_on": "2027-12-31",
        "ended_on": "2026-04-10", "checked": False,
    }  # fmt: skip


def test_what_was_seen_once_is_not_entered_again(world: World, me: int) -> None:
    held = typed(world, me)
    world.consent(me, held)
    first = read(world, held)
    assert first.stated_ends_on is None
    world.consent(me, held)
    assert read(world, held).version == first.version


def test_nothing_is_produced_on_a_certificate_that_was_only_typed(world: World, me: int) -> None:
    case = renewal(world, me, typed(world, me))
    with denied("old_certificate_known"):
        world.engine.fire(case, "start_production", operator())
    asked(world)
    assert world.state(case) == "certificate_unseen"
    assert "Eski kartınızla portala giriş" in told(world, "certificate_unseen")


def test_a_card_that_signs_lets_the_production_that_waited_for_it_begin(
    world: World, me: int
) -> None:
    case, held = unseen(world, me)
    world.consent(me, held)
    assert world.state(case) == "queued"
    with denied("old_certificate_checked"):
        world.engine.fire(case, "start_production", operator())
    world.publish_lists()
    asked(world)
    assert world.state(case) == "queued"
    assert read(world, held).checked_at == world.clock.now()
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"


def test_a_card_that_ends_later_than_typed_sends_its_renewal_back_to_wait(
    world: World, me: int
) -> None:
    case, held = unseen(world, me, LATE)
    world.consent(me, held)
    row = world.read(Application, case)
    assert (row.state, row.production_opens_on) == ("held", date(2027, 10, 31))
    assert row.old_ends_on == LATE


def test_a_held_renewal_and_a_queued_one_follow_the_certificate_that_is_shown(
    world: World, me: int
) -> None:
    held = typed(world, me, LATE, date(2026, 8, 10))
    case = renewal(world, me, held)
    assert world.state(case) == "held"
    world.consent(me, held)
    assert world.read(Application, case).production_opens_on == date(2027, 10, 31)
    other = world.person("10000000078", "İsmail", "Denemeci")
    second = typed(world, other, LATE)
    case = renewal(world, other, second)
    assert world.state(case) == "queued"
    world.consent(other, second)
    assert world.state(case) == "held"


def test_that_the_end_was_corrected_is_no_change_of_what_was_approved(
    world: World, me: int
) -> None:
    true = date(2026, 4, 12)
    case, held = unseen(world, me, true)
    world.consent(me, held)
    asked(world)
    assert (read(world, held).ends_on, read(world, held).stated_ends_on) == (true, SOON)
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"


def test_an_old_certificate_is_known_by_what_its_person_signed_before_it_was_typed(
    world: World, me: int
) -> None:
    held = typed(world, me)
    serial = read(world, held).serial
    world.write("UPDATE certificate SET serial = 'abc' WHERE id = :id", id=held.certificate_id)
    world.consent(me, held)
    world.write(
        "UPDATE certificate SET serial = :s WHERE id = :id", s=serial, id=held.certificate_id
    )
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    asked(world)
    row = read(world, held)
    assert (world.state(case), row.seen) == ("queued", "signature")
    assert row.checked_at == world.clock.now()


def test_an_application_whose_old_certificate_is_never_seen_ends(world: World, me: int) -> None:
    case, _ = unseen(world, me)
    world.clock.advance(days=29)
    sweep(world.engine)
    assert world.state(case) == "certificate_unseen"
    world.clock.advance(days=1)
    sweep(world.engine)
    assert world.state(case) == "expired"
    assert "görülemediği ve hakkında yeni bir yazı gelmediği için" in told(world, "expired_unseen")


def test_what_was_never_seen_before_its_end_leaves_the_way_of_a_first(
    world: World, me: int
) -> None:
    held = typed(world, me, said=date(2026, 3, 20))
    case = renewal(world, me, held)
    asked(world)
    world.clock.advance(days=31)
    sweep(world.engine)
    assert (read(world, held).state, world.state(case)) == ("expired", "wet_signature")


def test_a_typed_certificate_opens_no_way_that_is_closed_to_firsts(world: World, me: int) -> None:
    held = typed(world, me)
    row = read(world, held)
    with denied("form.additional_unseen", certificate=row.reference):
        world.file(me, "additional")
    case = world.file(me, "lost", held.certificate_id)
    world.choose(case, me, "wet_signature")
    world.write("UPDATE application SET state = 'queued' WHERE id = :id", id=case)
    for rule in ("method_still_fits", "old_certificate_known"):
        with denied(rule):
            world.engine.fire(case, "start_production", operator())
        world.card(me, LATE)
    other = world.person("10000000078", "İsmail", "Denemeci")
    world.consent(other, typed(world, other))
    assert world.state(world.file(other, "additional")) == "draft"


def test_the_person_and_the_office_may_end_an_application_that_waits_for_a_certificate(
    world: World, me: int
) -> None:
    case, _ = unseen(world, me)
    possible = {
        one.transition.name
        for actor in (applicant(me), officer())
        for one in world.engine.explain(case, actor)
        if one.allowed
    }
    assert {"cancel", "cancel_by_office", "return_to_applicant", "reject"} <= possible


def test_a_letter_of_the_authority_serves_where_no_card_can_sign(world: World, me: int) -> None:
    case, held = unseen(world, me)
    world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD)
    row = read(world, held)
    assert (row.seen, row.ends_on, row.issuer) == (
        "authority", date(2026, 4, 20), "TEST Başka Kuruluş",
    )  # fmt: skip
    assert row.seen_proof == {"number": "E-17/3", "dated": "2026-03-01"}
    assert world.state(case) == "queued"
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"


def test_a_letter_grows_old(world: World, me: int) -> None:
    held = typed(world, me)
    world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD)
    case = renewal(world, me, held)
    world.clock.advance(days=31)
    with denied("old_certificate_checked"):
        world.engine.fire(case, "start_production", operator())
    asked(world)
    assert world.state(case) == "certificate_unseen"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": " "}, "sight.letter_missing"),
        ({"number": "x" * 101}, "sight.letter_missing"),
        ({"dated": "2026-03-01"}, "sight.letter_missing"),
        ({"dated": date(2026, 3, 3)}, "sight.letter_old"),
        ({"dated": date(2026, 1, 30)}, "sight.letter_old"),
        ({"issuer": ""}, "sight.issuer_missing"),
        ({"ends_on": None}, "sight.end_unlikely"),
        ({"ends_on": date(2026, 3, 1)}, "sight.end_unlikely"),
        ({"ends_on": date(2036, 3, 3)}, "sight.end_unlikely"),
    ],
)
def test_a_letter_that_says_too_little_is_refused(
    world: World, me: int, change: dict[str, object], code: str
) -> None:
    held = typed(world, me)
    with denied(code):
        world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD | change)
    assert read(world, held).seen is None


def test_a_letter_that_contradicts_the_certificate_itself_is_refused(world: World, me: int) -> None:
    held = typed(world, me)
    world.consent(me, held)
    with denied("sight.end_differs", ends_on=SOON):
        world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD)
    world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD | {"ends_on": SOON})
    row = read(world, held)
    assert (row.seen, row.checked_at) == ("signature", world.clock.now())


def test_nobody_confirms_a_certificate_of_his_own(world: World, me: int) -> None:
    held = typed(world, me)
    own = Actor("user:1", frozenset({"officer"}), "demo", me)
    for trigger in ("confirm_seen", "learn_revoked"):
        with pytest.raises(OwnCase):
            world.engine.fire(held.certificate_id, trigger, own, TOLD, reason="yazı")


def test_a_number_in_a_letter_is_masked(world: World, me: int) -> None:
    held = typed(world, me)
    wrong = TOLD | {"number": "10000000146 hk."}
    world.engine.fire(held.certificate_id, "confirm_seen", officer(), wrong)
    proof = read(world, held).seen_proof
    assert proof is not None
    assert "10000000146" not in str(proof["number"])
    assert details(world, held.certificate_id, "confirm_seen")["letter"] == proof["number"]


def test_what_is_shown_must_be_this_very_certificate(world: World, me: int) -> None:
    held = typed(world, me)
    other = world.person("10000000078", "İsmail", "Denemeci")
    foreign = read(world, world.card(other, SOON)).der
    for der in (None, b"x", foreign):
        with denied("sight.other_certificate"):
            world.engine.fire(held.certificate_id, "see", SYSTEM, {"der": der, "how": "bytes"})
    world.consent(me, held)
    mine = read(world, held).der
    world.write("UPDATE certificate SET der = NULL, sha256 = NULL, person_id = :o WHERE id = :id",
                o=other, id=held.certificate_id)  # fmt: skip
    with denied("sight.other_person"):
        world.engine.fire(held.certificate_id, "see", SYSTEM, {"der": mine, "how": "bytes"})


def test_the_file_of_a_certificate_confirms_it(world: World, me: int) -> None:
    held = typed(world, me, LATE)
    der = holder_certificate(world.services.store(), held.card_serial).der
    for data in (der, pem.armor("CERTIFICATE", der)):
        assert der_of(data) == der
    assert der_of(b"-----BEGIN CERTIFICATE-----\nx") == b"-----BEGIN CERTIFICATE-----\nx"
    world.engine.fire(held.certificate_id, "confirm_by_file", officer(), {"der": der})
    row = read(world, held)
    assert (row.seen, row.ends_on, row.der, row.chain) == ("bytes", LATE, der, None)
    assert row.checked_at is None


def test_a_file_that_no_trusted_authority_signed_confirms_nothing(world: World, me: int) -> None:
    held = typed(world, me)
    der = holder_certificate(world.services.store(), held.card_serial).der
    world.services = replace(world.services, trust=lambda: Trust(()))
    world.engine.services = world.services
    with denied("sight.untrusted"):
        world.engine.fire(held.certificate_id, "confirm_by_file", officer(), {"der": der})
    assert read(world, held).seen is None


def test_a_typed_end_that_has_passed_keeps_no_good_card_from_signing(world: World, me: int) -> None:
    held = typed(world, me, LATE)
    world.clock.advance(days=60)
    world.publish_lists()
    assert read(world, held).ends_on == SOON
    world.consent(me, held)
    assert read(world, held).ends_on == LATE


def test_a_standing_certificate_is_seen_and_its_standing_application_waits_for_it(
    world: World, me: int
) -> None:
    old = before(world)
    held = typed(old, me)
    case = renewal(old, me, held)
    with denied("sight.unseen"):
        world.engine.fire(case, "start_production", operator())
    world.consent(me, held)
    row = read(world, held)
    assert (row.seen, row.version) == ("signature", 1)
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"
