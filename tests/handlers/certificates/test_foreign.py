"""The tests of certificates that another authority made, which is not asked from here."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from handlers.certificates.foreign import contact_of
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from tests.handlers.certificates.test_sight import (
    LATE,
    LETTER,
    TOLD,
    read,
    renewal,
    told,
    unseen,
)
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import SOON, typed
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator

if TYPE_CHECKING:
    from handlers.kit.services import Services


def test_nobody_suspends_or_revokes_here_what_another_authority_made(world: World, me: int) -> None:
    held = typed(world, me)
    for actor, trigger, reason in (
        (applicant(me), "suspend", None),
        (SYSTEM, "suspend", None),
        (officer(), "hold", "identity_doubt"),
        (applicant(me), "revoke", "çalındı"),
        (SYSTEM, "revoke", "çalındı"),
        (officer(), "revoke_by_office", "other: çalındı"),
    ):
        with denied("made_here"):
            world.engine.fire(held.certificate_id, trigger, actor, reason=reason)
    assert read(world, held).state == "active"
    assert world.all(Notice) == []


def test_a_certificate_recorded_under_a_definition_of_before_is_not_revoked_here_either(
    world: World, me: int
) -> None:
    foreign = before(world).stated(me, SOON)
    for trigger in ("suspend", "revoke"):
        with denied("sight.foreign", issuer="kayıtlarda yok"):
            world.engine.fire(foreign, trigger, applicant(me), reason="çalındı")
    assert world.read(Certificate, foreign).state == "active"


def test_that_the_authority_revoked_it_is_learnt_by_its_letter(world: World, me: int) -> None:
    held = typed(world, me)
    said = LETTER | {"revoked_on": date(2026, 2, 20)}
    with denied("sight.letter_missing"):
        world.engine.fire(held.certificate_id, "learn_revoked", officer(), {}, reason="yazı")
    with denied("sight.revoked_on_unlikely"):
        late = said | {"revoked_on": date(2026, 3, 3)}
        world.engine.fire(held.certificate_id, "learn_revoked", officer(), late, reason="yazı")
    world.engine.fire(held.certificate_id, "learn_revoked", officer(), said, reason="yazı")
    row = read(world, held)
    assert (row.state, row.seen_proof) == (
        "revoked", {"number": "E-17/3", "dated": "2026-03-01"},
    )  # fmt: skip
    assert row.revoked_at == datetime(2026, 2, 19, 21, 0, tzinfo=UTC)
    assert "veren kuruluş tarafından iptal edildiği öğrenildi" in told(
        world, "certificate_found_revoked"
    )


def test_a_letter_of_a_revocation_frees_what_waited_for_the_certificate(
    world: World, me: int
) -> None:
    case, held = unseen(world, me)
    said = LETTER | {"revoked_on": date(2026, 2, 20)}
    world.engine.fire(held.certificate_id, "learn_revoked", officer(), said, reason="yazı")
    assert read(world, held).seen == "authority"
    assert world.state(case) == "queued"
    other = world.person("10000000078", "İsmail", "Denemeci")
    second = typed(world, other, LATE, date(2026, 8, 10))
    waits = renewal(world, other, second)
    assert world.state(waits) == "held"
    world.engine.fire(second.certificate_id, "learn_revoked", officer(), said, reason="yazı")
    assert world.read(Application, waits).production_opens_on == date(2026, 3, 2)


def test_our_own_certificates_are_neither_told_of_nor_seen(world: World, me: int) -> None:
    ours = world.card(me, SOON).certificate_id
    for trigger in ("confirm_seen", "learn_revoked"):
        with denied("made_elsewhere"):
            world.engine.fire(ours, trigger, officer(), TOLD, reason="yazı")


def test_a_lost_card_of_another_house_is_told_to_be_revoked_there(world: World, me: int) -> None:
    held = typed(world, me)
    world.engine.fire(held.certificate_id, "confirm_seen", officer(), TOLD)
    world.consent(me, world.card(me, date(2028, 6, 30)))
    case = world.file(me, "lost", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    assert world.state(case) == "produced"
    assert read(world, held).state == "active"
    text = told(world, "call_authority")
    assert "burada iptal edilemez" in text
    assert "TEST Başka Kuruluş" in text
    assert f"{world.read(Application, case).reference} numaralı başvurunuz" in text
    assert ": lost" not in text


def test_the_authority_to_call_is_told_by_the_nearest_that_the_office_knows(
    world: World, me: int
) -> None:
    held = typed(world, me)
    now, services = world.clock.now(), world.services

    def known(*contacts: tuple[str, str]) -> Services:
        trust = replace(services.trust(), contacts=contacts)
        return replace(services, trust=lambda: trust)

    root = (hashlib.sha256(services.trust().anchors[0]).hexdigest(), "Kök, 0000 000 00 01")
    issuing = (hashlib.sha256(services.trust().intermediates[0]).hexdigest(), "0000 000 00 02")
    assert contact_of(known(root), vars(read(world, held)), now) == ""
    world.consent(me, held)
    row = vars(read(world, held))
    assert contact_of(known(root), row, now) == "Kök, 0000 000 00 01"
    assert contact_of(known(root, issuing), row, now) == "0000 000 00 02"
    assert contact_of(services, row, now) == ""
    nobody = replace(services.trust(), anchors=(), contacts=(root,))
    assert contact_of(replace(services, trust=lambda: nobody), row, now) == ""
