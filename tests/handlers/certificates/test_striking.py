"""A certificate that was typed wrongly and never seen is struck, with all that rests on it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.lists.staff_list import COLUMNS
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from tests.handlers.applications.test_fitness import by_hand
from tests.handlers.lists.test_intake import faults, upload
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import SOON
from tests.kit.handlers.world import (
    AYSE,
    ISMAIL,
    SYSTEM,
    World,
    applicant,
    coordinator,
    officer,
    operator,
)
from workflow.model.actor import Actor
from workflow.model.refusal import OwnCase, ReasonMissing, Refused, RoleNotAllowed, WrongState
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.lists.import_result import Entered

SERIAL = "a1b2c3"
WRONG = "typed_wrongly"


@pytest.fixture
def stated(world: World, me: int) -> int:
    return world.stated(me, SOON, SERIAL)


def strike(world: World, certificate: int, reason: str | None = WRONG) -> None:
    world.engine.fire(certificate, "strike", officer(), reason=reason)


def codes(entered: Entered) -> list[str]:
    return [code for _, code in faults(entered)]


def row(
    serial: str, tckn: str = AYSE, name: str = "Ayşe", surname: str = "Örnekoğlu"
) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {
        "tckn": tckn, "given_name": name, "surname": surname, "institution_code": "TEST-16-01-1",
        "serial": serial, "ends_on": SOON.isoformat(),
    }  # fmt: skip


def test_what_was_typed_wrongly_stands_in_nobodys_way_once_it_is_struck(
    world: World, me: int, stated: int
) -> None:
    with denied("form.not_first"):
        world.file(me, "first")
    strike(world, stated)
    assert world.read(Certificate, stated).state == "void"
    world.file(me, "first")
    world.run_effects()
    [notice] = world.all(Notice, template="certificate_struck")
    assert "Neden: Seri numarası ya da bitiş tarihi yanlış yazılmış" in notice.text
    assert SERIAL in notice.text


def test_its_number_is_free_for_the_true_holder_and_for_the_same_person_again(
    world: World, me: int, stated: int
) -> None:
    other = row(SERIAL, ISMAIL, "İsmail", "Iraksak")
    assert codes(upload(world, [other])) == ["serial.taken"]
    strike(world, stated)
    entered = upload(world, [other])
    assert (entered.certificates, entered.rejected) == (1, [])
    assert codes(upload(world, [row(SERIAL)])) == ["serial.taken"]
    [true] = world.all(Certificate, serial=SERIAL, state="active")
    assert true.person_id != me
    strike(world, true.id)
    assert upload(world, [row(SERIAL)]).certificates == 1
    assert len(world.all(Certificate, serial=SERIAL)) == 3


def test_it_counts_no_longer_among_the_certificates_of_a_person(world: World, me: int) -> None:
    world.certificate(me, date(2027, 4, 10), "ee01")
    stated = world.stated(me, SOON, SERIAL)
    with denied("form.too_many"):
        world.file(me, "additional")
    strike(world, stated)
    assert world.file(me, "additional")


def test_what_rests_on_it_is_closed_and_its_person_is_told(
    world: World, me: int, stated: int
) -> None:
    case = world.file(me, "renewal", stated)
    strike(world, stated)
    assert world.state(case) == "cancelled"
    reference = world.read(Certificate, stated).reference
    entry = json.loads(world.all(JournalEntry, case_id=case, trigger="cancel_by_office")[0].body)
    assert entry["actor"] == officer().name
    assert entry["reason"] == f"other: Dayandığı sertifika kaydı düşüldü: {reference}"
    struck = json.loads(world.all(JournalEntry, case_id=stated, trigger="strike")[0].body)
    assert struck["details"] == {"closed": 1}
    world.run_effects()
    [notice] = world.all(Notice, template="cancelled")
    assert f"Dayandığı sertifika kaydı düşüldü: {reference}" in notice.text


def test_a_card_that_is_being_made_goes_on_and_so_does_another_need(
    world: World, me: int, stated: int
) -> None:
    case = world.file(me, "lost", stated)
    world.write("UPDATE application SET state = 'in_production' WHERE id = :id", id=case)
    other = world.certificate(me, date(2027, 4, 10), "ee01")
    renewal = world.file(me, "renewal", other)
    far = world.clock.now().replace(year=2027)
    world.write(
        "UPDATE application SET state = 'queued', due_at = :far WHERE id = :id",
        id=renewal, far=far,
    )  # fmt: skip
    strike(world, stated)
    assert (world.state(case), world.state(renewal)) == ("in_production", "queued")
    # What was refused because of the record is tried again.
    assert world.read(Application, renewal).due_at == world.clock.now()


def in_production(world: World, case: int, me: int) -> None:
    """Bring a case, signed by hand before an officer, to where its card is being made."""
    world.choose(case, me, "in_person")
    assert by_hand(world, case) == "queued"
    world.engine.fire(case, "start_production", operator())


def test_a_try_that_fails_after_the_record_was_struck_is_repeated(
    world: World, me: int, stated: int
) -> None:
    case = world.file(me, "lost", stated)
    in_production(world, case, me)
    strike(world, stated)
    world.engine.fire(case, "production_failed", SYSTEM, reason="card.faulty")
    world.clock.advance(minutes=11)
    sweep(world.engine)
    assert world.state(case) == "in_production"


def test_one_that_had_run_out_is_struck_in_the_midst_of_its_renewal_and_spared(
    world: World, me: int, stated: int
) -> None:
    case = world.file(me, "renewal", stated)
    world.clock.set(world.clock.now().replace(month=6))
    sweep(world.engine)
    assert world.state(case) == "expired"
    case = world.file(me, "renewal", stated)
    in_production(world, case, me)
    world.engine.fire(stated, "strike_ended", officer(), reason="no_such")
    world.engine.fire(case, "production_failed", SYSTEM, reason="card.faulty")
    world.engine.fire(case, "start_production", operator())
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert new.not_before == world.clock.now()


def test_a_card_that_was_lost_is_made_again_though_the_record_was_struck(
    world: World, me: int, stated: int
) -> None:
    case = world.file(me, "lost", stated)
    in_production(world, case, me)
    world.run_effects("production.make")
    world.engine.fire(case, "report_lost", operator(), reason="ofiste yok")
    strike(world, stated)
    assert world.state(case) == "lost"
    world.engine.fire(case, "make_again", operator(), reason="in_house")
    world.engine.fire(case, "resume_production", operator())
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"


def test_one_that_ran_out_unseen_is_struck_too(world: World, me: int, stated: int) -> None:
    del me
    world.clock.set(world.clock.now().replace(month=6))
    sweep(world.engine)
    assert world.read(Certificate, stated).state == "expired"
    with pytest.raises(WrongState):
        strike(world, stated)
    world.engine.fire(stated, "strike_ended", officer(), reason="no_such")
    assert world.read(Certificate, stated).state == "void"
    with pytest.raises(WrongState):
        world.engine.fire(stated, "strike_ended", officer(), reason="no_such")


@pytest.mark.parametrize("how", ["signature", "bytes", "authority", "made"])
def test_what_anybody_has_seen_is_never_struck(world: World, stated: int, how: str) -> None:
    world.write("UPDATE certificate SET seen = :how WHERE id = :id", how=how, id=stated)
    with denied("only_stated"):
        strike(world, stated)


def test_only_an_officer_strikes_with_a_reason_and_not_his_own(
    world: World, me: int, stated: int
) -> None:
    own = Actor("user:3", frozenset({"officer"}), "demo", me)
    with pytest.raises(OwnCase):
        world.engine.fire(stated, "strike", own, reason=WRONG)
    for actor in (applicant(me), coordinator(), operator()):
        with pytest.raises(RoleNotAllowed):
            world.engine.fire(stated, "strike", actor, reason=WRONG)
    with pytest.raises(ReasonMissing):
        strike(world, stated, "other")
    assert world.read(Certificate, stated).state == "active"


def test_an_application_that_can_not_be_closed_is_left_and_never_produced(
    world: World, me: int, stated: int
) -> None:
    case = before(world).file(me, "renewal", stated)
    world.write("UPDATE application SET state = 'approved', due_at = NULL WHERE id = :id", id=case)
    strike(world, stated)
    assert world.state(case) == "approved"
    assert world.read(Certificate, stated).state == "void"
    world.write("UPDATE application SET state = 'queued' WHERE id = :id", id=case)
    with pytest.raises(Refused):
        world.engine.fire(case, "start_production", operator())
