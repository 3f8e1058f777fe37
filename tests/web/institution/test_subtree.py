"""Whose people a coordinator sees: those of the own institution and all below it, nobody else's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.radar.standing import BY_STATE, Facts, RenewalStanding
from states.kit.reference import reference
from states.people.institution import Institution
from tests.web.institution.conftest import OTHER, ROW, coordinator_at, listed
from tests.web.institution.test_roster import rows
from web.institution.standing import LOOKS, TITLES, tell
from web.institution.subtree import institution_of
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.institution.conftest import Coordinator

TODAY = date(2026, 3, 2)


def beside(world: World) -> str:
    """Open an institution whose code begins with that of the district; return its code."""
    (district,) = world.all(Institution, code="TEST-16-01")
    world.write(
        "INSERT INTO institution (code, name, sort_key, parent_id, path)"
        " VALUES ('TEST-16-011', 'TEST Komşu', 'test komşu', :parent, :path)",
        parent=district.parent_id,
        path=district.path.replace("TEST-16-01", "TEST-16-011"),
    )
    return "TEST-16-011"


def test_a_neighbour_whose_code_begins_alike_is_no_part_of_it(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    code = beside(world)
    neighbour = coordinator_at(app, world, code)
    neighbour.upload(listed({**OTHER, "institution_code": code}))
    coordinator.upload(listed(ROW))
    assert [line[:4] for line in rows(coordinator.browser.get("/kurum"))] == ["AYŞE"]
    assert [line[:4] for line in rows(neighbour.browser.get("/kurum"))] == ["İSMA"]
    (foreign,) = (
        link for link in neighbour.browser.get("/kurum").links.values()
        if link.startswith("/kurum/kisi/")
    )  # fmt: skip
    assert coordinator.browser.client.get(foreign).status_code == 404
    assert neighbour.browser.client.get(foreign).status_code == 200


def test_an_account_without_an_institution_is_told_and_sees_nobody(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(ROW))
    (link,) = (
        one for one in coordinator.browser.get("/kurum").links.values()
        if one.startswith("/kurum/kisi/")
    )  # fmt: skip
    world.write("UPDATE office_user SET institution_id = NULL WHERE id = :id", id=coordinator.user)
    page = coordinator.browser.get("/kurum")
    assert list(page.tree.iter("table")) == []
    assert "ÖRNEKOĞLU" not in page.text
    coordinator.browser.get(link, 404)


def test_the_institution_is_that_of_an_open_account(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    actor = Actor(f"user:{coordinator.user}", frozenset({"coordinator"}), "demo", None)
    with app.test_request_context("/"):
        found = institution_of(actor)
        assert found is not None
        assert found.code == "TEST-16-01"
        world.write("UPDATE office_user SET active = false WHERE id = :id", id=coordinator.user)
        assert institution_of(actor) is None


def test_the_counts_of_bands_and_months_are_those_of_the_subtree_whatever_the_filter(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(ROW, {**OTHER, "ends_on": "01.05.2026"}))
    other = coordinator_at(app, world, "TEST-16-02")
    row = {**OTHER, "tckn": "10000000078", "serial": "77", "institution_code": "TEST-16-02-1"}
    other.upload(listed(row))
    for query in ("", "?bant=60", "?ay=2026-05", "?bant=doldu"):
        page = coordinator.browser.get(f"/kurum{query}")
        numbers = page.all("td", class_="number")
        assert numbers == ["0", "0", "2", "0", "0", "1", "1"], query
    assert page.all("p", role="status") == ["0 sertifika"]


def test_a_typed_filter_is_cut_to_what_a_name_can_be_long(coordinator: Coordinator) -> None:
    page = coordinator.browser.post("/kurum", ara=f"  {'ö' * 300} ", bant="30", ay="")
    assert page.value("ara") == "ö" * 100
    assert "bant=30" in page.response.request.url
    assert "ay=" not in page.response.request.url


def test_a_letter_with_a_meaning_in_a_pattern_means_itself(coordinator: Coordinator) -> None:
    coordinator.upload(listed(ROW))
    for typed in ("%", "_", "örnek%", "\\"):
        page = coordinator.browser.post("/kurum", ara=typed)
        assert page.all("p", role="status") == ["0 sertifika"], typed
    assert coordinator.browser.post("/kurum", ara="örnek").all("p", role="status") == [
        "1 sertifika"
    ]


def test_one_that_ends_is_asked_for_under_its_own_sort_of_number_only(
    world: World, coordinator: Coordinator
) -> None:
    held = world.card(world.person(), date(2026, 4, 10))
    number = held.certificate_id
    for workflow, status in (("certificate", 200), ("application", 404), ("consent", 404)):
        name = reference(workflow, number)
        answer = coordinator.browser.client.get(f"/kurum/sertifika/{name}/iptal-iste")
        assert answer.status_code == status, workflow


@pytest.mark.parametrize(
    ("standing", "look"),
    [
        (RenewalStanding.NOT_STARTED, "tag-stop"),
        (RenewalStanding.NO_E_ONAY, "tag-stop"),
        (RenewalStanding.UNDER_WAY, "tag-wait"),
        (RenewalStanding.HELD, "tag-wait"),
        (RenewalStanding.NOT_ACTIVE, "tag-wait"),
        (RenewalStanding.ACTIVE, "tag-done"),
        (RenewalStanding.IN_PRODUCTION, ""),
        (RenewalStanding.WITH_COURIER, ""),
    ],
)
def test_what_the_person_has_to_do_looks_otherwise(standing: RenewalStanding, look: str) -> None:
    assert LOOKS.get(standing, "") == look
    states = [state for state, told in BY_STATE.items() if told is standing]
    for state in states:
        said = tell(Facts(TODAY, consented=False, application=state, opens_on=TODAY), TODAY)
        assert (said.look, said.title) == (look, TITLES[standing])


@pytest.mark.parametrize("state", ["approved", "held", "certificate_unseen"])
def test_each_application_that_waits_for_its_day_names_it(state: str) -> None:
    facts = Facts(TODAY, consented=True, application=state, opens_on=date(2026, 6, 10))
    assert tell(facts, TODAY).until == date(2026, 6, 10)
