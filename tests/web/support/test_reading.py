"""What the pages of support units read, and what each page shows of them in its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from handlers.institutions import support
from handlers.institutions.units import unit_of
from handlers.people.register import enter_user, find_institution
from states.cases.requests.support_change import SupportChange
from states.kit.errors import DatabaseUnavailable
from tests.kit.handlers.world import administrator, open_account
from tests.kit.web.visitor import Visitor
from tests.web.institution.conftest import coordinator_at
from web.support import reading

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection

    from handlers.institutions.units import SupportUnit
    from tests.kit.handlers.world import World


@pytest.fixture
def proposals(world: World) -> dict[str, str]:
    """Give a proposal for each of some institutions; return their references by the codes."""
    now, found = world.clock.now(), {}
    with world.engine.database.begin() as connection:
        head = open_account(connection, "Yaprak", "administrator", now, subject="sub-Yaprak")
    for code in ("TEST-16", "TEST-16-01", "TEST-16-01-1", "TEST-16-02", "TEST-06"):
        with world.engine.database.connect() as connection:
            place = find_institution(connection, code)
        assert place is not None
        values = {
            "institution_id": place.id, "unit": f"Birim {code}", "phone": "+902241112233",
            "email": None, "person_id": None,
        }  # fmt: skip
        who = administrator(head)
        case = world.engine.open(support.WORKFLOW, "propose", who, values, reason="Yeni")
        found[code] = world.read(SupportChange, case).reference
    return found


def seen(browser: Visitor, proposals: dict[str, str]) -> list[str]:
    """Return the codes of the institutions whose proposals a page lists, in its order."""
    text = browser.get("/destek-birimleri").text
    shown = {text.index(reference): code for code, reference in proposals.items()
             if reference in text}  # fmt: skip
    return [shown[at] for at in sorted(shown)]


def test_a_coordinator_sees_the_proposals_of_their_own_subtree_in_their_order(
    app: Flask, world: World, proposals: dict[str, str]
) -> None:
    subtrees = {
        "TEST": list(proposals), "TEST-16-01": ["TEST-16-01", "TEST-16-01-1"],
        "TEST-06": ["TEST-06"], "TEST-16-02-1": [],
    }  # fmt: skip
    for code, expected in subtrees.items():
        assert seen(coordinator_at(app, world, code).browser, proposals) == expected
    with world.engine.database.begin() as connection:
        nowhere = enter_user(connection, "Nowhere", ["coordinator"], world.clock.now())
    browser = Visitor(app)
    browser.sign_in("user", nowhere)
    assert seen(browser, proposals) == []
    world.write("UPDATE support_change SET state = 'refused'")
    assert seen(coordinator_at(app, world, "TEST").browser, proposals) == []


def test_an_auditor_reads_and_proposes_nothing(
    app: Flask, world: World, proposals: dict[str, str]
) -> None:
    with world.engine.database.begin() as connection:
        number = open_account(connection, "Çağrı", "auditor", world.clock.now(), subject="sub-C")
    browser = Visitor(app)
    browser.sign_in("user", number)
    assert seen(browser, proposals) == list(proposals)
    assert "/destek-birimleri/yeni" not in browser.get("/destek-birimleri").links.values()
    assert "Onayla" not in browser.get(f"/destek-birimi/{proposals['TEST-06']}").buttons
    browser.get("/destek-birimleri/yeni", 403)


def test_a_holder_is_asked_about_once_in_a_request_and_others_never(
    app: Flask, world: World, proposals: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del proposals
    world.write("UPDATE support_change SET state = 'approved'")
    me, asked = world.person(), []

    def counted(connection: Connection, institution_id: int) -> SupportUnit | None:
        asked.append(institution_id)
        return unit_of(connection, institution_id)

    monkeypatch.setattr(reading, "unit_of", counted)
    holder = Visitor(app)
    holder.sign_in("person", me)
    asked.clear()
    assert "Birim TEST-16-01-1" in holder.get("/basvurularim").text
    assert len(asked) == 1
    world.write("UPDATE person SET institution_id = NULL WHERE id = :me", me=me)
    assert "destek birimi: Birim" not in holder.get("/basvurularim").text
    asked.clear()
    Visitor(app).get("/giris")
    coordinator_at(app, world, "TEST-06").browser.get("/kurum")
    assert asked == []


@pytest.mark.parametrize(
    "error", [DatabaseUnavailable("It is away."), OperationalError("x", {}, Exception())]
)
def test_while_the_database_is_away_the_frame_names_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def away() -> NoReturn:
        raise error

    monkeypatch.setattr(reading, "_support_of_holder", away)
    with app.test_request_context("/"):
        assert reading.support_here() is None
        monkeypatch.setattr(reading, "_support_of_holder", lambda: "asked again")
        assert reading.support_here() is None  # once a request
