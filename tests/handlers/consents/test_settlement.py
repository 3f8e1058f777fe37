"""A signature under P2 or P3: taken at once, judged for good a day later, and what waits for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms

from handlers.kit.context import CaseEngine
from handlers.papers import letters
from handlers.signatures import final
from handlers.signatures.final import Finalisation
from handlers.signatures.purposes import SignedCase, purpose_of
from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import GOOD, ServedStatus
from signing.cms.profiles import Profile
from signing.validation import augmentation
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.evidence import files_of, take
from tests.kit.handlers.outside import connected
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.world import ISMAIL, World, applicant, officer, operator
from workflow.model.refusal import RuleFailed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
END = date(2026, 4, 10)


@pytest.fixture
def profile() -> Profile:
    return Profile.P2


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


def hand_in(
    office: World, case: tuple[str, int], me: int, held: Held, profile: Profile = Profile.P2
) -> None:
    """Sign what a case offers under a profile, and hand it in as the site does."""
    workflow, number = case
    sha256 = (
        office.read(Consent, number).document_sha256
        if workflow == "consent"
        else office.read(Application, number).form_sha256
    )
    content = letters.signable(office.read(Document, sha256))
    claimed = office.claimed(workflow, number, me)
    signed = replace(claimed, container=office.sign_bytes(held, content, profile))
    handed = office.handed_in(SignedCase(purpose_of(workflow), number), signed)
    trigger = {"consent": "sign", "application": "approve_e_imza"}[workflow]
    office.engine.fire(number, trigger, applicant(me), handed.payload())


def applied(office: World, me: int, held: Held, profile: Profile = Profile.P2) -> int:
    """Give a renewal that its holder signed under a profile; it waits for production."""
    case = office.file(me, "renewal", held.certificate_id)
    office.choose(case, me, "e_imza")
    hand_in(office, ("application", case), me, held, profile)
    assert office.state(case) == "queued"
    return case


def start(office: World, case: int) -> str:
    office.engine.fire(case, "start_production", operator())
    return office.state(case)


def later(office: World, wait: timedelta) -> None:
    office.clock.set(office.clock.now() + wait)
    office.publish_lists()


def under(office: World, profile: Profile) -> World:
    """Give the same office after its setting was changed."""
    services, old = replace(office.services, profile=profile), office.engine
    return World(CaseEngine(old.database, old.library, old.clock, services), services, office.clock)


def say(site: Loopback, office: World, held: Held, status: ServedStatus) -> None:
    """Let the responder say this of the holder's certificate."""
    serial = int(office.read(Certificate, held.certificate_id).serial, 16)
    authority = office.services.authority()

    def answer(body: bytes) -> bytes:
        told = {serial: status}
        return authority.ocsp_response(body, lambda n: told.get(n, GOOD), office.clock.now())

    site.answers["/nes.ocsp"] = answer


@pytest.mark.parametrize("profile", [Profile.P2, Profile.P3])
def test_a_signature_that_waits_is_taken_and_no_card_is_made_before_it_is_final(
    world: World, me: int, held: Held, profile: Profile
) -> None:
    with connected(world, profile) as (office, _):
        given = office.clock.now()
        case = applied(office, me, held, profile)
        (kept,) = office.all(Signature)
        assert (kept.indication, kept.sub_indication) == ("INDETERMINATE", "TRY_LATER")
        assert kept.report["profile"] == profile.value
        assert kept.report["settles_at"] == (given + DAY).isoformat()
        assert kept.augment_at == given + DAY
        with unanswered("signature.settling"):
            start(office, case)
        later(office, DAY)
        with unanswered("signature.settling"):
            start(office, case)
        assert Finalisation(office.engine).run() == {"B-LT": 1}
        (form,) = office.all(Augmentation)
        assert (form.report["indication"], form.report["level"]) == ("TOTAL-PASSED", "B-LT")
        assert form.report["at"] == (given + DAY).isoformat()
        assert form.report["settles_at"] is None
        assert start(office, case) == "in_production"


def test_the_wait_is_told_with_its_end(office: World, me: int, held: Held) -> None:
    case, ends = applied(office, me, held), office.clock.now() + DAY
    with pytest.raises(RuleFailed) as caught:
        start(office, case)
    assert caught.value.verdict.params == {"until": ends}


def test_an_e_onay_that_waits_is_in_force_and_keeps_production_waiting(
    office: World, me: int, held: Held
) -> None:
    consent = office.offer(me)
    hand_in(office, ("consent", consent), me, held)
    assert office.read(Consent, consent).state == "in_force"
    case = office.file(me, "renewal", held.certificate_id)
    assert office.choose(case, me, "e_onay").state == "queued"
    with unanswered("signature.settling"):
        start(office, case)
    later(office, DAY)
    Finalisation(office.engine).run()
    assert start(office, case) == "in_production"


def test_an_e_onay_that_waits_keeps_nothing_waiting_that_rests_on_an_earlier_one(
    office: World, me: int, held: Held
) -> None:
    hand_in(office, ("consent", office.offer(me)), me, held, Profile.P1)
    case = office.file(me, "renewal", held.certificate_id)
    assert office.choose(case, me, "e_onay").state == "queued"
    later(office, MINUTE)
    hand_in(office, ("consent", office.offer(me)), me, held)
    assert [row.state for row in office.all(Consent)] == ["superseded", "in_force"]
    assert start(office, case) == "in_production"


def test_another_persons_signature_keeps_nobody_waiting(office: World, me: int, held: Held) -> None:
    applied(office, me, held)
    other = office.person(ISMAIL)
    theirs = office.card(other, END)
    assert start(office, applied(office, other, theirs, Profile.P1)) == "in_production"


def test_the_sweep_takes_the_case_up_again_by_itself(office: World, me: int, held: Held) -> None:
    case = applied(office, me, held)
    later(office, 11 * MINUTE)
    sweep(office.engine)
    assert office.state(case) == "queued"
    later(office, DAY + MINUTE)
    Finalisation(office.engine).run()
    sweep(office.engine)
    assert office.state(case) == "in_production"


def test_a_signature_that_fails_at_last_makes_no_card_and_goes_back_to_its_holder(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(office, me, held), office.clock.now()
    later(office, DAY)
    say(
        site,
        office,
        held,
        ServedStatus(entry=RevokedEntry(1, given - MINUTE, Reason.KEY_COMPROMISE)),
    )
    chore = Finalisation(office.engine)
    assert chore.run() == {"refused": 1}
    (form,) = office.all(Augmentation)
    found = (form.report["indication"], form.report["sub_indication"])
    assert found == ("INDETERMINATE", "REVOKED_NO_POE")
    with denied("signature.failed_at_last", found="REVOKED_NO_POE"):
        start(office, case)
    # It is never renewed either.
    office.clock.set(form.augment_at + DAY)
    assert chore.run() == {}
    office.engine.fire(case, "return_to_applicant", officer(), reason="yeniden imzalansın")
    assert office.state(case) == "returned_to_applicant"


def of_another(container: bytes) -> bytes:
    """Give a form whose signature fits nothing."""
    parsed = cms.ContentInfo.load(container)
    value = parsed["content"]["signer_infos"][0]["signature"].contents
    return container.replace(value, value[:-1] + bytes([value[-1] ^ 1]))


SPOILT = {
    "cut off": lambda whole: whole[:-1],
    "another signature": of_another,
}


@pytest.mark.parametrize("fault", ["too large", "cut off", "another signature"])
def test_a_form_that_we_spoilt_is_no_failure_of_its_signer(
    office: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    case = applied(office, me, held)
    later(office, DAY)
    chore, made = Finalisation(office.engine), augmentation.augment_after_wait
    with monkeypatch.context() as patch:
        if fault == "too large":
            patch.setattr(final, "OWN_LIMIT", 1)
        else:
            patch.setattr(
                augmentation, "augment_after_wait", lambda *given: SPOILT[fault](made(*given))
            )
        assert chore.run() == {"failed": 1}
    assert office.all(Augmentation) == []
    with unanswered("signature.settling"):
        start(office, case)
    later(office, 30 * MINUTE)
    assert chore.run() == {"B-LT": 1}
    assert start(office, case) == "in_production"


def test_a_certificate_that_is_revoked_after_the_time_stamp_takes_nothing_away(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(office, me, held), office.clock.now()
    later(office, DAY)
    say(
        site,
        office,
        held,
        ServedStatus(entry=RevokedEntry(1, given + MINUTE, Reason.KEY_COMPROMISE)),
    )
    assert Finalisation(office.engine).run() == {"B-LT": 1}
    assert start(office, case) == "in_production"


def test_a_certificate_that_is_held_on_the_day_keeps_the_judgement_open(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(office, me, held), office.clock.now()
    later(office, DAY)
    say(site, office, held, ServedStatus(entry=RevokedEntry(1, given + MINUTE, Reason.ON_HOLD)))
    chore = Finalisation(office.engine)
    assert chore.run() == {"failed": 1}
    assert office.all(Augmentation) == []
    with unanswered("signature.settling"):
        start(office, case)
    later(office, 30 * MINUTE)
    say(site, office, held, GOOD)
    assert chore.run() == {"B-LT": 1}
    assert start(office, case) == "in_production"


def test_only_the_profile_of_the_office_is_taken_before_it_is_final(
    world: World, me: int, held: Held
) -> None:
    for profile in (Profile.P1, Profile.P3, Profile.P4):
        with connected(world, profile) as (office, _):
            consent = office.offer(me)
            with unanswered("signature.try_later"):
                hand_in(office, ("consent", consent), me, held, Profile.P2)
            assert office.all(Signature) == []


def test_a_waiting_signature_keeps_its_profile_when_the_office_takes_another(
    office: World, me: int, held: Held
) -> None:
    applied(office, me, held)
    later(office, DAY)
    assert Finalisation(under(office, Profile.P1).engine).run() == {"B-LT": 1}
    (form,) = office.all(Augmentation)
    assert form.report["indication"] == "TOTAL-PASSED"


def test_a_later_form_of_the_time_without_judgements_counts_as_passed(
    office: World, me: int, held: Held
) -> None:
    case, now = applied(office, me, held), office.clock.now()
    office.write(
        "INSERT INTO augmentation VALUES (:of, 1, 'B-LT', 'x', 'y', :at, :at, :end)",
        of=office.all(Signature)[0].id, at=now, end=now + DAY,
    )  # fmt: skip
    assert start(office, case) == "in_production"


def test_a_named_profile_without_a_time_stamp_is_neither_taken_nor_counted(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    consent = office.offer(me)
    del site.answers["/tsa"]
    with unanswered("signature.not_stamped"):
        hand_in(office, ("consent", consent), me, held)
    assert [code.wrong_tries for code in office.all(Code)] == [0]


def test_a_signature_that_names_a_profile_where_nobody_stamps_is_refused(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    with denied("signature.sig_constraints_failure"):
        hand_in(world, ("consent", consent), me, held, Profile.P4)


def test_the_evidence_holds_both_judgements(office: World, me: int, held: Held) -> None:
    case = applied(office, me, held)
    later(office, DAY)
    Finalisation(office.engine).run()
    files = files_of(take(office, case))
    assert json.loads(files["imza/1/rapor.json"])["sub_indication"] == "TRY_LATER"
    assert json.loads(files["imza/1/rapor-1.json"])["indication"] == "TOTAL-PASSED"
