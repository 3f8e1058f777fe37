"""Which kinds of application fit the certificates of a person, by the moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.papers.document import Document
from tests.handlers.applications.test_published import standing
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, applicant, officer, operator, payload_of
from workflow.model.refusal import Conflict

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

END = date(2026, 4, 10)
LATE = date(2026, 8, 10)
SAME_END = ("fault", "puk_blocked", "reissue")


def paper(world: World, case: int) -> dict[str, object]:
    """Return what an officer registers: the signed form and an identity card."""
    form = world.read(Document, world.read(Application, case).form_sha256)
    documents = [
        {"kind": kind, "number": "1", "copy_at": "arşiv 1"}
        for kind in ("application_form", "identity_card")
    ]
    return {"documents": documents, "verification_code": form.verification_code}


def by_hand(world: World, case: int) -> str:
    """Let two officers take an application that was signed by hand; return where it stands."""
    world.engine.fire(case, "register_paper", officer(1), paper(world, case))
    return approve_paper(world, case, officer(2)).state


def test_nobody_applies_for_a_number_that_is_no_person_s(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        world.file(424_242, "first")
    assert refused.value.params["constraint"] == "fk_application_person_id"


def holder(world: World, ends_on: date = LATE) -> tuple[int, int]:
    """Return a person with a certificate of ours and an e-onay."""
    me = world.person()
    held = world.card(me, ends_on)
    world.consent(me, held)
    return me, held.certificate_id


def no_card_unlocks(world: World) -> None:
    """Have the office hold no unlock secret, so that a blocked card needs a successor."""
    world.write("UPDATE card SET so_pin_sealed = NULL")


def delivered(world: World, kind: str, me: int, old: int | None, ends_on: date) -> int:
    """Bring an application to its end behind the office's back; return its new certificate."""
    case = world.open(me, kind, old)
    new = world.certificate(me, ends_on, "d4e5f6")
    world.write("UPDATE certificate SET application_id = :c WHERE id = :n", c=case, n=new)
    world.write(
        "UPDATE application SET state = 'delivered', certificate_id = :n WHERE id = :c",
        n=new, c=case,
    )  # fmt: skip
    return new


@pytest.mark.parametrize("kind", SAME_END)
def test_what_takes_over_the_old_end_is_not_filed_for_a_certificate_that_ended(
    world: World, kind: str
) -> None:
    me = world.person()
    old = world.certificate(me, END)
    world.write("UPDATE certificate SET seen = 'made'")
    world.clock.set(datetime(2026, 4, 10, 20, 59, 59, tzinfo=UTC))
    with denied("rest_enough", old_certificate_ends_on=END):
        world.open(me, kind, old)
    world.clock.advance(seconds=1)
    reference = world.read(Certificate, old).reference
    with denied("form.old_certificate_not_in_force", certificate=reference):
        world.open(me, kind, old)


@pytest.mark.parametrize("kind", SAME_END)
def test_nor_for_a_revoked_one_though_for_a_suspended_one(world: World, kind: str) -> None:
    me = world.person()
    old = world.certificate(me, END)
    world.write("UPDATE certificate SET state = 'suspended', seen = 'made'")
    world.engine.fire(world.open(me, kind, old), "cancel", applicant(me))
    world.write("UPDATE certificate SET state = 'revoked'")
    with denied("form.old_certificate_not_in_force"):
        world.open(me, kind, old)


def test_a_certificate_that_ended_after_the_choice_approves_and_produces_nothing(
    world: World,
) -> None:
    me, old = holder(world)
    world.write("UPDATE consent SET state = 'withdrawn'")
    case = world.file(me, "lost", old)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    world.write("UPDATE consent SET state = 'in_force'")
    world.write("UPDATE certificate SET state = 'expired'")
    with denied("method_fits"):
        world.press(case, me)
    world.write("UPDATE certificate SET state = 'active'")
    assert world.press(case, me).state == "queued"
    world.write("UPDATE certificate SET state = 'expired'")
    with denied("method_still_fits"):
        world.engine.fire(case, "start_production", operator())


def test_a_fault_approved_in_time_is_not_produced_once_the_old_certificate_has_ended(
    world: World,
) -> None:
    me, old = holder(world)
    other = world.certificate(me, date(2027, 1, 1))
    case = world.file(me, "fault", old)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=old)
    with denied("old_in_force", kind="fault"):
        world.engine.fire(case, "start_production", operator())
    assert world.read(Certificate, other).state == "active"


def test_an_additional_certificate_is_given_beside_one_in_force_only(world: World) -> None:
    me = world.person()
    with denied("form.additional_to_none"):
        world.file(me, "additional")
    world.certificate(me, END)
    case = world.file(me, "additional")
    world.choose(case, me, "wet_signature")
    world.clock.advance(days=50)
    world.engine.fire(case, "register_paper", officer(1), paper(world, case))
    with denied("method_fits"):
        approve_paper(world, case, officer(2))


def test_in_person_no_additional_one_is_approved_or_produced_beside_none(world: World) -> None:
    me = world.person()
    world.certificate(me, END)
    case = world.file(me, "additional")
    world.choose(case, me, "in_person")
    assert by_hand(world, case) == "queued"
    world.clock.advance(days=50)
    with denied("beside_a_valid_one"):
        world.engine.fire(case, "start_production", operator())


def test_additional_certificates_have_a_limit(world: World) -> None:
    me = world.person()
    world.certificate(me, END)
    case = world.file(me, "additional")
    second = world.certificate(me, END, "b2c3d4")
    world.choose(case, me, "wet_signature")
    world.engine.fire(case, "register_paper", officer(1), paper(world, case))
    with denied("form.too_many", most=2):
        approve_paper(world, case, officer(2))
    with denied("form.too_many", most=2):
        world.file(me, "additional", second)
    # One that is yet to begin is none of those that are in force.
    later = world.clock.now() + timedelta(days=30)
    world.write("UPDATE certificate SET not_before = :at WHERE id = :id", at=later, id=second)
    assert approve_paper(world, case, officer(2)).state == "queued"


@pytest.mark.parametrize("gone", ["revoked", "expired"])
def test_a_renewal_of_what_is_gone_opens_at_once_and_begins_now(world: World, gone: str) -> None:
    me, old = holder(world, date(2028, 11, 29))
    world.write("UPDATE certificate SET state = :gone", gone=gone)
    case = world.file(me, "renewal", old)
    world.choose(case, me, "in_person")
    assert world.read(Application, case).production_opens_on == date(2026, 3, 2)
    assert by_hand(world, case) == "queued"
    world.clock.advance(days=3)
    world.engine.fire(case, "start_production", operator())
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert new.not_before == world.clock.now()


def test_a_renewal_held_on_paper_goes_on_the_day_its_old_certificate_is_revoked(
    world: World,
) -> None:
    me, old = holder(world)
    other = world.certificate(me, date(2027, 1, 1))
    case = world.file(me, "renewal", old)
    world.choose(case, me, "wet_signature")
    assert by_hand(world, case) == "held"
    with denied("old_certificate_gone"):
        world.engine.fire(case, "release_gone", SYSTEM)
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=old)
    assert world.engine.fire(case, "release_gone", SYSTEM).state == "queued"
    assert world.read(Application, case).production_opens_on == date(2026, 3, 2)
    world.engine.fire(case, "start_production", operator())
    assert world.read(Certificate, other).state == "active"


@pytest.mark.parametrize(
    ("state", "move", "wrong", "rule"),
    [
        ("wet_signature", "offer_paper", "offer_in_person", "paper_not_accepted"),
        ("in_person", "offer_in_person", "offer_paper", "paper_accepted"),
    ],
)
def test_a_held_renewal_whose_certificate_was_revoked_is_offered_what_is_left(
    world: World, state: str, move: str, wrong: str, rule: str
) -> None:
    me, old = holder(world)
    case = world.file(me, "renewal", old)
    assert world.choose(case, me, "e_onay").state == "held"
    before = world.read(Application, case).form_sha256
    world.engine.fire(old, "revoke", applicant(me), reason="çalındı")
    if state == "wet_signature":
        world.certificate(me, date(2027, 1, 1))
    with denied(rule):
        world.engine.fire(case, wrong, SYSTEM)
    world.engine.fire(case, move, SYSTEM)
    application = world.read(Application, case)
    assert (application.state, application.method) == (state, state)
    assert application.form_sha256 != before
    assert application.production_opens_on == date(2026, 3, 2)
    assert world.all(Notice) == []
    world.run_effects("notice.paper_needed", "notice.in_person_needed")
    [told] = world.all(Notice)
    assert told.template == move.replace("offer_", "") + "_needed"


def test_paper_approved_while_a_certificate_was_in_force_does_not_make_one_for_a_first(
    world: World,
) -> None:
    me = world.person()
    old = world.certificate(me, END)
    case = world.file(me, "renewal", old)
    world.choose(case, me, "wet_signature")
    assert by_hand(world, case) == "queued"
    world.write("UPDATE certificate SET state = 'revoked'")
    with denied("method_still_fits"):
        world.engine.fire(case, "start_production", operator())
    assert world.engine.fire(case, "offer_in_person", SYSTEM).state == "in_person"


@pytest.mark.parametrize("kind", ["renewal", "lost"])
def test_a_certificate_is_replaced_once_as_long_as_its_successor_lives(
    world: World, kind: str
) -> None:
    me = world.person()
    old = world.certificate(me, LATE)
    new = delivered(world, kind, me, old, date(2029, 8, 10))
    if kind == "lost":
        world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=old)
    with denied("form.replaced_already"):
        world.open(me, kind, old)
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=new)
    assert world.state(world.open(me, kind, old)) == "draft"


def test_a_card_stolen_after_its_renewal_is_replaced_while_that_one_is_yet_to_begin(
    world: World,
) -> None:
    me = world.person()
    old = world.certificate(me, LATE)
    new = delivered(world, "renewal", me, old, date(2029, 8, 10))
    with denied("form.replaced_already"):
        world.file(me, "lost", old)
    later = world.clock.now() + timedelta(days=100)
    world.write("UPDATE certificate SET not_before = :at WHERE id = :id", at=later, id=new)
    assert world.state(world.file(me, "lost", old)) == "draft"


def test_two_certificates_have_an_application_of_a_kind_each(world: World) -> None:
    me, first = holder(world)
    second = world.certificate(me, LATE, "b2c3d4")
    for old in (first, second):
        assert world.choose(world.file(me, "renewal", old), me, "e_onay").state == "held"
        assert world.state(world.file(me, "lost", old)) == "draft"
    with pytest.raises(Conflict):
        world.file(me, "renewal", second)


def test_additional_ones_for_different_certificates_are_still_one_need(world: World) -> None:
    me, old = holder(world)
    second = world.file(me, "additional")
    with pytest.raises(Conflict):
        world.file(me, "additional", old)
    assert world.choose(second, me, "e_onay").state == "queued"
    with denied("form.too_many", most=2):
        world.file(me, "additional", old)


@pytest.mark.parametrize("kind", ["lost", "fault", "puk_blocked", "reissue"])
def test_what_ends_a_certificate_takes_the_place_of_its_renewal_and_the_person_is_told(
    world: World, kind: str
) -> None:
    me, old = holder(world)
    no_card_unlocks(world)
    other = world.certificate(me, LATE, "b2c3d4")
    renewal = world.file(me, "renewal", old)
    assert world.choose(renewal, me, "e_onay").state == "held"
    untouched = world.file(me, "renewal", other)
    assert world.choose(untouched, me, "e_onay").state == "held"
    case = world.open(me, kind, old)
    assert world.choose(case, me, "e_onay").state == "queued"
    assert (world.state(renewal), world.state(untouched)) == ("cancelled", "held")
    world.run_effects("notice.gave_way")
    reference = world.read(Application, case).reference
    [told] = [row for row in world.all(Notice) if row.template == "gave_way"]
    assert (told.case_id, reference in told.text) == (renewal, True)
    world.engine.fire(case, "start_production", operator())


def test_a_renewal_that_is_being_made_gives_no_way(world: World) -> None:
    me, old = holder(world, END)
    renewal = world.file(me, "renewal", old)
    assert world.choose(renewal, me, "e_onay").state == "queued"
    world.engine.fire(renewal, "start_production", operator())
    lost = world.file(me, "lost", old)
    assert world.choose(lost, me, "e_onay").state == "e_onay"
    with denied("form.other_open", reference=world.read(Application, renewal).reference):
        world.engine.fire(lost, "approve_e_onay", SYSTEM)


def test_a_renewal_that_stands_by_an_older_definition_is_named_to_be_cancelled_first(
    world: World,
) -> None:
    me, old = holder(world)
    renewal = standing(world, me, "renewal", old)
    assert world.choose(renewal, me, "e_onay").state == "held"
    lost = world.file(me, "lost", old)
    assert world.choose(lost, me, "e_onay").state == "e_onay"
    with denied("form.other_open", reference=world.read(Application, renewal).reference):
        world.engine.fire(lost, "approve_e_onay", SYSTEM)
    world.engine.fire(renewal, "cancel", applicant(me))
    assert world.engine.fire(lost, "approve_e_onay", SYSTEM).state == "queued"


@pytest.mark.parametrize("kind", ["renewal", "lost", "reissue", "puk_blocked", "fault"])
def test_any_certificate_of_the_person_that_signs_serves_for_e_imza(
    world: World, kind: str
) -> None:
    me = world.person()
    old = world.card(me, END).certificate_id
    no_card_unlocks(world)
    case = world.open(me, kind, old)
    world.write("UPDATE certificate SET state = 'suspended'")
    with denied("form.no_valid_certificate"):
        world.choose(case, me, "e_imza")
    other = world.card(me, LATE)
    assert world.choose(case, me, "e_imza").state == "e_imza"
    claimed = world.claimed("application", case, me)
    payload = payload_of(claimed, world.sign(other, world.read(Application, case).form_sha256))
    assert world.engine.fire(case, "approve_e_imza", applicant(me), payload).state == "queued"


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("fault", "form.old_certificate_not_in_force"), ("lost", "form.treated_as_first")],
)
def test_a_case_of_an_older_definition_is_asked_the_same_at_its_approval(
    world: World, kind: str, rule: str
) -> None:
    me, old = holder(world)
    case = standing(world, me, kind, old)
    world.write("UPDATE consent SET state = 'withdrawn'")
    assert world.choose(case, me, "e_onay").state == "e_onay"
    world.write("UPDATE consent SET state = 'in_force'")
    world.write("UPDATE certificate SET state = 'expired'")
    with denied(rule):
        world.press(case, me)
    world.write("UPDATE certificate SET state = 'active'")
    assert world.press(case, me).state == "queued"
    world.write("UPDATE certificate SET state = 'expired'")
    with denied(rule):
        world.engine.fire(case, "start_production", operator())


def test_a_case_of_an_older_definition_keeps_its_policy_on_paper(world: World) -> None:
    case = standing(world, world.person(), "first")
    me = world.read(Application, case).person_id
    world.choose(case, me, "wet_signature")
    assert by_hand(world, case) == "queued"
