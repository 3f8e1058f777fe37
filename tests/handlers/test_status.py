"""A signature taken while a service is out of reach: it waits, is asked for again, and decided."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from handlers import code as codes
from handlers import letters, lifting, status
from handlers.completion import Completion
from handlers.status import LONGEST, NOTHING_LEARNT, SUSPENDED, StatusUnknown
from signing import levels
from signing.crl import Entry, Reason
from signing.levels import Level
from signing.ocsp import Status
from signing.profiles import Profile
from signing.validation import validate
from states.application import Application
from states.augmentation import Augmentation
from states.certificate import Certificate
from states.code import Code
from states.consent import Consent
from states.document import Document
from states.journal import JournalEntry
from states.notice import Notice
from states.signature import Signature
from tests.handlers.outside import connected
from tests.handlers.refusals import denied, unanswered
from tests.handlers.test_settlement import later, say, start
from tests.handlers.world import ISMAIL, World, applicant, officer
from workflow.duration import Duration
from workflow.effects import EFFECT, run_effect
from workflow.expression import Literal
from workflow.refusal import WrongState
from workflow.sweep import sweep
from workflow.worker import work

if TYPE_CHECKING:
    from handlers.seed import Held
    from tests.signing.loopback import Loopback

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
END = date(2026, 4, 10)
SERVICES = ["/tsa", "/nes.crl", "/root.crl", "/nes.ocsp"]
REVOKED, HELD = Reason.KEY_COMPROMISE, Reason.ON_HOLD


@pytest.fixture
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


def hand_in(
    office: World, case: tuple[str, int], me: int, held: Held, sha256: str | None
) -> dict[str, object]:
    """Hand a signature in as the site does while a service is away; it is taken to be checked."""
    workflow, number = case
    payload = office.claimed(workflow, number, me)
    purpose, now = codes.purpose_of(workflow), office.clock.now()
    container = office.sign(held, sha256)
    payload |= lifting.prepare(
        office.office.database, office.services, (purpose, number), container, now
    )
    assert lifting.waits(office.services, payload, purpose)
    office.office.fire(number, "await_status", applicant(me), payload)
    return payload


def offered(office: World, me: int, held: Held) -> int:
    """Give an e-onay whose signature waits."""
    consent = office.offer(me)
    sha256 = office.read(Consent, consent).document_sha256
    hand_in(office, ("consent", consent), me, held, sha256)
    assert office.read(Consent, consent).state == "awaiting_status"
    return consent


def applied(office: World, me: int, held: Held) -> int:
    """Give a renewal whose signature waits."""
    case = office.file(me, "renewal", held.certificate_id)
    office.choose(case, me, "e_imza")
    sha256 = office.read(Application, case).form_sha256
    hand_in(office, ("application", case), me, held, sha256)
    assert office.state(case) == "awaiting_status"
    return case


def asking(office: World) -> tuple[int, int, str]:
    """Give the newest effect that asks."""
    return [effect for effect in office.queued() if effect[2] == "status.ask"][-1]


def ask(office: World) -> None:
    run_effect(office.office, *asking(office))


def away(site: Loopback, *paths: str) -> dict[str, Any]:
    """Take services away and give what brings them back."""
    return {path: site.answers.pop(path) for path in paths}


def reason_of(office: World, case: int, trigger: str) -> object:
    entries = [json.loads(entry.body) for entry in office.all(JournalEntry, case_id=case)]
    return [entry["reason"] for entry in entries if entry["trigger"] == trigger][-1]


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


def test_the_worker_asks_again_by_itself(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    work(office.office, until_idle=True)
    assert office.state(case) == "awaiting_status"
    site.answers |= back
    # The pause of the queue is over.
    office.write("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    work(office.office, until_idle=True)
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
        office.office.fire(case, "approve_e_onay", applicant(me))
    site.answers |= back
    ask(office)
    assert office.read(Consent, consent).state == "in_force"
    sweep(office.office)
    assert office.state(case) == "queued"
    assert start(office, case) == "in_production"
    office.run_effects("notice.consent_given", "record.consent")
    assert "consent_given" in {notice.template for notice in office.all(Notice)}


def test_an_e_onay_that_waits_leaves_the_earlier_one_in_force_and_relied_on(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    earlier = office.offer(me)
    sha256 = office.read(Consent, earlier).document_sha256
    payload = office.claimed("consent", earlier, me)
    payload |= lifting.prepare(
        office.office.database, office.services, ("e_onay", earlier),
        office.sign(held, sha256), office.clock.now(),
    )  # fmt: skip
    office.office.fire(earlier, "sign", applicant(me), payload)
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
    say(site, office, held, Status(entry=Entry(1, given - MINUTE, REVOKED)))
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
    say(site, office, held, Status(entry=Entry(1, given + MINUTE, REVOKED)))
    ask(office)
    assert office.state(case) == "queued"


def test_a_certificate_that_is_suspended_by_then_sends_the_case_back(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    consent, given = offered(office, me, held), office.clock.now()
    site.answers |= back
    say(site, office, held, Status(entry=Entry(1, given - MINUTE, HELD)))
    ask(office)
    assert office.read(Consent, consent).state == "offered"
    assert reason_of(office, consent, "sign_again") == SUSPENDED


def test_a_suspended_certificate_is_known_and_nothing_waits_for_it(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    say(site, office, held, Status(entry=Entry(1, office.clock.now() - MINUTE, HELD)))
    consent = office.offer(me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    found = lifting.prepare(
        office.office.database, office.services, ("e_onay", consent), container, office.clock.now()
    )
    assert not lifting.waits(office.services, found, "e_onay")


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
    assert due == begun + LONGEST
    office.clock.set(due - MINUTE)
    sweep(office.office)
    assert office.state(case) == "awaiting_status"
    office.clock.set(due)
    rehearsed = sweep(office.office, dry_run=True)
    moved = {row.state: row.moved for row in rehearsed.rows}
    assert moved["awaiting_status"] == {"sign_again": 1}
    assert office.state(case) == "awaiting_status"
    sweep(office.office)
    assert office.state(case) == "e_imza"
    office.run_effects("notice.sign_again")
    (notice,) = office.all(Notice)
    assert "üç gün içinde öğrenilemedi" in notice.text


def test_the_asking_itself_ends_after_three_days_too(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    consent = offered(office, me, held)
    later(office, LONGEST - MINUTE)
    with pytest.raises(StatusUnknown):
        ask(office)
    later(office, MINUTE)
    ask(office)
    assert office.read(Consent, consent).state == "offered"
    assert reason_of(office, consent, "sign_again") == NOTHING_LEARNT


def test_the_limit_of_the_file_and_of_the_asking_are_the_same(office: World) -> None:
    for workflow in ("application", "consent"):
        state = office.office.library.current[workflow].states["awaiting_status"]
        assert isinstance(state.due, Literal)
        assert state.due.value == Duration(days=LONGEST.days)
        assert (state.title.tr, state.next) == ("İmza denetleniyor", "system")


def test_the_very_same_bytes_may_come_again_after_they_waited_in_vain(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/tsa")
    case = applied(office, me, held)
    office.clock.set(office.clock.now() + LONGEST)
    sweep(office.office)
    # A PDF is signed without a claimed time, so a card makes the same bytes again.
    same = office.all(Signature)[0].container
    payload = office.claimed("application", case, me)
    office.publish_lists()
    payload |= lifting.prepare(
        office.office.database, office.services, ("e_imza", case), same, office.clock.now()
    )
    office.office.fire(case, "await_status", applicant(me), payload)
    assert len(office.all(Signature)) == 1
    site.answers |= back
    ask(office)
    assert office.state(case) == "queued"
    assert len(office.all(Augmentation)) == 1


def test_a_case_that_was_dropped_while_it_waited_is_left_alone(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    office.office.fire(case, "cancel", applicant(me))
    site.answers |= back
    ask(office)
    assert office.state(case) == "cancelled"
    assert office.all(Augmentation) == []


def test_an_e_onay_can_be_dropped_while_it_waits(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    consent = offered(office, me, held)
    office.office.fire(consent, "abandon", applicant(me))
    assert office.read(Consent, consent).state == "abandoned"


def test_two_workers_that_bring_the_same_answer_move_the_case_once(
    office: World, site: Loopback, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = away(site, "/nes.ocsp")
    case = applied(office, me, held)
    site.answers |= back
    effect, real = asking(office), lifting.prepare

    def overtaken(*given: Any) -> dict[str, object]:  # noqa: ANN401 - passed on
        found = real(*given)
        monkeypatch.setattr(lifting, "prepare", real)
        run_effect(office.office, *effect)
        return found

    monkeypatch.setattr(lifting, "prepare", overtaken)
    run_effect(office.office, *effect)
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
        patch.setattr(office.office, "point", dies)
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
    payload = office.claimed("consent", consent, me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    database, now = office.office.database, office.clock.now()
    found = lifting.prepare(database, office.services, ("e_onay", consent), container, now)
    assert not lifting.waits(office.services, found, "e_onay")
    with denied("signature.nothing_to_ask"):
        office.office.fire(consent, "await_status", applicant(me), payload | found)
    bad = office.sign_bytes(held, b"another text")
    with denied("signature.hash_failure"):
        office.office.fire(consent, "await_status", applicant(me), payload | {"container": bad})


def test_nobody_confirms_a_signature_by_hand_or_without_one(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/tsa")
    case = applied(office, me, held)
    with denied("signature.missing"):
        office.office.fire(case, "confirm_signature", EFFECT)
    kept = office.all(Signature)[0]
    payload = {"container": kept.container, "signature": kept.id}
    with unanswered("signature.not_stamped"):
        office.office.fire(case, "confirm_signature", EFFECT, payload)
    assert office.state(case) == "awaiting_status"
    with pytest.raises(WrongState):
        office.office.fire(case, "change_method", applicant(me))


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
        payload = office.claimed("application", case, me)
        container = office.sign_bytes(held, content, profile)
        payload |= lifting.prepare(
            office.office.database, office.services, ("e_imza", case), container,
            office.clock.now(),
        )  # fmt: skip
        office.office.fire(case, "await_status", applicant(me), payload)
        site.answers |= back
        later(office, MINUTE)
        ask(office)
        assert office.state(case) == "queued"
        stamped = office.clock.now()
        (form,) = office.all(Augmentation)
        assert form.report["settles_at"] == (stamped + DAY).isoformat()
        assert form.augment_at == stamped + DAY
        later(office, DAY)
        assert Completion(office.office).run() == {"B-LT": 1}
        assert [row.n for row in office.all(Augmentation)] == [1, 2]
        assert start(office, case) == "in_production"


def test_without_services_any_more_the_case_goes_on_waiting(
    office: World, world: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    offered(office, me, held)
    with pytest.raises(StatusUnknown):
        run_effect(world.office, *asking(office))


def test_the_judgement_of_the_check_is_the_one_that_is_kept(
    world: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []
    real = validate

    def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        judged.append(given)
        return real(*given, **named)

    monkeypatch.setattr("handlers.judgement.validate", counted)
    world.consent(me, held)
    assert len(judged) == 1


def test_nothing_is_judged_under_the_lock_where_others_were_asked(
    office: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = office.offer(me)
    payload = office.claimed("consent", consent, me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    database, now = office.office.database, office.clock.now()
    payload |= lifting.prepare(database, office.services, ("e_onay", consent), container, now)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr("handlers.judgement.validate", never)
        office.office.fire(consent, "sign", applicant(me), payload)
    assert office.read(Consent, consent).state == "in_force"


@pytest.mark.parametrize("swap", ["container", "age"])
def test_a_judgement_of_other_bytes_or_of_long_ago_counts_for_nothing(
    office: World, me: int, held: Held, swap: str
) -> None:
    consent = office.offer(me)
    payload = office.claimed("consent", consent, me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    database, now = office.office.database, office.clock.now()
    payload |= lifting.prepare(database, office.services, ("e_onay", consent), container, now)
    if swap == "container":
        payload["container"] = office.sign_bytes(held, b"another text")
        with denied("signature.hash_failure"):
            office.office.fire(consent, "sign", applicant(me), payload)
        return
    office.clock.advance(seconds=61)
    office.office.fire(consent, "sign", applicant(me), payload)
    (kept,) = office.all(Signature)
    assert kept.judged_at == office.clock.now()


def test_an_officer_can_not_take_a_signature_to_wait_for_somebody(
    office: World, site: Loopback, me: int, held: Held
) -> None:
    away(site, "/nes.ocsp")
    case = applied(office, me, held)
    allowed = {one.transition.name for one in office.office.explain(case, officer()) if one.allowed}
    assert not allowed & {"confirm_signature", "sign_again", status.AWAIT}
    assert office.all(Certificate)[0].state == "active"
