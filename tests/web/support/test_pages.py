"""The pages of support units: proposed by a coordinator, decided by an administrator, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.requests.support_change import SupportChange
from tests.kit.handlers.world import open_account
from tests.kit.web.visitor import Visitor
from tests.web.institution.conftest import Coordinator, coordinator_at
from web.support import reading

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

WHOLE = {
    "kurum": "TEST-16-01", "unit": "İlçe destek", "phone": "0 224 111 22 33", "email": "",
    "gerekce": "Yeni büro",
}  # fmt: skip


@pytest.fixture
def coordinator(app: Flask, world: World) -> Coordinator:
    """Give the coordinator of the district."""
    return coordinator_at(app, world, "TEST-16-01")


@pytest.fixture
def administrators(app: Flask, world: World) -> list[Visitor]:
    """Give two administrators who are signed in."""
    found = []
    for name in ("Yaprak", "Sevgi"):
        with world.engine.database.begin() as connection:
            now = world.clock.now()
            number = open_account(connection, name, "administrator", now, subject=f"sub-{name}")
        found.append(Visitor(app))
        found[-1].sign_in("user", number)
    return found


def propose(browser: Visitor, status: int = 200, **other: str) -> Page:
    """Propose a unit."""
    browser.get("/destek-birimleri/yeni")
    return browser.post("/destek-birimleri/yeni", status, **{**WHOLE, **other})


def decide(browser: Visitor, case: SupportChange, trigger: str, status: int = 200) -> Page:
    """Decide about a proposal as it stands."""
    path = f"/destek-birimi/{case.reference}"
    browser.get(path)
    return browser.post(f"{path}/{trigger}", status, surum="1", gerekce="Karar")


def test_a_coordinator_proposes_an_administrator_decides_and_people_read_it(
    app: Flask, world: World, coordinator: Coordinator, administrators: list[Visitor]
) -> None:
    me = world.person()
    holder = Visitor(app)
    holder.sign_in("person", me)
    assert "Kurumunuzun destek birimi" not in holder.get("/basvurularim").text
    assert "Yok; çalışanlarınız" in coordinator.browser.get("/destek-birimleri").text
    assert coordinator.browser.get("/destek-birimleri/yeni").value("kurum") == "TEST-16-01"
    page = propose(coordinator.browser)
    (case,) = world.all(SupportChange)
    assert page.heading == f"Destek birimi önerisi {case.reference}"
    assert "yönetici onaylayınca uygulanır" in page.text
    assert "Geri çek" in page.buttons
    assert "Onayla" not in page.buttons
    listed = administrators[0].get("/destek-birimleri")
    assert "İlçe destek" in listed.all("td")
    assert listed.links[case.reference] == f"/destek-birimi/{case.reference}"
    done = decide(administrators[0], case, "approve")
    assert "Onayla: yapıldı." in done.text
    foot = holder.get("/basvurularim")
    assert "Kurumunuzun destek birimi: İlçe destek" in foot.text
    assert foot.links["+90 224 111 22 33"] == "tel:+902241112233"
    assert "Kurumunuzun destek birimi" not in administrators[0].get("/destek-birimleri").text
    shown = coordinator.browser.get("/destek-birimleri")
    assert "İlçe destek" in shown.text
    assert "üst kurumun birimi" not in shown.text


def test_a_unit_above_is_told_as_such(
    app: Flask, world: World, administrators: list[Visitor]
) -> None:
    propose(administrators[0])
    decide(administrators[1], world.all(SupportChange)[0], "approve")
    school = coordinator_at(app, world, "TEST-16-01-1")
    assert "üst kurumun birimi" in school.browser.get("/destek-birimleri").text


def test_what_cannot_be_proposed_is_said_beside_its_field(
    coordinator: Coordinator, administrators: list[Visitor], world: World
) -> None:
    browser = coordinator.browser
    assert propose(browser, 422, phone="").all("p", id="unit-hata") == [
        "Birimin telefonunu ya da e-posta adresini yazınız; en az biri gerekir."
    ]
    assert propose(browser, 422, phone="12").title.startswith("Hata:")
    assert propose(browser, 422, kurum="YOK").all("p", id="kurum-hata") != []
    assert propose(browser, 422, kurum="?").all("p", id="kurum-hata") != []
    assert propose(browser, 422, gerekce="").all("p", id="gerekce-hata") == ["Gerekçeyi yazınız."]
    assert propose(browser, 422, kurum="TEST-16").all("p", id="gerekce-hata") == [
        "Bu kurum sizin sorumluluğunuzda değil."
    ]
    assert world.all(SupportChange) == []
    assert administrators[0].get("/destek-birimleri/yeni").value("kurum") == ""


def test_another_ones_proposal_is_unknown_to_a_coordinator(
    app: Flask, world: World, administrators: list[Visitor]
) -> None:
    propose(administrators[0])
    (case,) = world.all(SupportChange)
    school = coordinator_at(app, world, "TEST-16-01-1").browser
    assert case.reference not in school.get("/destek-birimleri").text
    school.get(f"/destek-birimi/{case.reference}", 404)
    school.get("/destek-birimi/B000000001", 404)
    decide(administrators[1], case, "refuse")
    assert world.all(SupportChange)[0].state == "refused"
    late = decide(administrators[1], case, "approve", 409)
    assert "Karar" not in late.buttons


def test_a_decision_is_bound_to_what_was_shown(
    world: World, coordinator: Coordinator, administrators: list[Visitor]
) -> None:
    propose(coordinator.browser)
    (case,) = world.all(SupportChange)
    path = f"/destek-birimi/{case.reference}"
    administrators[0].get(path)
    administrators[0].post(f"{path}/approve", 400, surum="x")
    administrators[0].post(f"{path}/refuse", 422, surum="1", gerekce="")
    assert world.all(SupportChange)[0].state == "proposed"


def test_a_long_list_goes_on_page_by_page(
    world: World,
    administrators: list[Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for code in ("TEST-16", "TEST-16-01"):
        propose(administrators[0], kurum=code)
    monkeypatch.setattr(reading, "PER_PAGE", 1)
    one, two = world.all(SupportChange)
    page = administrators[0].get("/destek-birimleri")
    assert one.reference in page.text
    assert two.reference not in page.text
    following = administrators[0].get(page.links["Sonraki kayıtlar"])
    assert two.reference in following.text
    assert "Sonraki kayıtlar" not in following.links
