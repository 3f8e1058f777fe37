"""An application that is opened and carried on at the desk, for somebody who signs in nowhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.notice import Notice
from tests.handlers.applications.test_fitness import paper
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import applicant, coordinator, officer
from workflow.model.actor import Actor
from workflow.model.refusal import OwnCase, ReasonMissing, Refused, RoleNotAllowed, SamePerson

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


END = date(2026, 8, 10)


def at_the_desk(world: World, me: int) -> int:
    values = {"kind": "first", "person_id": me, "old_certificate_id": None}
    return world.engine.open("application", "file", officer(), values)


def test_an_officer_carries_on_what_was_opened_at_the_desk(world: World, me: int) -> None:
    case = at_the_desk(world, me)
    chosen = world.engine.fire(case, "choose_method_for", officer(2), {"method": "in_person"})
    assert chosen.state == "in_person"
    assert world.read(Application, case).form_sha256 is not None


@pytest.mark.parametrize("method", ["e_onay", "e_imza", None, "telepathy"])
def test_at_the_desk_a_method_is_chosen_by_which_the_person_signs_by_hand(
    world: World, me: int, method: object
) -> None:
    case = at_the_desk(world, me)
    with denied("counter.not_by_hand"):
        world.engine.fire(case, "choose_method_for", officer(), {"method": method})


def test_an_officer_leaves_to_its_person_what_that_has_opened(world: World, me: int) -> None:
    case = world.file(me, "first")
    with denied("counter.not_opened_there"):
        world.engine.fire(case, "choose_method_for", officer(), {"method": "in_person"})


def test_what_a_coordinator_opened_and_an_officer_returned_goes_on_at_the_desk(
    world: World, me: int
) -> None:
    values = {"kind": "first", "person_id": me, "old_certificate_id": None}
    case = world.engine.open("application", "file", coordinator(), values)
    chosen = {"method": "in_person"}
    world.engine.fire(case, "choose_method", coordinator(), chosen)
    asked = "name_differs: soyadı denetleyiniz"
    world.engine.fire(case, "return_to_applicant", officer(), reason=asked)
    with denied("question.not_his"):
        world.engine.fire(case, "choose_method", coordinator(), chosen, reason="denetlendi")
    again = world.engine.fire(case, "choose_method_for", officer(2), chosen, reason="denetlendi")
    assert again.state == "in_person"


def test_an_officer_chooses_nothing_for_himself_and_sends_no_card_elsewhere(
    world: World, me: int
) -> None:
    case = at_the_desk(world, me)
    own = officer()
    own = type(own)(own.name, own.roles, own.auth, me)
    with pytest.raises(OwnCase):
        world.engine.fire(case, "choose_method_for", own, {"method": "in_person"})
    wanted = {"method": "in_person", "address": "Başka Sokak 9, Ankara"}
    world.engine.fire(case, "choose_method_for", officer(), wanted)
    assert world.read(Application, case).delivery_address == "TEST Sokağı 1, Bursa"


FREE = {"kind": "reissue", "old_certificate_id": None}


def reissued(world: World, me: int, actor: Actor) -> int:
    values = FREE | {"person_id": me, "old_certificate_id": world.certificate(me, END)}
    return world.engine.open("application", "file_by_office", actor, values, reason="weak_keys")


@pytest.mark.parametrize("actor", [officer(), coordinator(), None])
def test_what_is_free_by_the_fault_of_the_authority_is_filed_by_nobody_as_any_other(
    world: World, me: int, actor: Actor | None
) -> None:
    values = FREE | {"person_id": me, "old_certificate_id": world.certificate(me, END)}
    with denied("open_to_its_person", kind="reissue"):
        world.engine.open("application", "file", actor or applicant(me), values)


def test_an_officer_files_it_with_a_reason_and_its_person_is_told_and_goes_on(
    world: World, me: int
) -> None:
    values = FREE | {"person_id": me, "old_certificate_id": world.certificate(me, END)}
    with pytest.raises(ReasonMissing):
        world.engine.open("application", "file_by_office", officer(), values)
    why = "weak_keys: RSA 2048"
    case = world.engine.open("application", "file_by_office", officer(), values, reason=why)
    world.run_effects("notice.opened_by_office")
    [told] = world.all(Notice, case_id=case)
    assert "Kart ya da anahtar türünde güvenlik açığı var: RSA 2048" in told.text
    assert world.choose(case, me, "e_onay").state == "e_onay"


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [("applicant", RoleNotAllowed), ("coordinator", RoleNotAllowed), ("himself", OwnCase)],
)
def test_nobody_else_files_it_and_no_officer_for_himself(
    world: World, me: int, actor: str, refusal: type[Refused]
) -> None:
    himself = Actor("user:1", frozenset({"officer"}), "demo", me)
    actors = {"applicant": applicant(me), "coordinator": coordinator(), "himself": himself}
    with pytest.raises(refusal):
        reissued(world, me, actors[actor])


def test_the_office_files_nothing_else_that_way(world: World, me: int) -> None:
    with denied("opened_by_office", kind="first"):
        world.file_by_office(me, "first")


def test_who_opened_a_free_one_does_not_approve_its_paper(world: World, me: int) -> None:
    case = reissued(world, me, officer(1))
    world.choose(case, me, "in_person")
    world.engine.fire(case, "register_paper", officer(2), paper(world, case))
    with pytest.raises(SamePerson):
        approve_paper(world, case, officer(1))
    assert approve_paper(world, case, officer(3)).state == "queued"
