"""The radar of a coordinator: figures of the own subtree, each number with its list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.radar.standing import (
    BY_STATE,
    Facts,
    RadarStanding,
    radar_standing,
)
from handlers.radar.sweep import sweep
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.kit.web.lint import text_of
from tests.web.institution.conftest import OTHER, ROW, coordinator_at, listed
from tests.web.institution.test_roster import rows
from web.institution import figures
from web.institution.standing import RADAR_TITLES

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page
    from tests.web.institution.conftest import Coordinator

TODAY = date(2026, 3, 2)
SOON = {**ROW, "ends_on": "01.04.2026"}
LATER = {**OTHER, "ends_on": "01.05.2027", "institution_code": "TEST-16-01-2"}


def table(page: Page, number: int) -> list[list[str]]:
    """Return the cells of the rows of a table."""
    found = list(page.tree.iter("table"))[number]
    return [[text_of(cell) for cell in row if cell.tag in {"th", "td"}] for row in found.iter("tr")]


def named(page: Page) -> dict[str, str]:
    """Return the addresses of links by what they are called to whoever does not see them."""
    links = page.tree.iter("a")
    return {link.get("aria-label", ""): link.get("href", "") for link in links}


def test_before_the_first_sweep_the_page_says_so(coordinator: Coordinator) -> None:
    page = coordinator.browser.get("/kurum/radar")
    assert "Henüz sayım yapılmadı." in page.text
    assert list(page.tree.iter("table")) == []


def test_the_matrix_names_each_unit_with_its_numbers_and_one_line_says_what_matters(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(SOON, LATER))
    sweep(world.engine)
    page = coordinator.browser.get("/kurum/radar")
    assert page.all("p", id="ozet")[0] == (
        "1 son başvuru günü geçti · 0 bu ay bitiyor · 2 e-onayı yok"
    )
    matrix = table(page, 0)
    assert matrix[0] == ["Birim", *map(str, RADAR_TITLES.values()), "Toplam"]
    assert matrix[1] == ["Tümü", "1", "0", "0", "0", "0", "0", "0", "1", "2"]
    assert sorted(matrix[2:]) == [
        ["TEST Işıklı Ortaokulu", "0", "0", "0", "0", "0", "0", "0", "1", "1"],
        ["TEST Zeytinlik İlkokulu", "1", "0", "0", "0", "0", "0", "0", "0", "1"],
    ]
    campaign = table(page, -1)
    assert campaign[1][:3] == ["Tümü", "0", "2"]


def test_each_number_leads_to_its_list(world: World, coordinator: Coordinator) -> None:
    coordinator.upload(listed(SOON, LATER))
    sweep(world.engine)
    radar = coordinator.browser.get("/kurum/radar")
    for name, line in (
        ("Tümü, Son başvuru günü geçti: 1", "AYŞE"),
        ("TEST Işıklı Ortaokulu, Yolunda: 1", "İSMA"),
        ("TEST Zeytinlik İlkokulu, Son başvuru günü geçti: 1", "AYŞE"),
    ):
        page = coordinator.browser.get(named(radar)[name])
        assert page.all("p", role="status") == ["1 sertifika"]
        assert [row[:4] for row in rows(page)] == [line]
    every = {name: link for name, link in named(radar).items() if ": " in name}
    assert len(every) > 4
    for name, link in every.items():
        number = name.rpartition(": ")[2]
        shown = coordinator.browser.get(link).all("p", role="status")
        assert shown == [f"{number} sertifika"], name
    page = coordinator.browser.get(radar.links["2 e-onayı yok"])
    assert page.all("p", role="status") == ["2 sertifika"]


def test_a_unit_is_opened_and_leads_back_and_others_are_not_there(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(SOON))
    sweep(world.engine)
    radar = coordinator.browser.get("/kurum/radar")
    school = coordinator.browser.get(radar.links["TEST Zeytinlik İlkokulu"])
    assert table(school, 0)[1][0] == "Tümü"
    assert len(table(school, 0)) == 2
    assert school.links["TEST Mudanya İlçe Müdürlüğü"] == "/kurum/radar/TEST-16-01"
    for code in ("TEST-16", "TEST-16-02", "TEST", "yok", "TEST-16-01-1%"):
        coordinator.browser.get(f"/kurum/radar/{code}", 404)
        coordinator.browser.get(f"/kurum?birim={code}", 404)
    top = coordinator_at(app, world, "TEST").browser.get("/kurum/radar/TEST-16-01-1")
    assert [top.links[name] for name in top.links if name.startswith("TEST ")] == [
        "/kurum/radar/TEST", "/kurum/radar/TEST-16", "/kurum/radar/TEST-16-01",
    ]  # fmt: skip


def test_the_people_of_the_unit_itself_have_a_row_and_a_list_of_their_own(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed({**SOON, "institution_code": "TEST-16-01"}, LATER))
    sweep(world.engine)
    radar = coordinator.browser.get("/kurum/radar")
    assert ["Doğrudan bağlı", "1"] in [row[:2] for row in table(radar, 0)]
    page = coordinator.browser.get(named(radar)["Doğrudan bağlı, Son başvuru günü geçti: 1"])
    assert page.all("p", role="status") == ["1 sertifika"]
    assert "Yalnız bu birimin kendisi: TEST Mudanya İlçe Müdürlüğü." in page.text
    alone = coordinator.browser.get("/kurum?birim=TEST-16-01&yalniz=1")
    assert [row[:4] for row in rows(alone)] == ["AYŞE"]


def test_an_account_without_an_institution_has_no_radar(
    world: World, coordinator: Coordinator
) -> None:
    world.write("UPDATE office_user SET institution_id = NULL WHERE id = :id", id=coordinator.user)
    assert "Hesabınıza bir kurum bağlı değil." in coordinator.browser.get("/kurum/radar").text
    coordinator.browser.get("/kurum/radar/TEST", 404)


def test_many_units_are_shown_some_at_a_time(
    world: World, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "PER_PAGE", 1)
    coordinator.upload(listed(SOON, LATER))
    sweep(world.engine)
    first = coordinator.browser.get("/kurum/radar")
    assert [row[0] for row in table(first, 0)[2:]] == ["TEST Işıklı Ortaokulu"]
    assert "Önceki birimler" not in first.links
    second = coordinator.browser.get(first.links["Sonraki birimler"])
    assert [row[0] for row in table(second, 0)[2:]] == ["TEST Zeytinlik İlkokulu"]
    assert "Sonraki birimler" not in second.links
    assert coordinator.browser.get("/kurum/radar?sayfa=-3").links["Sonraki birimler"]


def test_a_day_on_which_many_end_stands_out(
    world: World, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "COHORT", 2)
    coordinator.upload(listed(SOON, {**OTHER, "ends_on": "01.04.2026"}))
    sweep(world.engine)
    page = coordinator.browser.get("/kurum/radar")
    (day,) = table(page, 2)[1:]
    assert day == ["01.04.2026", "2"]
    found = coordinator.browser.get(page.links["01.04.2026"])
    assert found.all("p", role="status") == ["2 sertifika"]
    assert "Son geçerlilik günü: 01.04.2026." in found.text
    monkeypatch.setattr(figures, "COHORT", 3)
    page = coordinator.browser.get("/kurum/radar")
    assert "Çok sayıda sertifikanın birden bittiği bir gün yok." in page.text


def test_the_months_ahead_are_drawn_and_told(world: World, coordinator: Coordinator) -> None:
    coordinator.upload(listed(SOON, {**LATER, "ends_on": "28.02.2027"}))
    sweep(world.engine)
    page = coordinator.browser.get("/kurum/radar")
    months = table(page, 1)[1:]
    assert (months[0][0], months[-1], len(months)) == ("03.2026", ["02.2027", "1"], 12)
    assert months[1] == ["04.2026", "1"]
    assert "Önümüzdeki 12 ayda biten sertifikalar, aya göre: toplam 2." in page.response.text


def test_what_changed_since_last_week_is_told(world: World, coordinator: Coordinator) -> None:
    coordinator.upload(listed(ROW, LATER))
    sweep(world.engine)
    page = coordinator.browser.get("/kurum/radar")
    assert "Hiçbir sayı değişmedi." in page.text
    world.clock.advance(days=9)
    sweep(world.engine)
    coordinator.browser.sign_in("user", coordinator.user)
    page = coordinator.browser.get("/kurum/radar")
    assert "Karşılaştırılan gün: 02.03.2026." in page.text
    assert table(page, 2)[1:] == [
        ["Son başvuru günü geçti", "0", "1", "+1"], ["e-onay yok", "1", "0", "−1"],
    ]  # fmt: skip


def test_the_list_is_filtered_by_standing_and_e_onay_as_the_last_sweep_found_it(
    world: World, coordinator: Coordinator
) -> None:
    me, other = world.person(AYSE), world.person(ISMAIL, "İsmail", "Iraksak")
    held = world.card(me, date(2026, 4, 20))
    world.consent(me, held)
    world.certificate(other, date(2026, 4, 1))
    sweep(world.engine)

    def found(query: str) -> list[str]:
        return [row[:4] for row in rows(coordinator.browser.get(f"/kurum?{query}"))]

    assert found("eonay=var") == ["AYŞE"]
    assert found("eonay=yok") == ["İSMA"]
    assert found("durum=late") == ["İSMA"]
    assert found("durum=on_track") == ["AYŞE"]
    ended = coordinator.browser.get("/kurum?durum=ended")
    assert "Bu filtreye uyan sertifika yok." in ended.text
    assert len(found("durum=yok&eonay=belki&gun=dün&yalniz=2")) == 2
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    sweep(world.engine)
    assert found("durum=on_track") == ["AYŞE"]


@pytest.mark.parametrize("typed", ["SMA", "ırak ism", "İsmail Irak", "aksa"])
def test_a_name_is_found_by_any_part_of_it(coordinator: Coordinator, typed: str) -> None:
    coordinator.upload(listed(ROW, OTHER))
    page = coordinator.browser.post("/kurum", ara=typed)
    assert [row[:4] for row in rows(page)] == ["İSMA"]


@pytest.mark.parametrize(
    ("application", "ends_on", "overdue", "told"),
    [
        (None, date(2026, 3, 1), True, RadarStanding.ENDED),
        (None, date(2026, 3, 2), True, RadarStanding.LATE),
        (None, date(2026, 3, 2), False, RadarStanding.NO_E_ONAY),
        ("awaiting_collection", date(2026, 3, 1), False, RadarStanding.NOT_FETCHED),
        ("courier_returned", date(2026, 4, 1), False, RadarStanding.NOT_FETCHED),
        ("couriered", date(2026, 4, 1), False, RadarStanding.WITH_COURIER),
        ("held", date(2026, 4, 1), False, RadarStanding.HELD),
        ("delivered", date(2026, 4, 1), False, RadarStanding.NOT_ACTIVE),
        ("queued", date(2026, 4, 1), False, RadarStanding.ON_TRACK),
        ("e_onay", date(2026, 4, 1), False, RadarStanding.NO_E_ONAY),
    ],
)
def test_each_certificate_is_counted_at_one_place(
    application: str | None,
    ends_on: date,
    overdue: bool,  # noqa: FBT001 - a parameter of the test
    told: RadarStanding,
) -> None:
    facts = Facts(TODAY, consented=False, application=application, opens_on=None)
    assert application is None or application in BY_STATE
    assert radar_standing(facts, TODAY, ends_on, overdue=overdue) is told


def test_every_standing_of_the_radar_has_its_words() -> None:
    assert list(RADAR_TITLES) == list(RadarStanding)


def test_the_filter_that_is_typed_stands_in_the_address_with_the_unit(
    coordinator: Coordinator,
) -> None:
    coordinator.upload(listed(SOON, LATER))
    page = coordinator.browser.post(
        "/kurum", ara="", birim="TEST-16-01-2", durum="", eonay="yok", bant="", ay=""
    )
    address = page.response.request.url
    assert "birim=TEST-16-01-2" in address
    assert "eonay=yok" in address
    assert "durum" not in address
    assert [row[:4] for row in rows(page)] == ["İSMA"]
    assert 'value="TEST-16-01-2" selected' in page.response.text
    coordinator.browser.post("/kurum", 404, ara="", birim="TEST-16-02")
