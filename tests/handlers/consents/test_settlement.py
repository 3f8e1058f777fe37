"""A signature under P2 or P3: taken at once, judged for good a day later, and what waits for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms

from handlers.papers import letters
from handlers.signatures import code as codes
from handlers.signatures import completion, lifting
from handlers.signatures.completion import Completion
from signing.authority.crl import Entry, Reason
from signing.authority.ocsp import GOOD, Status
from signing.cms.profiles import Profile
from signing.validation import lifting as signing_lifting
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from tests.handlers.desk.test_evidence import files_of, take
from tests.kit.handlers.outside import connected
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.world import ISMAIL, World, applicant, officer, operator
from workflow.engine.engine import CaseEngine
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
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


def hand_in(
    engine: World, case: tuple[str, int], me: int, held: Held, profile: Profile = Profile.P2
) -> None:
    """Sign what a case offers under a profile, and hand it in as the site does."""
    workflow, number = case
    sha256 = (
        engine.read(Consent, number).document_sha256
        if workflow == "consent"
        else engine.read(Application, number).form_sha256
    )
    content = letters.signable(engine.read(Document, sha256))
    payload = engine.claimed(workflow, number, me)
    container = engine.sign_bytes(held, content, profile)
    database = engine.engine.database
    prepared = (codes.purpose_of(workflow), number)
    payload |= lifting.prepare(database, engine.services, prepared, container, engine.clock)
    trigger = {"consent": "sign", "application": "approve_e_imza"}[workflow]
    engine.engine.fire(number, trigger, applicant(me), payload)


def applied(engine: World, me: int, held: Held, profile: Profile = Profile.P2) -> int:
    """Give a renewal that its holder signed under a profile; it waits for production."""
    case = engine.file(me, "renewal", held.certificate_id)
    engine.choose(case, me, "e_imza")
    hand_in(engine, ("application", case), me, held, profile)
    assert engine.state(case) == "queued"
    return case


def start(engine: World, case: int) -> str:
    engine.engine.fire(case, "start_production", operator())
    return engine.state(case)


def later(engine: World, wait: timedelta) -> None:
    engine.clock.set(engine.clock.now() + wait)
    engine.publish_lists()


def under(engine: World, profile: Profile) -> World:
    """Give the same office after its setting was changed."""
    services, old = replace(engine.services, profile=profile), engine.engine
    return World(CaseEngine(old.database, old.library, old.clock, services), services, engine.clock)


def say(site: Loopback, engine: World, held: Held, status: Status) -> None:
    """Let the responder say this of the holder's certificate."""
    serial = int(engine.read(Certificate, held.certificate_id).serial, 16)
    authority = engine.services.authority()

    def answer(body: bytes) -> bytes:
        told = {serial: status}
        return authority.ocsp_response(body, lambda n: told.get(n, GOOD), engine.clock.now())

    site.answers["/nes.ocsp"] = answer


@pytest.mark.parametrize("profile", [Profile.P2, Profile.P3])
def test_a_signature_that_waits_is_taken_and_no_card_is_made_before_it_is_final(
    world: World, me: int, held: Held, profile: Profile
) -> None:
    with connected(world, profile) as (engine, _):
        given = engine.clock.now()
        case = applied(engine, me, held, profile)
        (kept,) = engine.all(Signature)
        assert (kept.indication, kept.sub_indication) == ("INDETERMINATE", "TRY_LATER")
        assert kept.report["profile"] == profile.value
        assert kept.report["settles_at"] == (given + DAY).isoformat()
        assert kept.augment_at == given + DAY
        with unanswered("signature.settling"):
            start(engine, case)
        later(engine, DAY)
        with unanswered("signature.settling"):
            start(engine, case)
        assert Completion(engine.engine).run() == {"B-LT": 1}
        (form,) = engine.all(Augmentation)
        assert (form.report["indication"], form.report["level"]) == ("TOTAL-PASSED", "B-LT")
        assert form.report["at"] == (given + DAY).isoformat()
        assert form.report["settles_at"] is None
        assert start(engine, case) == "in_production"


def test_the_wait_is_told_with_its_end(engine: World, me: int, held: Held) -> None:
    case, ends = applied(engine, me, held), engine.clock.now() + DAY
    with pytest.raises(RuleFailed) as caught:
        start(engine, case)
    assert caught.value.verdict.params == {"until": ends}


def test_an_e_onay_that_waits_is_in_force_and_keeps_production_waiting(
    engine: World, me: int, held: Held
) -> None:
    consent = engine.offer(me)
    hand_in(engine, ("consent", consent), me, held)
    assert engine.read(Consent, consent).state == "in_force"
    case = engine.file(me, "renewal", held.certificate_id)
    assert engine.choose(case, me, "e_onay").state == "queued"
    with unanswered("signature.settling"):
        start(engine, case)
    later(engine, DAY)
    Completion(engine.engine).run()
    assert start(engine, case) == "in_production"


def test_an_e_onay_that_waits_keeps_nothing_waiting_that_rests_on_an_earlier_one(
    engine: World, me: int, held: Held
) -> None:
    hand_in(engine, ("consent", engine.offer(me)), me, held, Profile.P1)
    case = engine.file(me, "renewal", held.certificate_id)
    assert engine.choose(case, me, "e_onay").state == "queued"
    later(engine, MINUTE)
    hand_in(engine, ("consent", engine.offer(me)), me, held)
    assert [row.state for row in engine.all(Consent)] == ["superseded", "in_force"]
    assert start(engine, case) == "in_production"


def test_another_persons_signature_keeps_nobody_waiting(engine: World, me: int, held: Held) -> None:
    applied(engine, me, held)
    other = engine.person(ISMAIL)
    theirs = engine.card(other, END)
    assert start(engine, applied(engine, other, theirs, Profile.P1)) == "in_production"


def test_the_sweep_takes_the_case_up_again_by_itself(engine: World, me: int, held: Held) -> None:
    case = applied(engine, me, held)
    later(engine, 11 * MINUTE)
    sweep(engine.engine)
    assert engine.state(case) == "queued"
    later(engine, DAY + MINUTE)
    Completion(engine.engine).run()
    sweep(engine.engine)
    assert engine.state(case) == "in_production"


def test_a_signature_that_fails_at_last_makes_no_card_and_goes_back_to_its_holder(
    engine: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(engine, me, held), engine.clock.now()
    later(engine, DAY)
    say(site, engine, held, Status(entry=Entry(1, given - MINUTE, Reason.KEY_COMPROMISE)))
    chore = Completion(engine.engine)
    assert chore.run() == {"refused": 1}
    (form,) = engine.all(Augmentation)
    found = (form.report["indication"], form.report["sub_indication"])
    assert found == ("INDETERMINATE", "REVOKED_NO_POE")
    with denied("signature.failed_at_last", found="REVOKED_NO_POE"):
        start(engine, case)
    # It is never renewed either.
    engine.clock.set(form.augment_at + DAY)
    assert chore.run() == {}
    engine.engine.fire(case, "return_to_applicant", officer(), reason="yeniden imzalansın")
    assert engine.state(case) == "returned_to_applicant"


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
    engine: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    case = applied(engine, me, held)
    later(engine, DAY)
    chore, made = Completion(engine.engine), signing_lifting.complete
    with monkeypatch.context() as patch:
        if fault == "too large":
            patch.setattr(completion, "OWN_LIMIT", 1)
        else:
            patch.setattr(signing_lifting, "complete", lambda *given: SPOILT[fault](made(*given)))
        assert chore.run() == {"failed": 1}
    assert engine.all(Augmentation) == []
    with unanswered("signature.settling"):
        start(engine, case)
    later(engine, 30 * MINUTE)
    assert chore.run() == {"B-LT": 1}
    assert start(engine, case) == "in_production"


def test_a_certificate_that_is_revoked_after_the_time_stamp_takes_nothing_away(
    engine: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(engine, me, held), engine.clock.now()
    later(engine, DAY)
    say(site, engine, held, Status(entry=Entry(1, given + MINUTE, Reason.KEY_COMPROMISE)))
    assert Completion(engine.engine).run() == {"B-LT": 1}
    assert start(engine, case) == "in_production"


def test_a_certificate_that_is_held_on_the_day_keeps_the_judgement_open(
    engine: World, site: Loopback, me: int, held: Held
) -> None:
    case, given = applied(engine, me, held), engine.clock.now()
    later(engine, DAY)
    say(site, engine, held, Status(entry=Entry(1, given + MINUTE, Reason.ON_HOLD)))
    chore = Completion(engine.engine)
    assert chore.run() == {"failed": 1}
    assert engine.all(Augmentation) == []
    with unanswered("signature.settling"):
        start(engine, case)
    later(engine, 30 * MINUTE)
    say(site, engine, held, GOOD)
    assert chore.run() == {"B-LT": 1}
    assert start(engine, case) == "in_production"


def test_only_the_profile_of_the_office_is_taken_before_it_is_final(
    world: World, me: int, held: Held
) -> None:
    for profile in (Profile.P1, Profile.P3, Profile.P4):
        with connected(world, profile) as (engine, _):
            consent = engine.offer(me)
            with unanswered("signature.try_later"):
                hand_in(engine, ("consent", consent), me, held, Profile.P2)
            assert engine.all(Signature) == []


def test_a_waiting_signature_keeps_its_profile_when_the_office_takes_another(
    engine: World, me: int, held: Held
) -> None:
    applied(engine, me, held)
    later(engine, DAY)
    assert Completion(under(engine, Profile.P1).engine).run() == {"B-LT": 1}
    (form,) = engine.all(Augmentation)
    assert form.report["indication"] == "TOTAL-PASSED"


def test_a_later_form_of_the_time_without_judgements_counts_as_passed(
    engine: World, me: int, held: Held
) -> None:
    case, now = applied(engine, me, held), engine.clock.now()
    engine.write(
        "INSERT INTO augmentation VALUES (:of, 1, 'B-LT', 'x', 'y', :at, :at, :end)",
        of=engine.all(Signature)[0].id, at=now, end=now + DAY,
    )  # fmt: skip
    assert start(engine, case) == "in_production"


def test_a_named_profile_without_a_time_stamp_is_neither_taken_nor_counted(
    engine: World, site: Loopback, me: int, held: Held
) -> None:
    consent = engine.offer(me)
    del site.answers["/tsa"]
    with unanswered("signature.not_stamped"):
        hand_in(engine, ("consent", consent), me, held)
    assert [code.wrong_tries for code in engine.all(Code)] == [0]


def test_a_signature_that_names_a_profile_where_nobody_stamps_is_refused(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    with denied("signature.sig_constraints_failure"):
        hand_in(world, ("consent", consent), me, held, Profile.P4)


def test_the_evidence_holds_both_judgements(engine: World, me: int, held: Held) -> None:
    case = applied(engine, me, held)
    later(engine, DAY)
    Completion(engine.engine).run()
    files = files_of(take(engine, case))
    assert json.loads(files["imza/1/rapor.json"])["sub_indication"] == "TRY_LATER"
    assert json.loads(files["imza/1/rapor-1.json"])["indication"] == "TOTAL-PASSED"
