"""The revocation lists: what stands on them, when a new one is issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl

from handlers.certificates import revocation, revocation_lists, revocation_reasons
from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import GOOD, UNKNOWN, ServedStatus
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.cases.revocation import RevocationList
from tests.handlers.cards.conftest import new, old  # noqa: F401 - its cards are ours too
from tests.handlers.cards.test_activation import activate, text_of
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, officer
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from workflow.model.actor import Actor


def entries(world: World) -> dict[int, str | None]:
    newest = world.all(RevocationList)[-1]
    parsed = crl.CertificateList.load(newest.issuing)
    revoked = parsed["tbs_cert_list"]["revoked_certificates"].native or []
    reasons = {}
    for entry in revoked:
        extensions = entry["crl_entry_extensions"] or []
        reasons[entry["user_certificate"]] = extensions[0]["extn_value"] if extensions else None
    return reasons


def since(world: World) -> dict[int, datetime]:
    parsed = crl.CertificateList.load(world.all(RevocationList)[-1].issuing)
    revoked = parsed["tbs_cert_list"]["revoked_certificates"].native or []
    return {entry["user_certificate"]: entry["revocation_date"] for entry in revoked}


def answered(world: World, number: int) -> ServedStatus:
    """Return what is answered of a number once all is published: what the list says too."""
    refresh(world)
    found = revocation.status_in(world.engine.database)(number)
    listed = None if found.entry is None else found.entry.since
    assert since(world).get(number) == listed
    return found


def refresh(world: World) -> bool:
    return revocation_lists.ensure_fresh(world.engine.database, world.services, world.clock.now())


def serial(world: World, held: Held) -> int:
    return int(world.read(Certificate, held.certificate_id).serial, 16)


@pytest.mark.usefixtures("held")
def test_the_first_list_is_empty_and_numbered_one(world: World) -> None:
    lists = world.all(RevocationList)
    assert [row.number for row in lists] == [1]
    assert lists[0].next_update - lists[0].this_update == timedelta(hours=24)
    assert entries(world) == {}


@pytest.mark.usefixtures("held")
def test_nothing_new_no_new_list(world: World) -> None:
    world.clock.advance(hours=11)
    assert not refresh(world)
    assert [row.entries for row in world.all(RevocationList)] == [0]


@pytest.mark.usefixtures("held")
def test_a_list_is_renewed_after_half_its_life(world: World) -> None:
    world.clock.advance(hours=11, minutes=59)
    assert not refresh(world)
    world.clock.advance(minutes=1)
    assert refresh(world)
    assert [row.number for row in world.all(RevocationList)] == [1, 2]


def test_suspended_and_revoked_certificates_stand_on_the_list_with_their_reason(
    world: World, me: int, held: Held
) -> None:
    world.clock.advance(minutes=1)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    assert world.run_effects("revocation.publish") == ["revocation.publish"]
    assert entries(world) == {serial(world, held): "certificate_hold"}
    world.clock.advance(minutes=1)
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    world.run_effects("revocation.publish")
    assert entries(world) == {serial(world, held): None}


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        (None, Reason.UNSPECIFIED),
        ("", Reason.UNSPECIFIED),
        ("vazgeçtim", Reason.UNSPECIFIED),
        ("NES-2026-1: renewal", Reason.UNSPECIFIED),
        ("lost", Reason.UNSPECIFIED),
        ("vazgeçtim: çok uzun: lost", Reason.UNSPECIFIED),
        ("NES-2026-1: lost", Reason.KEY_COMPROMISE),
        ("NES-2026-1: report_lost: araç kazası", Reason.KEY_COMPROMISE),
        ("NES-2026-1: data_change", Reason.AFFILIATION_CHANGED),
        ("NES-2026-1: fault", Reason.SUPERSEDED),
        ("NES-2026-1: puk_blocked", Reason.SUPERSEDED),
        ("NES-2026-1: reissue", Reason.SUPERSEDED),
        ("NES-2026-1: destroy_card", Reason.CESSATION),
        ("Kart kayboldu ya da çalındı", Reason.KEY_COMPROMISE),
        ("Yerine yeni sertifika alındı: dün", Reason.SUPERSEDED),
    ],
)
def test_the_reason_of_a_revocation_becomes_one_that_the_lists_know(
    said: str | None, listed: Reason
) -> None:
    assert revocation_reasons.reason_of(said) is listed


def test_no_reason_that_can_be_chosen_is_a_suspension(world: World) -> None:
    chosen = {*revocation_reasons.REASONS.values(), *revocation_reasons.CAUSES.values()}
    assert Reason.ON_HOLD not in chosen
    kinds = world.engine.library.workflow("application").kinds
    revoking = {name for name, kind in kinds.items() if kind["old_certificate"] == "revoke"}
    assert revoking <= revocation_reasons.CAUSES.keys()
    assert not [sentence for sentence in revocation_reasons.REASONS if ":" in sentence.tr]


def test_the_certificates_of_other_houses_are_not_on_our_list(world: World, me: int) -> None:
    foreign = world.certificate(me, date(2026, 8, 10))
    with denied("made_here"):
        world.engine.fire(foreign, "revoke", applicant(me), reason="çalındı")
    letter = {"number": "B.02-17", "dated": world.clock.now().date()}
    told = {**letter, "revoked_on": date(2026, 3, 1)}
    world.engine.fire(foreign, "learn_revoked", officer(), told, reason="yazı")
    world.publish_lists()
    assert entries(world) == {}


def test_a_new_card_is_held_until_its_holder_lifts_the_suspension(
    world: World,
    me: int,
    new: Held,  # noqa: F811 - a fixture of that name
) -> None:
    number = serial(world, new)
    assert entries(world) == {number: "certificate_hold"}
    assert answered(world, number).entry is not None
    assert world.read(Certificate, new.certificate_id).suspended_by == "journey"
    activate(world, me, new, world.sign(new, text_of(world, new)))
    row = world.read(Certificate, new.certificate_id)
    assert (row.suspended_at, row.suspended_by) == (None, None)
    assert answered(world, number) == GOOD
    world.clock.advance(seconds=59)
    world.run_effects("revocation.publish")
    assert entries(world) == {}


def test_the_answer_is_as_old_as_the_move_and_no_older(world: World, me: int, held: Held) -> None:
    number = serial(world, held)
    world.clock.advance(minutes=5)
    since = world.clock.now()
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.clock.advance(minutes=5)
    assert answered(world, number).entry == RevokedEntry(number, since, Reason.ON_HOLD)


def test_who_was_revoked_on_hold_is_revoked_since_the_hold_and_else_since_the_move(
    world: World, me: int, held: Held
) -> None:
    number = serial(world, held)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    since = world.clock.now()
    world.clock.advance(days=5)
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    assert answered(world, number).entry == RevokedEntry(number, since, Reason.UNSPECIFIED)
    assert world.read(Certificate, held.certificate_id).revoked_at == world.clock.now()
    other = world.card(world.person("10000000078", "İsmail", "Taslakçı"), date(2026, 8, 10))
    world.engine.fire(other.certificate_id, "revoke", SYSTEM, reason="çalındı")
    entry = RevokedEntry(serial(world, other), world.clock.now(), Reason.UNSPECIFIED)
    assert answered(world, serial(world, other)).entry == entry


def test_the_day_of_a_hold_stays_whatever_happens_while_it_lasts(
    world: World, me: int, held: Held
) -> None:
    number = serial(world, held)
    world.clock.advance(minutes=5)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    hold = RevokedEntry(number, world.clock.now(), Reason.ON_HOLD)
    world.clock.advance(days=19)
    world.engine.fire(held.certificate_id, "sign_again", SYSTEM)
    row = world.read(Certificate, held.certificate_id)
    assert (row.entered_at, row.suspended_at) == (world.clock.now(), hold.since)
    assert answered(world, number).entry == hold
    refresh(world)
    assert since(world) == {number: hold.since}


def test_a_certificate_that_ends_on_hold_stays_on_hold_for_who_asks_later(
    world: World, me: int, held: Held
) -> None:
    number = serial(world, held)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    hold = RevokedEntry(number, world.clock.now(), Reason.ON_HOLD)
    world.clock.set(datetime(2026, 8, 11, 9, 0, tzinfo=UTC))
    assert sweep(world.engine).moved == 1
    assert world.read(Certificate, held.certificate_id).state == "expired"
    assert answered(world, number).entry == hold
    refresh(world)
    assert since(world) == {number: hold.since}


def test_one_that_ended_in_force_is_on_no_list(world: World, held: Held) -> None:
    world.clock.set(datetime(2026, 8, 11, 9, 0, tzinfo=UTC))
    assert sweep(world.engine).moved == 1
    refresh(world)
    assert answered(world, serial(world, held)) == GOOD
    assert entries(world) == {}


@pytest.mark.parametrize(
    ("actor", "whose"),
    [
        (applicant(1), "holder"),
        (SYSTEM, "office"),
    ],
    ids=["holder", "system"],
)
def test_a_hold_knows_whose_it_is(world: World, held: Held, actor: Actor, whose: str) -> None:
    world.engine.fire(held.certificate_id, "suspend", actor)
    row = world.read(Certificate, held.certificate_id)
    assert (row.suspended_by, row.suspended_at) == (whose, world.clock.now())


def test_what_was_reserved_and_never_made_is_unknown(world: World, me: int, held: Held) -> None:
    world.write("UPDATE certificate SET der = NULL WHERE person_id = :me", me=me)
    assert answered(world, serial(world, held)) == UNKNOWN
    assert answered(world, -1) == UNKNOWN


def test_one_list_serves_all_changes_that_came_before_it(world: World, me: int, held: Held) -> None:
    world.clock.advance(minutes=1)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    world.clock.advance(minutes=1)
    assert world.run_effects("revocation.publish") == ["revocation.publish"] * 2
    assert [row.number for row in world.all(RevocationList)] == [1, 2]


def test_a_code_brings_stale_lists_up_to_date_before_the_signature_comes(
    world: World, me: int, held: Held
) -> None:
    world.clock.advance(days=2)
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    assert world.run_effects("revocation.publish") == ["revocation.publish"]
    payload = replace(
        claimed, container=world.sign(held, world.read(Consent, consent).document_sha256)
    ).payload()
    assert world.engine.fire(consent, "sign", applicant(me), payload).state == "in_force"


@pytest.mark.usefixtures("held")
def test_a_list_from_the_future_is_not_used(world: World) -> None:
    now = world.clock.now()
    with world.engine.database.connect() as connection:
        assert len(revocation.lists_at(connection, now).crls) == 2
        assert revocation.lists_at(connection, now - timedelta(seconds=1)).crls == ()
        first = world.all(RevocationList)[0]
        found = revocation.current_lists(connection, now)
        assert found == {"issuing": first.issuing, "root": first.root}
        assert revocation.current_lists(connection, now - timedelta(seconds=1)) is None
