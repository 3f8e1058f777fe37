"""A card lost while its renewal is delivered and yet to begin: who may have what, how long."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import Held
from handlers.certificates import replacements
from handlers.certificates.validity import span_from
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import by_hand
from tests.handlers.certificates.test_succession import activate, made, new_of
from tests.handlers.people.test_changes import change
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import applicant, operator
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from tests.kit.handlers.world import World

END = date(2026, 4, 10)
BEGINS = start_of_day(END + timedelta(days=1))
SECOND = timedelta(seconds=1)


@pytest.fixture
def held(world: World, me: int) -> Held:
    held = world.card(me, END)
    world.consent(me, held)
    return held


@pytest.fixture
def renewal(world: World, me: int, held: Held) -> int:
    """Renew a card; the new one is delivered before it begins."""
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    made(world, case)
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert new_of(world, case).not_before == BEGINS
    return case


def test_a_card_stolen_after_its_renewal_was_delivered_is_made_again_until_that_one_begins(
    world: World, me: int, held: Held, renewal: int
) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    lost = world.file(me, "lost", held.certificate_id)
    world.choose(lost, me, "in_person")
    assert by_hand(world, lost) == "queued"
    made(world, lost)
    new = new_of(world, lost)
    assert (new.not_before, new.ends_at) == (world.clock.now(), BEGINS - SECOND)
    assert new_of(world, renewal).state == "suspended"
    world.engine.fire(lost, "deliver", operator(), world.handed_over())
    activate(world, me, Held(new.id, "", ""), new)
    reference = world.read(Application, renewal).reference
    with denied("form.replaced_already", reference=reference):
        world.file(me, "renewal", new.id)
    assert world.state(world.file(me, "lost", new.id)) == "draft"


def test_one_move_reads_once_what_came_after_the_old_certificate(
    world: World, me: int, held: Held, renewal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    lost = world.file(me, "lost", held.certificate_id)
    world.choose(lost, me, "in_person")
    assert by_hand(world, lost) == "queued"
    read: list[str] = []
    issued_to = replacements.issued_to

    def noted(context: Context, person_id: int) -> list[replacements.IssuedCertificate]:
        read.append(context.transition.name)
        return issued_to(context, person_id)

    monkeypatch.setattr(replacements, "issued_to", noted)
    world.engine.fire(lost, "start_production", operator())
    assert read == ["start_production"]
    assert new_of(world, lost).ends_at == BEGINS - SECOND
    assert new_of(world, renewal).state == "suspended"


def test_so_is_one_that_the_approval_itself_ends(
    world: World, me: int, held: Held, renewal: int
) -> None:
    lost = world.file(me, "lost", held.certificate_id)
    assert world.choose(lost, me, "e_onay").state == "queued"
    assert world.read(Certificate, held.certificate_id).state == "revoked"
    world.clock.set(BEGINS - timedelta(days=3))  # too near to approve one, not to make it
    world.engine.fire(lost, "start_production", operator())
    assert new_of(world, lost).ends_at == BEGINS - SECOND
    assert world.state(renewal) == "delivered"


def test_for_less_than_two_weeks_no_card_is_made(
    world: World, me: int, held: Held, renewal: int
) -> None:
    reference = world.read(Application, renewal).reference
    world.clock.set(BEGINS - timedelta(days=15) + SECOND)
    with denied("form.successor_begins", reference=reference, not_before=BEGINS):
        world.file(me, "lost", held.certificate_id)
    world.clock.advance(seconds=-1)
    lost = world.file(me, "lost", held.certificate_id)
    world.choose(lost, me, "in_person")
    world.clock.advance(seconds=1)
    with denied("form.successor_begins"):
        by_hand(world, lost)


def test_one_that_has_begun_stands_in_the_way(
    world: World, me: int, held: Held, renewal: int
) -> None:
    world.clock.set(BEGINS)
    assert world.state(renewal) == "delivered"
    with denied("form.replaced_already"):
        world.file(me, "lost", held.certificate_id)


def test_with_another_name_both_end_and_the_new_one_has_its_whole_time(
    world: World, me: int, held: Held, renewal: int
) -> None:
    change(world, me, surname="EVLENDİ")
    world.clock.set(BEGINS - timedelta(days=3))
    case = world.file(me, "data_change", held.certificate_id)
    world.choose(case, me, "in_person")
    assert by_hand(world, case) == "queued"
    for gone in (held.certificate_id, new_of(world, renewal).id):
        row = world.read(Certificate, gone)
        assert (row.state, row.revoked_at) == ("revoked", world.clock.now())
    world.engine.fire(case, "start_production", operator())
    new = new_of(world, case)
    assert (new.not_before, new.ends_at) == span_from(world.clock.now())


def test_an_additional_one_has_its_whole_time_too(
    world: World, me: int, held: Held, renewal: int
) -> None:
    case = world.file(me, "additional", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    assert new_of(world, case).ends_at == span_from(world.clock.now())[1]
    assert world.state(renewal) == "delivered"
