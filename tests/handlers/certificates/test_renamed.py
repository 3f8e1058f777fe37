"""A change of data: only where the certificate says something else than the records do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from handlers.certificates import renamed
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.applications.test_fitness import by_hand
from tests.handlers.applications.test_published import standing
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import AYSE, ISMAIL, applicant, operator

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

END = date(2026, 8, 10)
NAMED = "UPDATE person SET surname = :surname WHERE id = :me"


def signed(world: World, case: int, me: int, held: Held) -> str:
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    return world.engine.fire(case, "approve_e_imza", applicant(me), payload).state


def test_with_nothing_changed_there_are_no_new_months_to_be_had(
    world: World, me: int, held: Held
) -> None:
    reference = world.read(Certificate, held.certificate_id).reference
    with denied("renamed.nothing_changed", certificate=reference):
        world.file(me, "data_change", held.certificate_id)
    assert world.all(Application) == []
    assert world.state(world.file(me, "lost", held.certificate_id)) == "draft"


def test_it_is_asked_again_when_the_form_is_signed(world: World, me: int, held: Held) -> None:
    world.write(NAMED, surname="EVLENDİ", me=me)
    case = world.file(me, "data_change", held.certificate_id)
    assert world.choose(case, me, "e_imza").state == "e_imza"
    world.write(NAMED, surname="ÖRNEKOĞLU", me=me)
    with denied("renamed.nothing_changed"):
        signed(world, case, me, held)
    world.write(NAMED, surname="EVLENDİ", me=me)
    assert signed(world, case, me, held) == "queued"
    world.engine.fire(case, "start_production", operator())


def test_what_is_known_by_its_number_alone_needs_an_officer_who_looks(
    world: World, me: int, held: Held
) -> None:
    typed = world.stated(me, END)
    case = world.file(me, "data_change", typed)
    with denied("renamed.by_hand"):
        world.choose(case, me, "e_imza")
    assert world.choose(case, me, "wet_signature").state == "wet_signature"
    assert by_hand(world, case) == "queued"
    # Its file shows afterwards what it says: no card is made that says the same once more.
    world.write(
        "UPDATE certificate SET seen = 'bytes', checked_at = :now, der ="
        " (SELECT der FROM certificate WHERE id = :held) WHERE id = :id",
        held=held.certificate_id, id=typed, now=world.clock.now(),
    )  # fmt: skip
    with denied("renamed.nothing_changed"):
        world.engine.fire(case, "start_production", operator())


def test_who_chose_the_way_by_hand_can_not_turn_to_the_card_behind_it(
    world: World, me: int, held: Held
) -> None:
    case = world.file(me, "data_change", world.stated(me, END))
    world.choose(case, me, "wet_signature")
    world.write("UPDATE application SET state = 'e_imza', method = 'e_imza'")
    with denied("renamed.by_hand"):
        signed(world, case, me, held)


def test_a_case_of_an_older_definition_is_asked_the_same(world: World, me: int, held: Held) -> None:
    case = standing(world, me, "data_change", held.certificate_id)
    with denied("renamed.nothing_changed"):
        world.choose(case, me, "e_imza")
    world.write(NAMED, surname="EVLENDİ", me=me)
    world.choose(case, me, "e_imza")
    world.write(NAMED, surname="ÖRNEKOĞLU", me=me)
    with denied("renamed.nothing_changed"):
        signed(world, case, me, held)


@pytest.mark.parametrize(
    ("name", "tckn", "refused"),
    [
        ("Ayşe  Örnekoğlu", AYSE, True),
        ("AYŞE ÖRNEKOĞLU", ISMAIL, False),
        ("AYŞE EVLENDİ", AYSE, False),
    ],
)
def test_a_name_in_one_piece_and_the_number_are_compared_as_the_records_have_them(
    world: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch,
    name: str, tckn: str, *, refused: bool,
) -> None:  # fmt: skip
    shown = SimpleNamespace(given_name="", surname="", holder=name, tckn=tckn)
    monkeypatch.setattr(renamed, "read", lambda _: shown)
    if refused:
        with denied("renamed.nothing_changed"):
            world.file(me, "data_change", held.certificate_id)
    else:
        assert world.state(world.file(me, "data_change", held.certificate_id)) == "draft"
