"""How an e-onay ends, what ends with it, and what is approved again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.consents.ending import NOT_YET_MADE, end_failed
from signing.cms.profiles import Profile
from states.cases.application import Application
from states.cases.consent import Consent
from states.cases.notice import Notice
from tests.handlers.applications.test_approval import entry, fail
from tests.handlers.certificates.test_sight import LETTER
from tests.handlers.consents.test_consent import new_terms
from tests.handlers.consents.test_settlement import hand_in as sign
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import typed
from tests.kit.handlers.waiting import ask, away, hand_in, offered
from tests.kit.handlers.world import SYSTEM, World, applicant, coordinator, officer, operator
from workflow.model.actor import Actor
from workflow.model.refusal import NotTheSubject, OwnCase, ReasonMissing, RoleNotAllowed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback
    from workflow.model.definition import Definition

SOON = date(2026, 4, 10)
LATE = date(2026, 8, 10)
STOLEN = "key_compromised: kart ve PIN çalınmış"


def approved(world: World, me: int, held: Held) -> int:
    """File a renewal that its person chose on her e-onay before the form."""
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    return case


def end(world: World, consent: int, reason: str = STOLEN) -> None:
    world.engine.fire(consent, "end_by_office", officer(), reason=reason)


def templates(world: World, case: int) -> set[str]:
    return {row.template for row in world.all(Notice, case_id=case)}


def test_the_office_ends_an_e_onay_with_a_reason_and_tells_its_person(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    end(world, consent)
    world.run_effects("notice.consent_ended")
    assert world.read(Consent, consent).state == "ended"
    assert entry(world, consent, "end_by_office")["reason"] == STOLEN
    (notice,) = world.all(Notice, case_id=consent, template="consent_ended")
    assert "Kart ve PIN başkasının eline geçti" in notice.text
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    with denied("consent.missing"):
        world.press(case, me)


@pytest.mark.parametrize("reason", [None, "", "other"])
def test_an_end_without_a_reason_is_refused(
    world: World, me: int, held: Held, reason: str | None
) -> None:
    consent = world.consent(me, held)
    with pytest.raises(ReasonMissing):
        world.engine.fire(consent, "end_by_office", officer(), reason=reason)
    assert world.read(Consent, consent).state == "in_force"


def test_nobody_else_ends_an_e_onay_and_no_officer_his_own(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    for actor in (coordinator(), operator(), applicant(me)):
        with pytest.raises(RoleNotAllowed):
            world.engine.fire(consent, "end_by_office", actor, reason=STOLEN)
    own = Actor("user:9", frozenset({"officer", "applicant"}), "demo", me)
    with pytest.raises(OwnCase):
        world.engine.fire(consent, "end_by_office", own, reason=STOLEN)
    with pytest.raises(NotTheSubject):
        world.engine.fire(consent, "withdraw", applicant(me + 1))


def test_what_is_not_yet_made_is_approved_again_when_its_e_onay_is_ended(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    case = approved(world, me, held)
    assert world.state(case) == "held"
    end(world, consent)
    row = world.read(Application, case)
    assert (row.state, row.consent_id) == ("e_onay", None)
    assert entry(world, case, "approve_again")["details"] == {"consent": consent}
    sweep(world.engine)
    assert world.state(case) == "e_onay"
    world.run_effects("notice.approve_again")
    assert templates(world, case) >= {"approve_again"}
    again = world.consent(me, held)
    assert world.state(case) == "e_onay"
    assert world.press(case, me).state == "held"
    assert world.read(Application, case).consent_id == again


def test_a_card_in_the_making_is_not_called_back_by_the_end_of_an_e_onay(
    world: World, me: int
) -> None:
    held = world.card(me, SOON)
    consent = world.consent(me, held)
    case = approved(world, me, held)
    world.engine.fire(case, "start_production", operator())
    end(world, consent)
    assert world.state(case) == "in_production"


def test_all_that_is_not_yet_made_is_called_back(definitions: dict[str, Definition]) -> None:
    assert set(definitions["application"].transitions["approve_again"].source) == set(NOT_YET_MADE)


def test_what_was_approved_stays_approved_when_its_person_withdraws(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    case = approved(world, me, held)
    world.engine.fire(consent, "withdraw", applicant(me))
    assert world.state(case) == "held"
    with denied("consent.carries"):
        world.engine.fire(case, "approve_again", SYSTEM)


def test_only_what_rests_on_an_e_onay_is_approved_again(world: World, me: int) -> None:
    held = world.card(me, SOON)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    world.write("UPDATE application SET state = 'queued' WHERE id = :id", id=case)
    with denied("consent.not_resting"):
        world.engine.fire(case, "approve_again", SYSTEM)


def test_a_standing_case_is_stopped_at_production_when_its_e_onay_is_ended(
    world: World, me: int
) -> None:
    held = world.card(me, SOON)
    consent = world.consent(me, held)
    case = before(world).file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    end(world, consent)
    assert world.state(case) == "queued"
    with denied("consent.ended"):
        world.engine.fire(case, "start_production", operator())


def test_a_withdrawal_abandons_what_was_begun(world: World, me: int, held: Held) -> None:
    consent = world.consent(me, held)
    begun = world.offer(me)
    world.engine.fire(consent, "withdraw", applicant(me))
    assert world.read(Consent, begun).state == "abandoned"


def test_a_signature_that_failed_at_last_ends_its_e_onay_and_what_rests_on_it(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    case = approved(world, me, held)
    end_failed(world.engine)
    assert world.read(Consent, consent).state == "in_force"
    with denied("consent.proved"):
        world.engine.fire(consent, "end_unproved", SYSTEM)
    fail(world, consent)
    end_failed(world.engine)
    assert world.read(Consent, consent).state == "ended"
    assert entry(world, consent, "end_unproved")["details"] == {"found": "REVOKED_NO_POE"}
    assert world.state(case) == "e_onay"
    world.run_effects("notice.consent_unproved", "notice.approve_again")
    assert templates(world, consent) >= {"consent_unproved"}
    end_failed(world.engine)


@pytest.mark.parametrize("how", ["superseded", "withdrawn"])
def test_what_rests_on_a_failed_e_onay_of_earlier_is_approved_again(
    world: World, me: int, held: Held, how: str
) -> None:
    consent = world.consent(me, held)
    case = approved(world, me, held)
    if how == "superseded":
        world.consent(me, held)
    else:
        world.engine.fire(consent, "withdraw", applicant(me))
    fail(world, consent)
    end_failed(world.engine)
    assert world.read(Consent, consent).state == how
    assert world.state(case) == "e_onay"


def test_the_timer_finds_what_rests_on_a_failed_e_onay_too(world: World, me: int) -> None:
    held = world.card(me, SOON)
    consent = world.consent(me, held)
    case = approved(world, me, held)
    assert world.state(case) == "queued"
    fail(world, consent)
    with denied("signature.failed_at_last", found="REVOKED_NO_POE"):
        world.engine.fire(case, "start_production", operator())
    world.clock.advance(minutes=11)
    sweep(world.engine)
    assert world.state(case) == "e_onay"


def test_a_standing_e_onay_that_failed_is_left_and_carries_nothing(
    world: World, me: int, held: Held
) -> None:
    consent = before(world).offer(me)
    claimed = world.claimed("consent", consent, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Consent, consent).document_sha256)
    ).payload()
    world.engine.fire(consent, "sign", applicant(me), payload)
    fail(world, consent)
    end_failed(world.engine)
    assert world.read(Consent, consent).state == "in_force"
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    with denied("consent.unproved"):
        world.press(case, me)


def test_a_certificate_that_counts_as_revoked_before_the_signing_ends_what_it_signed(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    signed = world.clock.now()
    with denied("consent.proved"):
        world.engine.fire(consent, "end_unproved", SYSTEM, {"revoked_at": signed})
    earlier = signed - timedelta(seconds=1)
    world.engine.fire(consent, "end_unproved", SYSTEM, {"revoked_at": earlier})
    assert world.read(Consent, consent).state == "ended"


@pytest.mark.parametrize(
    ("revoked_on", "state"),
    [(date(2026, 2, 28), "ended"), (date(2026, 3, 2), "in_force")],
)
def test_what_it_signed_after_its_revocation_ends_with_it(
    world: World, me: int, revoked_on: date, state: str
) -> None:
    held = typed(world, me)
    consent = world.consent(me, held)
    said = LETTER | {"revoked_on": revoked_on}
    world.engine.fire(held.certificate_id, "learn_revoked", officer(), said, reason="yazı")
    assert world.read(Consent, consent).state == state


# An e-onay whose signature is still being checked while its person goes on.


def given(office: World, me: int, held: Held) -> int:
    """Give an e-onay while the services outside answer."""
    consent = office.offer(me)
    sign(office, ("consent", consent), me, held, Profile.P1)
    return consent


def test_a_checked_e_onay_does_not_come_in_force_after_a_withdrawal(
    office: World, site: Loopback
) -> None:
    me = office.person()
    held = office.card(me, LATE)
    standing = given(office, me, held)
    back = away(site, "/nes.ocsp")
    waiting = offered(office, me, held)
    office.engine.fire(standing, "withdraw", applicant(me))
    site.answers |= back
    ask(office)
    assert office.read(Consent, waiting).state == "abandoned"


def test_a_checked_e_onay_does_not_replace_one_that_was_signed_later(
    office: World, site: Loopback
) -> None:
    me = office.person()
    held = office.card(me, LATE)
    back = away(site, "/nes.ocsp")
    waiting = offered(office, me, held)
    site.answers |= back
    office.clock.advance(minutes=1)
    later = given(office, me, held)
    ask(office)
    assert office.read(Consent, later).state == "in_force"
    assert office.read(Consent, waiting).state == "offered"
    said = entry(office, waiting, "sign_again")["reason"]
    assert said == (
        "Bu e-onay imzalandıktan sonra başka bir e-onay verildi ya da e-onay geri alındı."
    )


def test_a_standing_e_onay_being_checked_is_bound_too(office: World, site: Loopback) -> None:
    me = office.person()
    held = office.card(me, LATE)
    standing = given(office, me, held)
    back = away(site, "/nes.ocsp")
    waiting = before(office).offer(me)
    sha256 = office.read(Consent, waiting).document_sha256
    hand_in(office, ("consent", waiting), me, held, sha256)
    office.clock.advance(minutes=1)
    office.write("UPDATE consent SET state = 'withdrawn', entered_at = :at WHERE id = :id",
                 at=office.clock.now(), id=standing)  # fmt: skip
    site.answers |= back
    ask(office)
    assert office.read(Consent, waiting).state == "offered"


@pytest.mark.parametrize("standing", [True, False])
def test_a_checked_e_onay_does_not_come_in_force_to_a_text_that_was_renewed(
    office: World,
    site: Loopback,
    standing: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    me = office.person()
    held = office.card(me, LATE)
    back = away(site, "/nes.ocsp")
    waiting = (before(office) if standing else office).offer(me)
    sha256 = office.read(Consent, waiting).document_sha256
    hand_in(office, ("consent", waiting), me, held, sha256)
    new_terms(office)
    site.answers |= back
    ask(office)
    assert office.read(Consent, waiting).state == "offered"
    assert "metni" in str(entry(office, waiting, "sign_again")["reason"])


def test_an_unknown_reason_is_filed_as_another_one(world: World, me: int, held: Held) -> None:
    consent = world.consent(me, held)
    end(world, consent, "kişi aradı")
    assert entry(world, consent, "end_by_office")["reason"] == "other: kişi aradı"
