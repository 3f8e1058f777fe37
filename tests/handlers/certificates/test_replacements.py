"""One living certificate for one need, however many cards came between and whatever became of them.

A is the old certificate, R its delivered renewal that is yet to begin; B, C, L came after them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.certificates.validity import span_from
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import by_hand
from tests.handlers.certificates.test_succession import made, new_of
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, officer, operator
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

END = date(2026, 4, 10)
BEGINS = start_of_day(END + timedelta(days=1))
SECOND = timedelta(seconds=1)
LONG = date(2029, 3, 1)


@pytest.fixture
def a(world: World, me: int) -> int:
    return world.certificate(me, END, "a1")


def came(
    world: World,
    me: int,
    kind: str,
    old: int | None,
    *,
    gone: bool = True,
    begins: datetime | None = None,
    ends_on: date = LONG,
    state: str = "delivered",
) -> int:
    """Bring an application to its end behind the office's back; return its new certificate.

    The old one is revoked, if it is ``gone`` with that.
    """  # fmt: skip
    case = world.open(me, kind, old)
    new = world.certificate(me, ends_on, f"b{case:x}")
    world.write(
        "UPDATE certificate SET application_id = :c, not_before = :b, seen = 'made' WHERE id = :n",
        c=case, n=new, b=begins or world.clock.now(),
    )  # fmt: skip
    world.write(
        "UPDATE application SET state = :s, certificate_id = :n WHERE id = :c",
        s=state, n=new, c=case,
    )  # fmt: skip
    if gone and old is not None:
        revoke(world, old)
    return new


def revoke(world: World, certificate: int) -> None:
    world.write(
        "UPDATE certificate SET state = 'revoked', revoked_at = :now WHERE id = :id",
        now=world.clock.now(), id=certificate,
    )  # fmt: skip


def renewed(world: World, me: int, old: int, state: str = "delivered") -> int:
    return came(
        world, me, "renewal", old, gone=False, begins=BEGINS, ends_on=date(2029, 4, 10),
        state=state,
    )  # fmt: skip


def produced(world: World, case: int, me: int) -> Certificate:
    world.choose(case, me, "in_person")
    assert by_hand(world, case) == "queued"
    world.engine.fire(case, "start_production", operator())
    return new_of(world, case)


def by(world: World, certificate: int) -> str:
    """Return the application that made a certificate."""
    application = world.read(Certificate, certificate).application_id
    return world.read(Application, application).reference


def test_a_renewal_that_was_lost_leads_on_to_the_card_made_for_it(
    world: World, me: int, a: int
) -> None:
    made_for = came(world, me, "lost", renewed(world, me, a))
    with denied("form.replaced_already", reference=by(world, made_for)):
        world.open(me, "renewal", a)


@pytest.mark.parametrize("state", ["delivered", "delivery_contested"])
def test_every_card_made_for_a_lost_one_serves_until_the_renewal_begins(
    world: World, me: int, a: int, state: str
) -> None:
    renewal = renewed(world, me, a)
    b = came(world, me, "lost", a, ends_on=END)
    c = came(world, me, "lost", b, ends_on=END)
    contested = world.read(Certificate, renewal).application_id
    world.write("UPDATE application SET state = :s WHERE id = :c", s=state, c=contested)
    with denied("form.replaced_already", reference=by(world, renewal)):
        world.open(me, "renewal", c)
    d = produced(world, world.open(me, "lost", c), me)
    assert (d.not_before, d.ends_at) == (world.clock.now(), BEGINS - SECOND)


@pytest.mark.parametrize(("first", "second"), [("data_change", "fault"), ("lost", "lost")])
@pytest.mark.parametrize("again", ["data_change", "renewal", "lost"])
def test_what_was_replaced_twice_is_not_replaced_again_from_its_beginning(
    world: World, me: int, a: int, first: str, second: str, again: str
) -> None:
    c = came(world, me, second, came(world, me, first, a))
    with denied("form.replaced_already", reference=by(world, c)):
        world.open(me, again, a)
    revoke(world, c)
    assert world.open(me, again, a)


def test_a_first_one_takes_the_place_of_all_that_had_ended(world: World, me: int, a: int) -> None:
    world.clock.set(BEGINS)
    world.write("UPDATE certificate SET state = 'expired' WHERE id = :a", a=a)
    first = came(world, me, "first", None)
    with denied("form.replaced_already", reference=by(world, first)):
        world.open(me, "renewal", a)
    after = came(world, me, "lost", first)
    with denied("form.replaced_already", reference=by(world, after)):
        world.open(me, "renewal", a)
    beside = came(world, me, "additional", None, gone=False)
    world.clock.advance(seconds=1)
    revoke(world, beside)
    assert world.open(me, "lost", beside)  # which was there when the first one was made


@pytest.mark.parametrize("kind", ["fault", "reissue"])
def test_what_takes_over_an_end_takes_over_the_beginning_that_is_yet_to_come(
    world: World, me: int, a: int, kind: str
) -> None:
    renewal = renewed(world, me, a)
    world.write("UPDATE certificate SET seen = 'made'")
    new = produced(world, world.open(me, kind, renewal), me)
    old = world.read(Certificate, renewal)
    assert (new.not_before, new.ends_at) == (BEGINS, old.ends_at)


@pytest.mark.parametrize("kind", ["fault", "damaged", "puk_blocked", "reissue"])
def test_a_card_that_breaks_beside_its_renewal_is_replaced_until_that_begins(
    world: World, me: int, a: int, kind: str
) -> None:
    renewal = renewed(world, me, a)
    world.write("UPDATE certificate SET seen = 'made'")
    new = produced(world, world.open(me, kind, a), me)
    assert (new.not_before, new.ends_at) == (world.clock.now(), BEGINS - SECOND)
    world.write("UPDATE application SET state = 'delivered' WHERE state = 'in_production'")
    world.write("UPDATE certificate SET state = 'active' WHERE id = :n", n=new.id)
    with denied("form.replaced_already", reference=by(world, renewal)):
        world.open(me, "renewal", new.id)


def test_one_that_is_being_made_counts_by_whatever_way_it_comes(
    world: World, me: int, a: int
) -> None:
    b = came(world, me, "lost", a)
    other = came(world, me, "lost", b, state="in_production")
    world.write("UPDATE certificate SET state = 'reserved' WHERE id = :n", n=other)
    with denied("form.replaced_already", reference=by(world, other)):
        world.open(me, "renewal", a)


def test_an_additional_one_comes_of_no_other(world: World, me: int, a: int) -> None:
    renewal = renewed(world, me, a)
    filed = world.read(Application, world.open(me, "additional", a))
    assert (filed.old_certificate_id, filed.old_ends_on) == (None, None)
    # One of before still names the certificate with which it was filed.
    world.write("UPDATE application SET old_certificate_id = :a WHERE id = :c", a=a, c=filed.id)
    beside = world.certificate(me, LONG, "c1")
    world.write(
        "UPDATE certificate SET application_id = :c, not_before = :now WHERE id = :n",
        c=filed.id, now=world.clock.now(), n=beside,
    )  # fmt: skip
    world.write(
        "UPDATE application SET state = 'delivered', certificate_id = :n WHERE id = :c",
        n=beside, c=filed.id,
    )  # fmt: skip
    lost = produced(world, world.open(me, "lost", beside), me)
    assert (lost.not_before, lost.ends_at) == span_from(world.clock.now())
    assert world.read(Certificate, renewal).state == "active"


def test_a_record_that_was_struck_and_listed_anew_is_the_same_certificate(
    world: World, me: int
) -> None:
    stated = world.stated(me, END, "a1")
    b = came(world, me, "lost", stated, gone=False)
    world.engine.fire(stated, "strike", officer(), reason="typed_wrongly")
    again = world.stated(me, END, "a1")
    for kind in ("renewal", "lost"):
        with denied("form.replaced_already", reference=by(world, b)):
            world.open(me, kind, again)


@pytest.mark.parametrize("method", ["e_onay", "in_person"])
def test_a_renewal_lost_on_its_way_is_made_again_after_the_card_that_serves_until_then(
    world: World, me: int, method: str
) -> None:
    a = world.card(me, END)
    world.consent(me, a)
    case = world.file(me, "renewal", a.certificate_id)
    world.choose(case, me, method)
    if method == "in_person":
        by_hand(world, case)
    made(world, case)
    first = new_of(world, case)
    world.write("UPDATE application SET state = 'delivered' WHERE id = :c", c=case)
    b = came(world, me, "lost", a.certificate_id, ends_on=END)
    world.write("UPDATE application SET state = 'courier_silent' WHERE id = :c", c=case)
    world.engine.fire(case, "report_lost", operator(), reason="araç kazası")
    world.engine.fire(case, "make_again", operator(), reason="by_courier")
    world.engine.fire(case, "resume_production", operator())
    if method == "e_onay":  # it was given with the card that is gone
        with denied("renewable_or_on_paper"):
            world.engine.fire(case, "start_production", operator())
        world.engine.fire(case, "offer_paper", SYSTEM)
        by_hand(world, case)
    world.engine.fire(case, "start_production", operator())
    again = new_of(world, case)
    assert again.id != first.id
    assert (again.not_before, world.read(Certificate, b).ends_at) == (BEGINS, BEGINS - SECOND)


def test_what_was_approved_and_is_yet_to_be_made_counts_as_one_that_a_person_has(
    world: World, me: int, a: int
) -> None:
    other = world.certificate(me, LONG, "c1")
    lost = world.open(me, "lost", a)
    world.choose(lost, me, "in_person")
    assert by_hand(world, lost) == "queued"
    revoke(world, a)
    with denied("form.too_many", most=2):
        world.open(me, "additional")
    world.engine.fire(lost, "start_production", operator())
    assert new_of(world, lost).state == "reserved"
    with denied("form.too_many", most=2):
        world.open(me, "additional")
    assert world.open(me, "renewal", other)


def test_of_several_beside_one_only_so_many_are_approved_as_there_may_be(
    world: World, me: int
) -> None:
    assert world.certificate(me, END, "a1")
    gone = [world.certificate(me, LONG, serial) for serial in ("c1", "c2")]
    for certificate in gone:
        revoke(world, certificate)
    additional, renewal = world.open(me, "additional"), world.open(me, "renewal", gone[1])
    cases = (additional, world.open(me, "lost", gone[0]), renewal)
    for case in cases:
        world.choose(case, me, "in_person")
    assert by_hand(world, cases[0]) == "queued"
    for case in cases[1:]:
        with denied("form.too_many", most=2):
            by_hand(world, case)
    world.engine.fire(additional, "start_production", operator())
    assert new_of(world, additional).state == "reserved"
