"""Whose certificate ends when, and how far the renewal has come, as a coordinator sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import Held
from handlers.lists.intake import SPENT
from handlers.radar.standing import BY_STATE, Facts, RenewalStanding
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.world import applicant, operator
from tests.kit.web.lint import text_of
from tests.kit.web.program import digits, program
from tests.web.institution.conftest import OTHER, ROW, Coordinator, coordinator_at, listed
from tests.web.portal.conftest import signed_in
from web.institution.standing import TITLES, tell

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.program import Program
    from tests.kit.web.visitor import Page
    from workflow.model.definition import Definition

__all__ = ["program"]

TODAY = date(2026, 3, 2)


def rows(page: Page) -> list[str]:
    """Return the lines of the list: the cells of each row joined."""
    table = list(page.tree.iter("table"))[-1]
    return [text_of(row) for row in table.iter("tr")][1:]


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, "30 gün içinde"), (30, "30 gün içinde"), (31, "31–60 gün"), (60, "31–60 gün"),
        (61, "61–90 gün"), (90, "61–90 gün"), (91, "Sonra"),
    ],
)  # fmt: skip
def test_a_certificate_stands_in_the_band_of_its_days(
    coordinator: Coordinator, days: int, band: str
) -> None:
    ends_on = TODAY + timedelta(days=days)
    coordinator.upload(listed({**ROW, "ends_on": f"{ends_on:%d.%m.%Y}"}))
    page = coordinator.browser.get("/kurum")
    assert page.all("p", role="status") == ["1 sertifika"]
    bands = dict(zip(page.all("th", scope="row"), page.all("td", class_="number"), strict=False))
    assert next(name for name, count in bands.items() if count == "1") == band
    found = coordinator.browser.get(page.links[band])
    assert found.all("p", role="status") == ["1 sertifika"]


def test_a_certificate_that_ended_is_in_the_first_band(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed({**ROW, "ends_on": "02.03.2026"}))
    world.clock.advance(days=1)
    coordinator.browser.sign_in("user", coordinator.user)
    page = coordinator.browser.get("/kurum?bant=doldu")
    assert page.all("p", role="status") == ["1 sertifika"]
    assert "süresi doldu" in page.text


def test_the_list_is_filtered_by_month_and_name(coordinator: Coordinator) -> None:
    coordinator.upload(listed(ROW, {**OTHER, "ends_on": "01.05.2026"}))
    page = coordinator.browser.get("/kurum")
    assert [line[:4] for line in rows(page)] == ["AYŞE", "İSMA"]
    may = coordinator.browser.get(page.links["05.2026"])
    assert [line[:4] for line in rows(may)] == ["İSMA"]
    assert 'value="2026-05" selected' in may.response.text
    named = coordinator.browser.post("/kurum", ara="ırak", bant="", ay="2026-05")
    assert [line[:4] for line in rows(named)] == ["İSMA"]
    assert (named.value("ara"), 'value="2026-05" selected' in named.response.text) == ("ırak", True)
    assert "%C4%B1rak" not in named.response.request.url
    none = coordinator.browser.post("/kurum", ara="yok")
    assert "Bu filtreye uyan sertifika yok." in none.text


@pytest.mark.parametrize(
    "query", ["ay=yarın", "ay=2026-13", "bant=yok", "sonra=x", "ara=yok", "ad=yok"]
)
def test_a_filter_that_is_not_ours_is_left_out(coordinator: Coordinator, query: str) -> None:
    coordinator.upload(listed(ROW))
    page = coordinator.browser.get(f"/kurum?{query}")
    assert page.all("p", role="status") == ["1 sertifika"]


def test_a_coordinator_sees_his_subtree_and_nobody_elses(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(ROW))
    elsewhere = coordinator_at(app, world, "TEST-16-02")
    elsewhere.upload(listed({**OTHER, "institution_code": "TEST-16-02-1"}))
    assert "IRAKSAK" not in coordinator.browser.get("/kurum").text
    assert "ÖRNEKOĞLU" not in elsewhere.browser.get("/kurum").text
    above = coordinator_at(app, world, "TEST-16").browser.get("/kurum")
    assert above.all("p", role="status") == ["2 sertifika"]


def test_a_line_names_masked_number_last_day_and_the_day_to_apply_by(
    coordinator: Coordinator,
) -> None:
    coordinator.upload(listed(ROW))
    (line,) = rows(coordinator.browser.get("/kurum"))
    for said in (
        "AYŞE ÖRNEKOĞLU", "100******46", "TEST Zeytinlik İlkokulu", "10.04.2026", "10.03.2026",
        "e-onay yok",
    ):  # fmt: skip
        assert said in line


def test_a_long_list_is_paged_without_gap_or_repetition(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ministry = coordinator_at(app, world, "TEST")
    ministry.upload(ministry.browser.client.get("/kurum/ornek-liste.csv").data)
    monkeypatch.setattr("web.institution.roster.PAGE", 90)
    seen: list[str] = []
    page = ministry.browser.get("/kurum")
    while True:
        seen += [text for text in page.all("td") if text.startswith("S0")]
        if "Sonraki kayıtlar" not in page.links:
            break
        page = ministry.browser.get(page.links["Sonraki kayıtlar"])
    assert "Listenin başı" in page.links
    assert len(seen) == len(set(seen)) == 200
    ends = {reference("certificate", row.id): row.ends_on for row in world.all(Certificate)}
    assert [ends[name] for name in seen] == sorted(ends.values())


def test_the_way_of_a_renewal_is_told_step_by_step(
    world: World, coordinator: Coordinator, program: Program, app: Flask
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.publish_lists()

    def said() -> str:
        page = coordinator.browser.get("/kurum")
        assert page.all("p", role="status") == ["1 sertifika"]
        return rows(page)[0]

    assert "e-onay yok" in said()
    world.consent(me, held)
    assert "Başlanmadı" in said()
    case = world.file(me, "fault", held.certificate_id)
    assert "Başvuru onay bekliyor" in said()
    world.choose(case, me, "e_onay")
    assert "Üretimde" in said()
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert "Kuryede" in said()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert "Teslim edildi, etkin değil" in said()
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    browser = signed_in(app, me)
    page = browser.get(f"/sertifikalarim/{new.reference}/etkinlestir")
    page = browser.post(f"/sertifikalarim/{new.reference}/etkinlestir", okudum="y")
    claim = program.claim(digits(page))
    card = Held(new.id, world.read(Card, new.card_id).serial, held.pin)
    program.send(claim.secret, world.sign_bytes(card, claim.content))
    assert new.reference in said()


def test_a_held_renewal_names_its_day(world: World, coordinator: Coordinator) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    page = coordinator.browser.get("/kurum")
    assert "Geçerli" in rows(page)[0]
    world.choose(world.file(me, "renewal", held.certificate_id), me, "e_onay")
    page = coordinator.browser.get("/kurum")
    assert "Üretim tarihi bekleniyor Üretim tarihi: 10.06.2026" in rows(page)[0]


def test_a_last_day_to_apply_that_is_over_is_marked_until_something_is_under_way(
    world: World, coordinator: Coordinator
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 1))
    mark = "01.03.2026 Geçti, başvuru yok"
    assert mark in rows(coordinator.browser.get("/kurum"))[0]
    case = world.file(me, "renewal", held.certificate_id)
    assert mark not in rows(coordinator.browser.get("/kurum"))[0]
    world.engine.fire(case, "cancel", applicant(me))
    assert mark in rows(coordinator.browser.get("/kurum"))[0]
    world.write("UPDATE certificate SET ends_on = '2026-04-02'")
    assert "Geçti" not in rows(coordinator.browser.get("/kurum"))[0]


def test_a_dropped_application_counts_as_none(world: World, coordinator: Coordinator) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    case = world.file(me, "renewal", held.certificate_id)
    world.engine.fire(case, "cancel", applicant(me))
    assert "e-onay yok" in rows(coordinator.browser.get("/kurum"))[0]


def test_every_state_of_an_application_has_its_standing(
    definitions: dict[str, Definition],
) -> None:
    states = definitions["application"].states
    assert set(BY_STATE) | set(SPENT) == set(states)
    assert not set(BY_STATE) & set(SPENT)
    assert set(TITLES) == set(RenewalStanding)


@pytest.mark.parametrize(
    ("consented", "told"), [(False, RenewalStanding.NO_E_ONAY), (True, RenewalStanding.UNDER_WAY)]
)
def test_an_application_that_waits_for_its_person_is_not_told_as_one_without_e_onay(
    consented: bool,  # noqa: FBT001 - a parameter of the test
    told: RenewalStanding,
) -> None:
    facts = Facts(TODAY, consented, "e_onay", TODAY)
    assert tell(facts, TODAY).standing is told


@pytest.mark.parametrize(
    ("apply_from", "consented", "told"),
    [
        (TODAY + timedelta(days=1), False, RenewalStanding.ACTIVE),
        (TODAY, False, RenewalStanding.NO_E_ONAY),
        (TODAY, True, RenewalStanding.NOT_STARTED),
    ],
)
def test_nothing_has_to_be_done_before_applications_open(
    apply_from: date,
    consented: bool,  # noqa: FBT001 - a parameter of the test
    told: RenewalStanding,
) -> None:
    facts = Facts(apply_from, consented, None, None)
    assert tell(facts, TODAY).standing is told
    assert tell(facts, TODAY).until is None


def test_only_a_held_application_names_a_day() -> None:
    facts = Facts(TODAY, consented=True, application="queued", opens_on=TODAY)
    assert tell(facts, TODAY).until is None
