"""A signature taken while a service is out of reach: it waits, is asked for again, and decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.time_limits import STATUS_LIMIT
from handlers.signatures.augment import waits_for_service
from handlers.signatures.pending import NOTHING_LEARNT, SUSPENDED, StatusUnknown
from handlers.signatures.purposes import SignedCase
from handlers.signatures.submission import Submission
from signing.authority.crl import RevokedEntry
from signing.authority.ocsp import ServedStatus
from signing.cms import levels
from signing.cms.levels import Level
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.cases.notice import Notice
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from tests.handlers.consents.test_settlement import later, say, start
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.waiting import (
    DAY,
    END,
    HELD,
    MINUTE,
    REVOKED,
    SERVICES,
    applied,
    ask,
    away,
    hand_in,
    offered,
    reason_of,
)
from tests.kit.handlers.world import World, applicant
from workflow.model.context import EffectOutcome
from workflow.model.duration import Duration
from workflow.model.expression import Literal
from workflow.model.registry import Registry
from workflow.model.request import Request
from workflow.running.sweep import sweep
from workflow.running.worker import work

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


@pytest.mark.parametrize("gone", SERVICES)
def test_a_signature_whose_status_can_not_be_known_is_taken_and_its_case_waits(
    office: World, site: Loopback, me: int, held: Held, gone: str
) -> None:
    away(site, gone)
    case = applied(office, me, held)
    (kept,) = office.all(Signature)
    assert kept.indication == "INDETERMINATE"
    assert kept.case_id == case
    assert kept.augment_at is None
    assert [code.state for code in office.all(Code)] == ["used"]
    # The stamp that could be had is kept, so that the proof is as old as the signature.
    reached = Level.B_B if gone == "/tsa" else Level.B_T
    assert levels.level(kept.container) is reached
    for _ in range(3):
        with pytest.raises(StatusUnknown):
            ask(office)
    assert office.state(case) == "awaiting_status"
    assert len(office.all(Signature)) == 1
    assert office.all(Augmentation) == []


@pytest.mark.parametrize("gone", SERVICES)
def test_the_answer_that_comes_back_approves_the_application(
    office: World, site: Loopback, me: int, held: Held, gone: str
) -> None:
    back = away(site, gone)
    case = applied(office, me, held)
    site.answers |= back
    office.clock.advance(seconds=3_600)
    office.publish_lists()
    ask(office)
    assert office.state(case) == "queued"
    (form,) = office.all(Augmentation)
    assert (form.n, form.level, form.report["indication"]) == (1, "B-LT", "TOTAL-PASSED")
    assert form.augment_at == form.renew_before - timedelta(days=90)
    assert start(office, case) == "in_production"


def test_an_answer_that_the_case_refuses_for_good_sends_it_back_to_be_signed(
    office: World, site: Loopback, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    site.answers |= back
    another = EffectOutcome("confirm_signature", Submission(signature_id=0).payload())
    asking = replace(office.engine.library.registry["status.ask"], function=lambda _: another)
    known = office.engine.library.registry
    changed = Registry([asking, *(known[name] for name in known if name != asking.name)])
    monkeypatch.setattr(office.engine.library, "registry", changed)
    ask(office)
    assert office.state(case) == "e_imza"
    assert reason_of(office, case, "sign_again")


def test_the_worker_asks_again_by_itself(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    work(office.engine, until_idle=True)
    assert office.state(case) == "awaiting_status"
    site.answers |= back
    # The pause of the queue is over.
    office.write("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    work(office.engine, until_idle=True)
    assert office.state(case) != "awaiting_status"
    (form,) = office.all(Augmentation)
    assert form.report["indication"] == "TOTAL-PASSED"


def test_an_e_onay_that_waits_carries_no_application_until_it_is_in_force(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    case = office.file(me, "renewal", held.certificate_id)
    assert office.choose(case, me, "e_onay").state == "e_onay"
    back = away(site, "/nes.ocsp")
    consent = offered(office, me, held)
    with denied("consent.missing"):
        office.engine.fire(case, "approve_e_onay", applicant(me))
    site.answers |= back
    ask(office)
    assert office.read(Consent, consent).state == "in_force"
    sweep(office.engine)
    assert office.state(case) == "e_onay"
    assert office.press(case, me).state == "queued"
    assert start(office, case) == "in_production"
    office.run_effects("notice.consent_given", "record.consent")
    assert "consent_given" in {notice.template for notice in office.all(Notice)}


def test_an_e_onay_that_waits_leaves_the_earlier_one_in_force_and_relied_on(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    earlier = office.offer(me)
    sha256 = office.read(Consent, earlier).document_sha256
    claimed = office.claimed("consent", earlier, me)
    signed = replace(claimed, container=office.sign(held, sha256))
    handed = office.handed_in(SignedCase("e_onay", earlier), signed)
    office.engine.fire(earlier, "sign", applicant(me), handed.payload())
    case = office.file(me, "renewal", held.certificate_id)
    assert office.choose(case, me, "e_onay").state == "queued"
    back = away(site, "/nes.ocsp")
    newer = offered(office, me, held)
    assert office.read(Consent, earlier).state == "in_force"
    assert start(office, case) == "in_production"
    site.answers |= back
    ask(office)
    states = [office.read(Consent, number).state for number in (earlier, newer)]
    assert states == ["superseded", "in_force"]


def test_a_certificate_revoked_before_it_signed_sends_the_case_back_with_the_reason(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case, given = applied(office, me, held), office.clock.now()
    site.answers |= back
    say(site, office, held, ServedStatus(entry=RevokedEntry(1, given - MINUTE, REVOKED)))
    ask(office)
    assert office.state(case) == "e_imza"
    assert reason_of(office, case, "sign_again") == "Sertifika iptal edilmiş."
    office.run_effects("notice.sign_again")
    (notice,) = office.all(Notice)
    assert "Nedeni: Sertifika iptal edilmiş." in notice.text
    assert office.all(Augmentation) == []


def test_a_certificate_revoked_after_the_stamp_was_good_when_it_signed(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case, given = applied(office, me, held), office.clock.now()
    site.answers |= back
    office.clock.advance(seconds=3_600)
    office.publish_lists()
    say(site, office, held, ServedStatus(entry=RevokedEntry(1, given + MINUTE, REVOKED)))
    ask(office)
    assert office.state(case) == "queued"


def test_a_certificate_that_is_suspended_by_then_sends_the_case_back(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    consent, given = offered(office, me, held), office.clock.now()
    site.answers |= back
    say(site, office, held, ServedStatus(entry=RevokedEntry(1, given - MINUTE, HELD)))
    ask(office)
    assert office.read(Consent, consent).state == "offered"
    assert reason_of(office, consent, "sign_again") == SUSPENDED


def test_a_suspended_certificate_is_known_and_nothing_waits_for_it(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    say(site, office, held, ServedStatus(entry=RevokedEntry(1, office.clock.now() - MINUTE, HELD)))
    consent = office.offer(me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    case = SignedCase("e_onay", consent)
    found = office.handed_in(case, Submission(container))
    assert not waits_for_service(office.services, case, found)


def test_a_new_pin_waits_for_the_activation_that_is_being_checked(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    certificate = held.certificate_id
    new_pin = Request("set_pin", applicant(me))
    office.engine.fire(certificate, "suspend", applicant(me))
    office.publish_lists()
    office.engine.rehearse(certificate, new_pin)
    back = away(site, "/tsa")
    text = office.read(Certificate, certificate).activation_sha256
    hand_in(office, ("certificate", certificate), me, held, text)
    with denied("activation.waiting"):
        office.engine.rehearse(certificate, new_pin)
    site.answers.update(back)
    ask(office)
    assert office.read(Certificate, certificate).state == "active"


def test_a_certificate_that_ends_while_its_stamp_is_awaited_proves_nothing_any_more(
    office: World, site: Loopback, me: int
) -> None:
    held = office.card(me, date(2026, 3, 2))
    back = away(site, "/tsa")
    consent = offered(office, me, held)
    later(office, DAY)
    site.answers |= back
    ask(office)
    assert office.read(Consent, consent).state == "offered"
    assert reason_of(office, consent, "sign_again") == "Sertifika bu tarihte geçerli değil."


def test_a_certificate_that_ends_after_its_stamp_still_counts(
    office: World, site: Loopback, me: int
) -> None:
    held = office.card(me, date(2026, 3, 2))
    back = away(site, "/root.crl")
    consent = offered(office, me, held)
    later(office, timedelta(hours=8))
    site.answers |= back
    ask(office)
    assert office.read(Consent, consent).state == "in_force"


def test_after_three_days_it_must_be_signed_again_and_the_person_is_told(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    case = applied(office, me, held)
    begun = office.clock.now()
    due = office.read(Application, case).due_at
    assert due == begun + STATUS_LIMIT
    office.clock.set(due - MINUTE)
    sweep(office.engine)
    assert office.state(case) == "awaiting_status"
    office.clock.set(due)
    rehearsed = sweep(office.engine, dry_run=True)
    moved = {row.state: row.moved for row in rehearsed.rows}
    assert moved["awaiting_status"] == {"sign_again": 1}
    assert office.state(case) == "awaiting_status"
    sweep(office.engine)
    assert office.state(case) == "e_imza"
    office.run_effects("notice.sign_again")
    (notice,) = office.all(Notice)
    assert "üç gün içinde öğrenilemedi" in notice.text


def test_the_asking_itself_ends_after_three_days_too(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    consent = offered(office, me, held)
    later(office, timedelta(days=3) - MINUTE)
    with pytest.raises(StatusUnknown):
        ask(office)
    later(office, MINUTE)
    ask(office)
    assert office.read(Consent, consent).state == "offered"
    assert reason_of(office, consent, "sign_again") == NOTHING_LEARNT


def test_the_limit_of_the_file_and_of_the_asking_are_the_same(office: World) -> None:
    for workflow in ("application", "consent"):
        state = office.engine.library.current[workflow].states["awaiting_status"]
        assert isinstance(state.due, Literal)
        assert state.due.value == Duration(days=3)
        assert (state.title.tr, state.next) == ("İmza denetleniyor", "system")


def test_the_very_same_bytes_may_come_again_after_they_waited_in_vain(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/tsa")
    case = applied(office, me, held)
    office.clock.set(office.clock.now() + STATUS_LIMIT)
    sweep(office.engine)
    # A PDF is signed without a claimed time, so a card makes the same bytes again.
    same = office.all(Signature)[0].container
    signed = replace(office.claimed("application", case, me), container=same)
    office.publish_lists()
    handed = office.handed_in(SignedCase("e_imza", case), signed)
    office.engine.fire(case, "await_status", applicant(me), handed.payload())
    assert len(office.all(Signature)) == 1
    site.answers |= back
    ask(office)
    assert office.state(case) == "queued"
    assert len(office.all(Augmentation)) == 1
