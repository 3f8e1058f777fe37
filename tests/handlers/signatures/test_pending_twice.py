"""A waiting signature under two workers, a crash, a dropped case, and whoever is not its person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from handlers.kit.moves import AWAIT_STATUS
from handlers.papers import letters
from handlers.signatures import augment
from handlers.signatures.augment import waits_for_service
from handlers.signatures.final import Finalisation
from handlers.signatures.pending import StatusUnknown
from handlers.signatures.purposes import SignedCase
from handlers.signatures.submission import Submission
from signing.cms.profiles import Profile
from signing.validation.validate import validate
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from tests.handlers.consents.test_settlement import later, start
from tests.kit.handlers.outside import connected
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.waiting import (
    DAY,
    END,
    MINUTE,
    applied,
    ask,
    asking,
    away,
    hand_in,
    offered,
)
from tests.kit.handlers.world import ISMAIL, World, applicant, officer
from workflow.model.refusal import WrongState
from workflow.running.effects import EFFECT, run_effect

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.signing.loopback import Loopback


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


def handed_in(office: World, consent: int, me: int, held: Held) -> tuple[SignedCase, Submission]:
    """Give an e-onay and its signature, as the site hands it in."""
    case = SignedCase("e_onay", consent)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    signed = replace(office.claimed("consent", consent, me), container=container)
    return case, office.handed_in(case, signed)


def test_a_case_that_was_dropped_while_it_waited_is_left_alone(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    office.engine.fire(case, "cancel", applicant(me))
    site.answers |= back
    ask(office)
    assert office.state(case) == "cancelled"
    assert office.all(Augmentation) == []


def test_an_e_onay_can_be_dropped_while_it_waits(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    consent = offered(office, me, held)
    office.engine.fire(consent, "abandon", applicant(me))
    assert office.read(Consent, consent).state == "abandoned"


def test_two_workers_that_bring_the_same_answer_move_the_case_once(
    office: World, site: Loopback, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    site.answers |= back
    effect, real = asking(office), augment.augment_submission

    def overtaken(*given: Any) -> Submission:  # noqa: ANN401 - passed on
        found = real(*given)
        monkeypatch.setattr(augment, "augment_submission", real)
        run_effect(office.engine, *effect)
        return found

    monkeypatch.setattr(augment, "augment_submission", overtaken)
    run_effect(office.engine, *effect)
    assert office.state(case) == "queued"
    assert len(office.all(Augmentation)) == 1


def test_a_worker_that_dies_between_answer_and_move_loses_nothing(
    office: World, site: Loopback, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    site.answers |= back

    def dies(name: str) -> None:
        if name == "after_effect":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(office.engine, "point", dies)
        with pytest.raises(KeyboardInterrupt):
            ask(office)
    assert office.state(case) == "awaiting_status"
    ask(office)
    assert office.state(case) == "queued"


def test_nothing_is_asked_under_a_lock(office: World, site: Loopback, me: int, held: Held) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)

    def status_while_the_row_is_free(body: bytes) -> bytes:
        office.write("UPDATE application SET method = method WHERE id = :id", id=case)
        answer: bytes = back["/nes.ocsp"](body)
        return answer

    site.answers["/nes.ocsp"] = status_while_the_row_is_free
    ask(office)
    assert office.state(case) == "queued"


def test_a_signature_that_is_not_the_persons_own_is_not_taken_to_wait(
    office: World, site: Loopback, me: int
) -> None:
    other = office.person(ISMAIL)
    theirs = office.card(other, END)
    away(site, "/nes.ocsp")
    consent = office.offer(me)
    sha256 = office.read(Consent, consent).document_sha256
    with denied("signature.other_person"):
        hand_in(office, ("consent", consent), me, theirs, sha256)
    assert office.read(Consent, consent).state == "offered"
    assert office.all(Signature) == []


def test_what_needs_no_asking_is_not_taken_to_wait(office: World, me: int, held: Held) -> None:
    consent = office.offer(me)
    case, handed = handed_in(office, consent, me, held)
    assert not waits_for_service(office.services, case, handed)
    with denied("signature.nothing_to_ask"):
        office.engine.fire(consent, "await_status", applicant(me), handed.payload())
    bad = replace(handed, container=office.sign_bytes(held, b"another text"))
    with denied("signature.hash_failure"):
        office.engine.fire(consent, "await_status", applicant(me), bad.payload())


def test_nobody_confirms_a_signature_by_hand_or_without_one(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/tsa")
    case = applied(office, me, held)
    with denied("signature.missing"):
        office.engine.fire(case, "confirm_signature", EFFECT)
    kept = office.all(Signature)[0]
    bare = Submission(kept.container, signature_id=kept.id)
    with unanswered("signature.not_stamped"):
        office.engine.fire(case, "confirm_signature", EFFECT, bare.payload())
    assert office.state(case) == "awaiting_status"
    with pytest.raises(WrongState):
        office.engine.fire(case, "change_method", applicant(me))


@pytest.mark.parametrize("profile", [Profile.P2, Profile.P3])
def test_a_signature_that_waited_for_its_stamp_settles_a_day_after_it(
    world: World, me: int, held: Held, profile: Profile
) -> None:
    with connected(world, profile) as (office, site):
        back = away(site, "/tsa")
        case = office.file(me, "renewal", held.certificate_id)
        office.choose(case, me, "e_imza")
        sha256 = office.read(Application, case).form_sha256
        content = letters.signable(office.read(Document, sha256))
        container = office.sign_bytes(held, content, profile)
        signed = replace(office.claimed("application", case, me), container=container)
        handed = office.handed_in(SignedCase("e_imza", case), signed)
        office.engine.fire(case, "await_status", applicant(me), handed.payload())
        site.answers |= back
        later(office, MINUTE)
        ask(office)
        assert office.state(case) == "queued"
        stamped = office.clock.now()
        (form,) = office.all(Augmentation)
        assert form.report["settles_at"] == (stamped + DAY).isoformat()
        assert form.augment_at == stamped + DAY
        later(office, DAY)
        assert Finalisation(office.engine).run() == {"B-LT": 1}
        assert [row.n for row in office.all(Augmentation)] == [1, 2]
        assert start(office, case) == "in_production"


def test_without_services_any_more_the_case_goes_on_waiting(
    office: World, world: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    offered(office, me, held)
    with pytest.raises(StatusUnknown):
        run_effect(world.engine, *asking(office))


def test_the_judgement_of_the_check_is_the_one_that_is_kept(
    world: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []
    real = validate

    def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        judged.append(given)
        return real(*given, **named)

    monkeypatch.setattr("handlers.signatures.validate.validate", counted)
    world.consent(me, held)
    assert len(judged) == 1


def test_nothing_is_judged_under_the_lock_where_others_were_asked(
    office: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = office.offer(me)
    _, handed = handed_in(office, consent, me, held)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr("handlers.signatures.validate.validate", never)
        office.engine.fire(consent, "sign", applicant(me), handed.payload())
    assert office.read(Consent, consent).state == "in_force"


@pytest.mark.parametrize("swap", ["container", "age"])
def test_a_judgement_of_other_bytes_or_of_long_ago_counts_for_nothing(
    office: World, me: int, held: Held, swap: str
) -> None:
    consent = office.offer(me)
    _, handed = handed_in(office, consent, me, held)
    if swap == "container":
        other = replace(handed, container=office.sign_bytes(held, b"another text"))
        with denied("signature.hash_failure"):
            office.engine.fire(consent, "sign", applicant(me), other.payload())
        return
    office.clock.advance(seconds=61)
    office.engine.fire(consent, "sign", applicant(me), handed.payload())
    (kept,) = office.all(Signature)
    assert kept.judged_at == office.clock.now()


def test_an_officer_can_not_take_a_signature_to_wait_for_somebody(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    case = applied(office, me, held)
    allowed = {one.transition.name for one in office.engine.explain(case, officer()) if one.allowed}
    assert not allowed & {"confirm_signature", "sign_again", AWAIT_STATUS}
    assert office.all(Certificate)[0].state == "active"
