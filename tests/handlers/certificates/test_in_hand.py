"""Which certificates prove somebody: those that he has in his hands, never one on its way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.cards.seed import Held
from handlers.certificates.validity import made_for, valid_of
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import by_hand
from tests.handlers.certificates.test_succession import activate, made, new_of
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import applicant, officer, operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

END = date(2026, 4, 10)
ASKED = {"asked_by": "office", "recognised": "own_records"}


def proved(world: World, case: int, me: int) -> bool:
    """Say whether the person has a certificate that proves him; rule and handlers say the same."""
    facts = world.engine.library.workflow("application").facts
    names = ("person_valid_until", "person_seen_until")
    columns = ", ".join(f"{facts[name].sql} IS NOT NULL AS {name}" for name in names)
    found = text(f"SELECT {columns} FROM application c WHERE c.id = :id")
    now = world.clock.now()
    with world.engine.database.connect() as connection:
        [row] = connection.execute(found, {"id": case})
        told = valid_of(connection, me, now) is not None
        assert (valid_of(connection, me, now, seen=True) is not None) is told
        assert made_for(connection, me, now) is not None
    assert set(row) == {told}
    return told


def couriered(world: World, me: int, kind: str, old: int | None, method: str) -> int:
    case = world.file(me, kind, old)
    if world.choose(case, me, method).state != "queued":
        assert by_hand(world, case) == "queued"
    made(world, case)
    return case


def test_a_first_certificate_proves_its_holder_once_he_has_activated_it(
    world: World, me: int
) -> None:
    case = couriered(world, me, "first", None, "in_person")
    new = new_of(world, case)
    assert not proved(world, case, me)
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert not proved(world, case, me)
    world.engine.fire(new.id, "hold", officer(), ASKED, reason="identity_doubt")
    assert not proved(world, case, me)
    world.engine.fire(new.id, "release_hold", officer(), reason="geldi")
    assert world.read(Certificate, new.id).suspended_by == "holder"
    assert not proved(world, case, me)
    activate(world, me, Held(new.id, "", ""), new)
    assert proved(world, case, me)
    world.engine.fire(new.id, "suspend", applicant(me))
    assert proved(world, case, me)
    world.engine.fire(new.id, "hold", officer(), ASKED, reason="identity_doubt")
    assert proved(world, case, me)


def test_beside_one_that_travels_there_is_neither_a_first_nor_an_additional_one(
    world: World, me: int
) -> None:
    case = couriered(world, me, "first", None, "in_person")
    reference = new_of(world, case).reference
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    with denied("form.not_first", certificate=reference):
        world.file(me, "first")
    with denied("form.additional_to_none"):
        world.file(me, "additional")


def test_what_has_not_arrived_is_not_replaced(world: World, me: int) -> None:
    case = couriered(world, me, "first", None, "in_person")
    new, reference = new_of(world, case), world.read(Application, case).reference
    for kind in ("lost", "fault", "renewal"):
        with denied("form.old_certificate_on_its_way", reference=reference):
            world.file(me, kind, new.id)
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    lost = world.file(me, "lost", new.id)
    for method, code in (("e_onay", "treated_as_first"), ("wet_signature", "paper_not_accepted")):
        with denied(f"form.{code}"):
            world.choose(lost, me, method)
    assert world.choose(lost, me, "in_person").state == "in_person"
    assert by_hand(world, lost) == "queued"


def test_an_e_onay_approves_no_loss_of_a_card_that_was_never_activated(
    world: World, me: int
) -> None:
    held = world.card(me, END)
    world.consent(me, held)
    case = couriered(world, me, "renewal", held.certificate_id, "e_onay")
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.write("UPDATE consent SET state = 'withdrawn'")
    lost = world.file(me, "lost", new_of(world, case).id)
    assert world.choose(lost, me, "e_onay").state == "e_onay"
    world.write("UPDATE consent SET state = 'in_force'")
    world.write("UPDATE certificate SET state = 'expired' WHERE id = :id", id=held.certificate_id)
    with denied("method_fits"):
        world.press(lost, me)
