"""The tests that an old certificate's authority is asked before a card is begun."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.signatures.pending import StatusUnknown
from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import GOOD, ServedStatus
from tests.handlers.certificates.test_sight import LETTER, details, read
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import typed
from tests.kit.handlers.world import SYSTEM, World, officer
from workflow.model.request import Request
from workflow.running.effects import run_effect
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback


@pytest.fixture
def abroad(world: World, me: int, office: World) -> tuple[int, int, Held]:
    """Give a person and his renewal of a certificate that his signature has shown."""
    return asked_about(world, me, office, typed(office, me))


def asked_about(world: World, me: int, office: World, held: Held) -> tuple[int, int, Held]:
    """Let a person show his card by an e-onay, and the renewal of it come to be asked about."""
    world.consent(me, held)
    case = office.file(me, "renewal", held.certificate_id)
    office.choose(case, me, "e_onay")
    office.clock.advance(minutes=11)
    sweep(office.engine)
    assert office.state(case) == "checking_certificate"
    return me, case, held


def answer(office: World, site: Loopback, status: ServedStatus) -> None:
    """Let the authority's service say this of every certificate."""
    authority, clock = office.services.authority, office.clock
    site.answers["/nes.ocsp"] = lambda body: authority().ocsp_response(
        body, lambda _: status, clock.now()
    )


def ask(office: World) -> None:
    asking = [one for one in office.queued() if one[2] == "certificate_status.ask"][-1]
    run_effect(office.engine, *asking)


def test_while_the_authority_is_out_of_reach_the_application_waits(
    office: World, site: Loopback, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    away = site.answers.pop("/nes.ocsp")
    with pytest.raises(StatusUnknown):
        ask(office)
    assert office.state(case) == "checking_certificate"
    office.clock.advance(days=7)
    sweep(office.engine)
    assert office.state(case) == "production_stopped"
    site.answers["/nes.ocsp"] = away
    assert read(office, held).checked_at is None


def test_an_old_certificate_in_force_is_noted_and_its_renewal_goes_on(
    office: World, site: Loopback, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    answer(office, site, GOOD)
    ask(office)
    assert office.state(case) == "queued"
    assert read(office, held).checked_at == office.clock.now()
    assert details(office, case, "note_status")["status"] == "in_force"


def test_an_old_certificate_on_hold_is_waited_for(
    office: World, site: Loopback, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    number = int(read(office, held).serial, 16)
    since = office.clock.now() - timedelta(hours=1)
    answer(office, site, ServedStatus(entry=RevokedEntry(number, since, Reason.ON_HOLD)))
    with pytest.raises(StatusUnknown):
        ask(office)
    assert office.state(case) == "checking_certificate"


def test_an_old_certificate_that_its_authority_revoked_leaves_the_way_of_a_first(
    office: World, site: Loopback, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    number = int(read(office, held).serial, 16)
    since = office.clock.now() - timedelta(hours=1)
    answer(office, site, ServedStatus(entry=RevokedEntry(number, since, Reason.KEY_COMPROMISE)))
    ask(office)
    assert read(office, held).state == "revoked"
    assert details(office, held.certificate_id, "learn_revoked") == {"learnt": "status"}
    office.clock.advance(minutes=11)
    sweep(office.engine)
    assert office.state(case) == "in_person"


def test_a_lost_card_is_made_anew_once_its_authority_has_revoked_the_certificate(
    world: World, me: int, office: World, site: Loopback
) -> None:
    held = typed(office, me)
    world.consent(me, held)
    case = office.file(me, "lost", held.certificate_id)
    office.choose(case, me, "e_onay")
    office.clock.advance(minutes=11)
    sweep(office.engine)
    assert office.state(case) == "checking_certificate"
    number = int(read(office, held).serial, 16)
    since = office.clock.now() - timedelta(hours=1)
    answer(office, site, ServedStatus(entry=RevokedEntry(number, since, Reason.KEY_COMPROMISE)))
    ask(office)
    assert (office.state(case), read(office, held).state) == ("queued", "revoked")
    office.clock.advance(minutes=11)
    sweep(office.engine)
    assert office.state(case) == "in_production"


def test_an_old_certificate_that_lists_do_not_name_is_in_force(
    office: World, abroad: tuple[int, int, Held]
) -> None:
    _, case, _ = abroad
    ask(office)
    assert office.state(case) == "queued"


def test_a_standing_certificate_that_its_authority_revoked_counts_as_revoked(
    world: World, me: int, office: World, site: Loopback
) -> None:
    _, case, held = asked_about(world, me, office, typed(before(office), me))
    number = int(read(office, held).serial, 16)
    answer(
        office,
        site,
        ServedStatus(entry=RevokedEntry(number, office.clock.now(), Reason.KEY_COMPROMISE)),
    )
    ask(office)
    assert (office.state(case), read(office, held).state) == ("queued", "revoked")


def test_what_was_revoked_while_its_authority_was_asked_stays_so(
    office: World, site: Loopback, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    answer(office, site, GOOD)
    said = LETTER | {"revoked_on": date(2026, 3, 2)}
    office.engine.fire(held.certificate_id, "learn_revoked", officer(), said, reason="yazı")
    ask(office)
    row = read(office, held)
    assert (office.state(case), row.state, row.checked_at) == ("queued", "revoked", None)


def test_a_status_is_noted_as_it_was_learnt_or_not_at_all(
    office: World, abroad: tuple[int, int, Held]
) -> None:
    _, case, held = abroad
    office.engine.rehearse(case, Request("note_status", SYSTEM))
    der = read(office, held).der
    for payload in ({}, {"der": der}, {"der": der, "status": "held"}, {"status": "in_force"}):
        with denied("certificate_status.unknown"):
            office.engine.fire(case, "note_status", SYSTEM, payload)
    assert read(office, held).checked_at is None
