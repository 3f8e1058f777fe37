"""The page of addresses at which nobody is reached, and its line in the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.post import unreachable
from handlers.post.delivery import deliver
from handlers.post.receipts import REASONS, take_receipt
from handlers.upkeep import figures
from states.cases.notice import TryOutcome
from tests.handlers.post.test_delivery import Pigeon, put
from tests.kit.handlers.world import ISMAIL
from tests.web.test_browser import overflow, sign_in, violations
from web.office.overview import REFUSED_RECEIPTS
from web.office.people.unreachable import said

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor

PATH = "/ulasilamayan-adresler"


def come_back(world: World, person: int, n: int = 1) -> None:
    """Have a message come back from a person's address."""
    put(world, person, n)
    deliver(world.engine, [Pigeon(TryOutcome.BAD_ADDRESS)])


def test_the_list_leads_to_the_persons_data_whose_change_empties_it(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    assert "Ulaşılamayan adres yok." in officer.get(PATH).text
    come_back(world, me)
    page = officer.get("/is-listem").links["Ulaşılamayan adresler"]
    shown = officer.get(page)
    assert "AYŞE ÖRNEKOĞLU" in shown.text
    assert "Kartınız hazır" in shown.text
    assert "so …" in shown.text
    assert shown.links["AYŞE ÖRNEKOĞLU"] == f"/kisi/{me}"
    world.write("UPDATE person SET email = 'yeni@ornek.invalid'")
    assert "AYŞE ÖRNEKOĞLU" not in officer.get(PATH).text


def test_the_list_is_paged_and_odd_marks_are_not_found(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unreachable, "PAGE", 1)
    first, second = world.person(), world.person(ISMAIL, "Bora", "Deneme")
    come_back(world, first)
    come_back(world, second, 2)
    page = officer.get(PATH)
    assert ("AYŞE ÖRNEKOĞLU" in page.text, "BORA DENEME" in page.text) == (True, False)
    page = officer.get(page.links["Sonraki kayıtlar"])
    assert ("AYŞE ÖRNEKOĞLU" in page.text, "BORA DENEME" in page.text) == (False, True)
    assert "Sonraki kayıtlar" not in page.links
    assert page.links["Listenin başı"] == PATH
    for mark in ("x", "-1", "9" * 30):
        officer.get(f"{PATH}?sonra={mark}", status=404)


def test_our_own_refusal_of_an_address_is_told_in_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        assert said("address: at").startswith("E-posta adresinde tek bir @")
        assert said("address: not_kep") == "KEP adresi .kep.tr ile biter; denetleyiniz."
        assert said("address: unheard_of") == "address: unheard_of"
        assert said("550 no such user") == "550 no such user"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert said("address: at").startswith("An e-mail address has one @")


def test_the_overview_tells_how_many_and_what_did_not_count(world: World, officer: Visitor) -> None:
    assert set(REFUSED_RECEIPTS) == set(REASONS)
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert "Ulaşılamayan adresler" not in page.text
    assert "İşlenmeyen geri dönüşler" not in page.text
    come_back(world, world.person())
    for mail in (b"", b"", b"x" * 300_000):
        take_receipt(world.engine, mail)
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert page.links["1 adrese gönderilen iletiler geri döndü"] == PATH
    assert "teslim bildirimi değil 2, çok büyük 1." in page.text


@pytest.mark.no_cover
def test_the_list_is_accessible_and_fits_a_phone(
    world: World, staff: Staff, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    assert staff.officer
    come_back(world, world.person())
    take_receipt(world.engine, b"")
    figures.count(world.engine)
    sign_in(page, site, "Zeynep Görevli")
    folder = pytestconfig.rootpath / "var/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in (("ulasilamayan", PATH), ("genel-bakis-posta", "/genel-bakis")):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{site}{path}")
        assert violations(page) == []
        page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
        assert overflow(page) <= 0
        page.screenshot(path=str(folder / f"{name}-320.png"), full_page=True)
