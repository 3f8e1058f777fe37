"""One living certificate for one need, however many cards came between and whatever became of them.

A is the old certificate, R its delivered renewal that is yet to begin; B, C, L came after them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from states.application import Application
from states.certificate import Certificate
from tests.handlers.refusals import denied
from tests.handlers.test_fitness import by_hand
from tests.handlers.test_succession import new_of
from tests.handlers.world import operator
from workflow.clock import start_of_day

if TYPE_CHECKING:
    from tests.handlers.world import World

END = date(2026, 4, 10)
BEGINS = start_of_day(END + timedelta(days=1))
SECOND = timedelta(seconds=1)
LONG = date(2029, 3, 1)


@pytest.fixture
def me(world: World) -> int:
    return world.person()


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
        "UPDATE certificate SET application_id = :c, not_before = :b WHERE id = :n",
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
    world.office.fire(case, "start_production", operator())
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
    new = produced(world, world.open(me, kind, renewal), me)
    old = world.read(Certificate, renewal)
    assert (new.not_before, new.ends_at) == (BEGINS, old.ends_at)


@pytest.mark.parametrize("kind", ["fault", "damaged", "puk_blocked", "reissue"])
def test_a_card_that_breaks_beside_its_renewal_is_replaced_until_that_begins(
    world: World, me: int, a: int, kind: str
) -> None:
    renewal = renewed(world, me, a)
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
    made = came(world, me, "lost", b, state="in_production")
    world.write("UPDATE certificate SET state = 'reserved' WHERE id = :n", n=made)
    with denied("form.replaced_already", reference=by(world, made)):
        world.open(me, "renewal", a)
