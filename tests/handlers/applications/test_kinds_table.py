"""Every kind of application in one table: who opens it, about what, how often, and its dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.certificates.validity import span_from
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import by_hand
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, applicant, coordinator, officer, operator
from workflow.model.clock import start_of_day
from workflow.model.refusal import Conflict, Refused, RuleFailed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

END = date(2026, 4, 10)
LAST = start_of_day(END + timedelta(days=1)) - timedelta(seconds=1)
GONE = "form.old_certificate_not_in_force"


@dataclass(frozen=True)
class Row:
    """What a kind is for: ``gone`` and ``none`` are the refusals, "" where it may be filed."""

    none: str
    stands: str
    gone: str
    dates: str
    old_after: str = "active"
    office_alone: bool = False


NO_OLD = "form.old_certificate_missing"
SAME_END = Row(NO_OLD, "", GONE, "same end")
TABLE = {
    "renewal": Row(NO_OLD, "", "", "after"),
    "first": Row("", "form.not_first", "form.not_first", "whole"),
    "lost": Row(NO_OLD, "", "", "whole", "revoked"),
    "data_change": Row(NO_OLD, "", "", "whole", "revoked"),
    "additional": Row("form.additional_to_none", "", "form.additional_to_none", "whole"),
    "fault": SAME_END,
    "damaged": SAME_END,
    "puk_blocked": SAME_END,
    "reissue": Row(NO_OLD, "", GONE, "same end", office_alone=True),
}
SITUATIONS = {
    None: "none", "active": "stands", "suspended": "stands", "expired": "gone", "revoked": "gone",
}  # fmt: skip


def test_the_table_has_every_kind(world: World) -> None:
    kinds = world.engine.library.workflow("application").kinds
    assert TABLE.keys() == kinds.keys()


def answer(world: World, me: int, kind: str, old: int | None) -> str:
    """Say what refuses the filing of a kind; what is filed is cancelled again."""
    try:
        case = world.open(me, kind, old)
    except RuleFailed as refusal:
        return refusal.verdict.code
    with pytest.raises(Conflict):
        world.open(me, kind, old)  # one at a time, of a kind for a certificate
    world.engine.fire(case, "cancel", applicant(me))
    return ""


@pytest.mark.parametrize("kind", TABLE)
def test_which_certificate_a_kind_is_for(world: World, kind: str) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    row = TABLE[kind]
    found: dict[str | None, str] = {None: answer(world, me, kind, None)}
    old = world.certificate(me, END)
    for state in ("active", "suspended", "expired", "revoked", "void"):
        world.write("UPDATE certificate SET state = :state, seen = 'made'", state=state)
        found[state] = answer(world, me, kind, old)
    never = "form.not_first" if kind == "first" else "form.old_certificate_never_made"
    assert found.pop("void") == never
    assert found == {state: getattr(row, word) for state, word in SITUATIONS.items()}
    with denied("form.old_certificate_of_other_person"):
        world.open(other, kind, old)


@pytest.mark.parametrize("kind", TABLE)
def test_who_opens_a_kind(world: World, kind: str) -> None:
    me = world.person()
    old = None if kind == "first" else world.certificate(me, END)
    world.write("UPDATE certificate SET seen = 'made'")
    values = {"kind": kind, "person_id": me, "old_certificate_id": old}

    def may(trigger: str, actor: Actor) -> bool:
        try:
            case = world.engine.open("application", trigger, actor, values, reason="weak_keys")
        except Refused:
            return False
        world.engine.fire(case, "cancel", applicant(me))
        return True

    actors = {"person": applicant(me), "coordinator": coordinator(), "officer": officer()}
    opening = {name for name, actor in actors.items() if may("file", actor)}
    assert opening == (set() if TABLE[kind].office_alone else set(actors))
    alone = {name for name, actor in actors.items() if may("file_by_office", actor)}
    assert alone == ({"officer"} if TABLE[kind].office_alone else set())


def spans(now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Return the first and last moment that a certificate made now has, by the words above."""
    return {
        "whole": span_from(now),
        "after": span_from(LAST + timedelta(seconds=1)),
        "same end": (now, LAST),
    }


@pytest.mark.parametrize("kind", TABLE)
def test_from_when_until_when_a_kind_is_valid_and_what_becomes_of_the_old_one(
    world: World, kind: str
) -> None:
    me, row = world.person(), TABLE[kind]
    old = None if kind == "first" else world.card(me, END).certificate_id
    world.write("UPDATE card SET so_pin_sealed = NULL")  # else a blocked one is unlocked
    if kind == "data_change":
        world.write("UPDATE person SET surname = 'EVLENDİ' WHERE id = :me", me=me)
    case = world.open(me, kind, old)
    world.choose(case, me, "in_person")
    assert by_hand(world, case) == "queued"
    world.clock.advance(days=1)
    world.engine.fire(case, "start_production", operator())
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert (new.not_before, new.ends_at) == spans(world.clock.now())[row.dates]
    if old is not None:
        assert world.read(Certificate, old).state == row.old_after
