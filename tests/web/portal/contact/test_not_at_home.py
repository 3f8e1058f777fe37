"""The page *Evde yoktum*."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from tests.kit.handlers.courier.parcels import made, parcel_of
from tests.kit.handlers.world import operator
from tests.web.portal.conftest import signed_in
from tests.web.portal.test_pages import number
from web.gate.composition import KEY

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World

NEW = "TEST Caddesi 7, İnegöl"


@pytest.fixture
def case(world: World) -> int:
    """Give an application whose parcel was tried once."""
    case = made(world)
    world.run_effects("courier.book", "courier.scan_out")
    return case


def test_the_holder_says_what_the_courier_shall_do_next(
    world: World, app: Flask, case: int
) -> None:
    me = signed_in(app, world.read(Application, case).person_id)
    home = f"/basvurularim/{number(case)}"
    assert "Evde yoktum" not in me.get(home).links
    assert "sizden bir istek beklemiyor" in me.get(f"{home}/evde-yoktum").text
    world.engine.fire(case, "note_attempt", operator(), reason="absent")
    link = me.get(home).links["Evde yoktum"]
    page = me.get(link)
    code = parcel_of(world, case).tracking_number
    assert code in page.text
    assert "1 (Adreste bulunamadı)" in page.text
    assert "Şu güne kadar kuryede bekler 08.03.2026" in page.text
    assert code not in page.links
    assert "Birini seçiniz." in me.post(link, 422).text
    assert "Teslimat adresi yok" in me.post(link, 422, istek="address", adres="").text
    assert "kısaltınız" in me.post(link, 422, istek="address", adres="x" * 501).text
    done = me.post(link, 200, istek="address", adres=NEW)
    assert "İsteğiniz kuryeye iletiliyor" in done.text
    assert NEW in done.text
    again = me.get(link)
    assert "kart yeni adrese getirilecek" in again.text
    assert "Kuryeye ilet" not in again.buttons
    late = me.post(link, 422, istek="keep")
    assert late.title.startswith("Hata:")
    world.engine.fire(case, "note_attempt", operator(), reason="absent")
    me.get(link)
    me.post(link, 200, istek="keep")
    assert "kart şubede bekletilecek" in me.get(link).text


def test_a_tracking_number_leads_to_the_page_of_the_courier(
    world: World, app: Flask, case: int
) -> None:
    composition = app.extensions[KEY]
    page = "https://kurye.example/izle?no={number}"
    settings = composition.settings.model_copy(update={"courier_tracking": page})
    app.extensions[KEY] = replace(composition, settings=settings)
    code = parcel_of(world, case).tracking_number
    me = signed_in(app, world.read(Application, case).person_id)
    assert me.get(f"/basvurularim/{number(case)}").links[code] == page.replace("{number}", code)
    world.engine.fire(case, "note_attempt", operator(), reason="absent")
    assert code in me.get(f"/basvurularim/{number(case)}/evde-yoktum").links
