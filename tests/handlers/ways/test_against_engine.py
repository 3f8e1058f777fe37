"""The ways that are open are those that the engine lets a person go, kind by kind and method."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.ways.durations import Durations
from handlers.ways.way import RoutingDay
from tests.handlers.ways.test_facts import read
from tests.kit.handlers.world import applicant
from workflow.model.refusal import Conflict, RuleFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.ways.way import KindWays
    from tests.kit.handlers.world import World

    Situate = Callable[[World, int], None]

AT_ONCE = Durations(posting=0, review=0)
"""Paper that lies there already: so every method is judged by this very day."""

END = date(2026, 8, 10)
SOON = date(2026, 3, 10)
AFTER = date(2029, 8, 10)


def nothing(world: World, me: int) -> None:
    """Have no certificate."""


def active(world: World, me: int) -> None:
    """Have one in force that another house made."""
    world.certificate(me, END)


def ending(world: World, me: int) -> None:
    """Have one made here that ends in a week, begun three years ago."""
    world.certificate(me, SOON)
    world.write("UPDATE certificate SET seen = 'made', not_before = '2023-03-10'")


def typed(world: World, me: int) -> None:
    """Have one that nobody has seen."""
    world.stated(me, END)


def suspended(world: World, me: int) -> None:
    """Have one on hold."""
    world.certificate(me, END)
    world.write("UPDATE certificate SET state = 'suspended', seen = 'made'")


def expired(world: World, me: int) -> None:
    """Have one whose time is over."""
    world.certificate(me, END)
    world.write("UPDATE certificate SET state = 'expired', ends_on = '2026-03-01'")


def revoked(world: World, me: int) -> None:
    """Have one that was given up, beside one in force."""
    world.certificate(me, END)
    world.write("UPDATE certificate SET state = 'revoked', revoked_at = '2026-03-01'")
    world.certificate(me, date(2027, 8, 10), "b2")


def renewing(world: World, me: int) -> None:
    """Have one whose renewal is open, and wait for what was lost."""
    world.certificate(me, END)
    old = read(world, me).certificates[0].id
    world.file(me, "renewal", old)
    world.file(me, "lost", old)


def delivered(world: World, me: int) -> None:
    """Have one in force and its renewal, which is yet to begin."""
    active(world, me)
    case = world.file(me, "renewal", read(world, me).certificates[0].id)
    new = world.certificate(me, AFTER, "c3")
    world.write(
        "UPDATE certificate SET state = 'suspended', seen = 'made', application_id = :case,"
        " not_before = '2026-08-11', suspended_by = 'journey' WHERE id = :new",
        case=case, new=new,
    )  # fmt: skip
    world.write(
        "UPDATE application SET state = 'delivered', certificate_id = :new WHERE id = :case",
        case=case, new=new,
    )  # fmt: skip


def two(world: World, me: int) -> None:
    """Have as many as a person may have."""
    active(world, me)
    world.certificate(me, date(2027, 8, 10), "b2")


def left(world: World, me: int) -> None:
    """Have left the institution with a card."""
    active(world, me)
    world.write("UPDATE person SET standing = 'left'")


SITUATIONS = (
    nothing, active, ending, typed, suspended, expired, revoked, renewing, delivered, two, left,
)  # fmt: skip


def tried(world: World, me: int, kind: KindWays) -> tuple[str, set[str]]:
    """Return what refuses to file a kind, else the methods by which it goes on."""
    old = kind.certificate.id if kind.certificate else None
    try:
        case = world.file(me, kind.name, old)
    except RuleFailed as refusal:
        return refusal.verdict.code, set()
    except Conflict:
        return "form.other_open", set()
    chosen = {way.method for way in kind.ways if goes(world, me, case, way.method)}
    world.engine.fire(case, "cancel", applicant(me))
    return "", chosen


def goes(world: World, me: int, case: int, method: str) -> bool:
    """Say whether an application goes on by a method; it is taken back to be tried by another."""
    try:
        state = world.choose(case, me, method).state
    except RuleFailed:
        return False
    world.engine.fire(case, "change_method", applicant(me))
    return state == method


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_what_is_open_can_be_filed_and_chosen(world: World, situation: Situate) -> None:
    me = world.person()
    situation(world, me)
    definition = world.engine.library.workflow("application")
    person = read(world, me)
    kinds = list(RoutingDay(definition, world.clock.now(), AT_ONCE).kinds(person))
    assert {kind.name for kind in kinds} >= {"first", "additional"}
    mine = [(kind.verdict.code, {way.method for way in kind.open}) for kind in kinds]
    assert mine == [tried(world, me, kind) for kind in kinds]
