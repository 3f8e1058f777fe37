"""A coordinator asks the office to revoke a certificate of his staff; an officer decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.upkeep import figures
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, officer
from tests.kit.handlers.world import coordinator as coordinator_of
from tests.web.institution.conftest import Coordinator, coordinator_at
from workflow.model.refusal import RoleNotAllowed

if TYPE_CHECKING:
    from flask import Flask

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

ASKED = {"asked_by": "institution", "recognised": "official_letter"}


@pytest.fixture
def held(world: World) -> Held:
    """Give a card of somebody who works at a school of the district."""
    return world.card(world.person(), date(2026, 4, 10))


def address(held: Held) -> str:
    return f"/kurum/sertifika/{reference('certificate', held.certificate_id)}/iptal-iste"


def asked_at(world: World, held: Held) -> object:
    return world.read(Certificate, held.certificate_id).end_asked_at


def test_a_coordinator_asks_with_a_reason_and_nothing_is_revoked_by_that(
    world: World, coordinator: Coordinator, held: Held
) -> None:
    page = coordinator.browser.get(address(held))
    missing = coordinator.browser.post(address(held), 422, seen=page.value("seen"))
    assert "Bir neden seçiniz." in missing.text
    silent = coordinator.browser.post(
        address(held), 422, seen=page.value("seen"), cause="other", reason=" "
    )
    assert "Hata:" in silent.title
    done = coordinator.browser.post(
        address(held), seen=page.value("seen"), cause="left_office", reason="1 Mart"
    )
    assert "iptal isteğiniz başvuru ofisine iletildi" in done.text
    row = world.read(Certificate, held.certificate_id)
    assert (row.state, row.end_asked_at) == ("active", world.clock.now())
    again = coordinator.browser.get(address(held))
    assert "iptali zaten istendi" in again.text
    late = coordinator.browser.post(
        address(held), 409, seen=page.value("seen"), cause="not_needed", reason=""
    )
    assert "İsteği ilet" not in late.buttons


def test_the_overview_names_what_waits_and_an_officer_decides(
    world: World, coordinator: Coordinator, held: Held
) -> None:
    for decision, said in (("decline_end", {}), ("revoke_by_office", ASKED)):
        me = coordinator_of(coordinator.user)
        world.engine.fire(held.certificate_id, "ask_end", me, reason="left_office")
        figures.count(world.engine)
        [waiting] = figures.counted(world.engine).of("asked")
        assert waiting["reference"] == reference("certificate", held.certificate_id)
        world.engine.fire(held.certificate_id, decision, officer(), said, reason="other: incelendi")
        assert asked_at(world, held) is None
        figures.count(world.engine)
        assert figures.counted(world.engine).of("asked") == []
    assert world.read(Certificate, held.certificate_id).state == "revoked"


def test_other_institutions_staff_are_unknown_to_him(app: Flask, world: World, held: Held) -> None:
    other = coordinator_at(app, world, "TEST-06")
    other.browser.get(address(held), 404)
    other.browser.get("/kurum/sertifika/K000000001/iptal-iste", 404)
    other.browser.get("/kurum/sertifika/nothing/iptal-iste", 404)
    with denied("asking.other_institution"):
        me = coordinator_of(other.user)
        world.engine.fire(held.certificate_id, "ask_end", me, reason="left_office")
    with denied("asking.other_institution"):
        nobody = type(me)("api:x", me.roles, me.auth, None)
        world.engine.fire(held.certificate_id, "ask_end", nobody, reason="left_office")
    assert asked_at(world, held) is None


def test_what_is_not_in_force_is_not_asked_for(
    world: World, coordinator: Coordinator, held: Held
) -> None:
    world.engine.fire(held.certificate_id, "suspend", SYSTEM)
    page = coordinator.browser.get(address(held))
    assert "Sertifika “Askıda” durumunda; bu işlem yapılamaz." in page.text


def test_only_what_was_asked_is_declined_and_not_by_him_who_asked(
    world: World, coordinator: Coordinator, held: Held
) -> None:
    with denied("end_asked"):
        world.engine.fire(held.certificate_id, "decline_end", officer(), reason="istek yok")
    me = coordinator_of(coordinator.user)
    world.engine.fire(held.certificate_id, "ask_end", me, reason="left_office")
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(held.certificate_id, "decline_end", me, reason="vazgeçtim")
