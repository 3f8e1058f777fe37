"""The page on which the holder changes where his card goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.notice import Notice
from tests.kit.handlers.world import applicant
from tests.web.portal.test_pages import number

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor
    from tests.web.portal.conftest import Holder

OLD, NEW = "TEST Sokağı 1, Bursa", "TEST Caddesi 7, İnegöl"


@pytest.fixture
def case(world: World, holder: Holder) -> int:
    """Give a renewal that waits for its signed form."""
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    world.choose(case, holder.person_id, "wet_signature")
    return case


def page_of(case: int) -> str:
    return f"/basvurularim/{number(case)}/adres"


def form(page: Page, **changed: str) -> dict[str, str]:
    hidden = {name: page.value(name) for name in ("seen", "shown")}
    return {**hidden, "adres": NEW, **changed}


def test_the_holder_changes_the_address_and_his_application_stays_where_it_stands(
    world: World, holder: Holder, case: int
) -> None:
    link = holder.browser.get(f"/basvurularim/{number(case)}").links["Adresi değiştir"]
    page = holder.browser.get(link)
    assert (page.heading, page.value("adres")) == ("Adresi değiştir", OLD)
    done = holder.browser.post(link, 200, **form(page))
    assert "Teslimat adresiniz değiştirildi." in done.text
    row = world.read(Application, case)
    assert (row.delivery_address, row.state) == (NEW, "wet_signature")
    assert [one.subject for one in world.all(Notice)] == ["Teslimat adresinizi değiştirdiniz"]
    again = holder.browser.post(link, 200, **form(page))
    assert "Kayıttaki adres zaten bu." in again.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"adres": " "}, "Kartın gönderileceği adresi yazınız."),
        ({"adres": "a" * 501}, "Adres en çok 500 harf olabilir."),
        ({"adres": "Sokak \U000e0041"}, "belgeye yazılamayan bir karakter"),
        ({"seen": "x"}, "Hata:"),
        ({"shown": ""}, "Hata:"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    world: World, holder: Holder, case: int, changed: dict[str, str], said: str
) -> None:
    page = holder.browser.get(page_of(case))
    refused = holder.browser.post(page_of(case), 422, **form(page, **changed))
    assert said in refused.text or refused.title.startswith(said)
    assert world.read(Application, case).delivery_address == OLD


def test_a_late_page_and_a_card_under_way_change_nothing(
    world: World, holder: Holder, case: int
) -> None:
    late = form(holder.browser.get(page_of(case)))
    world.engine.fire(case, "change_method", applicant(holder.person_id))
    world.choose(case, holder.person_id, "wet_signature")
    assert "siz bakarken ilerledi" in holder.browser.post(page_of(case), 200, **late).text
    world.write("UPDATE application SET state = 'couriered' WHERE id = :id", id=case)
    assert "Adresi değiştir" not in holder.browser.get(f"/basvurularim/{number(case)}").links
    assert "“Kuryede” durumunda düzeltilemez" in holder.browser.get(page_of(case)).text
    assert world.read(Application, case).delivery_address == OLD


def test_the_page_is_nobody_elses(holder: Holder, case: int, newcomer: Visitor) -> None:
    del holder
    newcomer.get(page_of(case), 404)
