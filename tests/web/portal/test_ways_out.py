"""What a person does at the portal when his card does not come, or is not activated by him."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.world import officer, operator
from tests.kit.web.desk import seats, seen
from tests.web.portal.conftest import signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seats
    from tests.kit.web.visitor import Visitor

__all__ = ["seats", "seen"]

OWN = {"asked_by": "office", "recognised": "own_records"}


@pytest.fixture
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def case(world: World, me: int) -> int:
    """Give an application for one more card, made and in the house."""
    world.consent(me, world.card(me, date(2026, 8, 10)))
    filed = world.file(me, "additional")
    world.choose(filed, me, "e_onay")
    world.engine.fire(filed, "start_production", operator())
    world.run_effects("production.make")
    return filed


@pytest.fixture
def visitor(app: Flask, me: int) -> Visitor:
    return signed_in(app, me)


def delivered(world: World, case: int) -> int:
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=5)
    return world.read(Application, case).certificate_id or 0


def address(case: int, *more: str) -> str:
    return "/".join((f"/basvurularim/{reference('application', case)}", *more))


def test_a_person_drops_his_application_while_the_card_is_in_the_house(
    world: World, case: int, visitor: Visitor
) -> None:
    page = visitor.get(address(case, "vazgec"))
    visitor.post(address(case, "vazgec"), seen=page.value("seen"), reason="")
    assert world.state(case) == "cancelled"


def test_who_never_got_his_card_says_so_with_a_reason(
    world: World, case: int, visitor: Visitor
) -> None:
    new = delivered(world, case)
    assert "Kartın teslim alınmadığını bildir" in visitor.get(address(case)).links
    page = visitor.get(address(case, "teslim-almadim"))
    silent = visitor.post(address(case, "teslim-almadim"), 422, seen=page.value("seen"))
    assert "Bir neden seçiniz." in silent.text
    done = visitor.post(
        address(case, "teslim-almadim"), seen=page.value("seen"), cause="not_received", reason=""
    )
    assert "inceleniyor" in done.text
    assert world.state(case) == "delivery_contested"
    held = visitor.get(f"/sertifikalarim/{reference('certificate', new)}")
    assert "Sertifikanızı başvuru ofisi" in held.text
    assert "Etkinleştir" not in held.links


def test_a_certificate_that_the_office_holds_offers_no_activation(
    world: World, case: int, visitor: Visitor
) -> None:
    new = delivered(world, case)
    path = f"/sertifikalarim/{reference('certificate', new)}"
    assert "Son tarih:" in visitor.get(path).text
    assert "Etkinleştir" in visitor.get(path).links
    world.engine.fire(new, "hold", officer(), OWN, reason="identity_doubt")
    page = visitor.get(path)
    assert "ofis askıyı kaldırmadan etkinleştirilemez" in page.text
    assert "Gerekçe Kimlik doğrulamasından kuşkulanılıyor" in page.text
    assert "Etkinleştir" not in page.links
    refused = visitor.get(f"{path}/etkinlestir", 422)
    assert "başvuru ofisi askıya aldı" in refused.text


def test_without_a_delay_nobody_asks_for_an_activation(
    world: World, case: int, visitor: Visitor
) -> None:
    new = delivered(world, case)
    path = f"/sertifikalarim/{reference('certificate', new)}"
    asked = visitor.get(f"{path}/etkinlestirme-iste", 409)
    assert "Etkinleştirme için beklemek gerekmiyor." in asked.text
    stopped = visitor.get(f"{path}/etkinlestirme-durdur", 409)
    assert "İstenmiş bir etkinleştirme yok." in stopped.text
    assert world.read(Certificate, new).activation_opens_at is None


@pytest.mark.no_cover
def test_a_person_walks_to_say_that_his_card_never_came(
    world: World, case: int, seats: Seats
) -> None:
    delivered(world, case)
    ayse = seats("AYŞE ÖRNEKOĞLU")
    ayse.go(address(case))
    ayse.look("ways-person-delivered")
    ayse.follow("Kartın teslim alınmadığını bildir")
    ayse.page.get_by_label("Kart sahibine ulaşmadı").check()
    ayse.look("ways-person-contest")
    ayse.press("Onayla")
    assert "inceleniyor" in ayse.text
    ayse.look("ways-person-contested")
    ayse.go("/basvurularim")
    assert "başvuru ofisinden öğreniniz" in ayse.text
    ayse.look()
