"""The auditor's page of approvals: who approved on what, what was checked again, whose hands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from handlers.desk.evidence import export
from states.cases.application import Application
from states.kit.reference import reference
from tests.kit.handlers.old import published
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.world import ISMAIL, officer, operator
from tests.kit.web.staff import under_review, waiting_for_paper
from web.audit.trails import APPROVAL, CARD, GROUND, RECHECK

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor

ADDRESS = "/denetim/onaylar"


@pytest.fixture
def delivered(world: World, staff: Staff) -> int:
    """Give a renewal by e-onay whose card has been handed over."""
    me = world.person(ISMAIL, "İSMAİL IŞIKLI", "Işıklı")
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator(staff.operator))
    world.run_effects()
    world.engine.fire(case, "deliver", operator(staff.operator), world.handed_over())
    return case


def test_an_approval_by_e_onay_is_told_with_its_ground_and_the_hands_of_the_card(
    world: World, auditor: Visitor, delivered: int
) -> None:
    row = world.read(Application, delivered)
    page = auditor.get(ADDRESS)
    assert page.heading == "Onaylar"
    assert reference("application", delivered) in page.links
    assert reference("consent", row.consent_id or 0) in page.links
    titles = page.all("strong")
    assert titles[-6:] == [
        "Yöntemi seç", "e-onay ile onayla", "Üretimi başlat", "Üretimi tamamla", "Kuryeye ver",
        "Teslim edildi olarak işle",
    ]  # fmt: skip
    for said in (
        "İSMAİL IŞIKLI", "Işık Üretim", "production.unchanged", "settlement.final",
        "Gösterilen belge:", "Alınmadı", "Teslim edildi",
    ):  # fmt: skip
        assert said in page.text


def test_paper_is_told_with_both_officers_and_the_evidence_file_with_who_took_it(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    assert "Bu filtreye uyan onaylanmış başvuru yok." in auditor.get(ADDRESS).text
    approve_paper(world, case, officer(staff.second))
    export(world.engine, officer(staff.officer), case, "court")
    page = auditor.get(ADDRESS)
    assert page.all("strong")[-3:] == ["Yöntemi seç", "Evrakı kaydet", "Evrakı onayla"]
    for said in ("Zeynep Görevli", "İlker Görevli", f"user:{staff.second}"):
        assert said in page.text
    assert "Alınmadı" not in page.text
    assert "Dayandığı e-onay" not in page.text


def test_one_application_is_asked_for_by_its_number(
    world: World, auditor: Visitor, delivered: int
) -> None:
    number = reference("application", delivered)
    assert number in auditor.get(f"{ADDRESS}?basvuru={number}").links
    other = reference("application", waiting_for_paper(world))
    page = auditor.get(f"{ADDRESS}?basvuru={other}")
    assert "Bu filtreye uyan onaylanmış başvuru yok." in page.text


@pytest.mark.parametrize("typed", ["x", "E000000001", "S000000001", "ş"])
def test_what_is_no_number_of_an_application_is_told_so(auditor: Visitor, typed: str) -> None:
    page = auditor.get(f"{ADDRESS}?basvuru={typed}", 422)
    assert page.all("p", id="basvuru-hata") == ["Bir başvuru numarası yazınız; örnek: B000000123."]
    assert page.value("basvuru") == typed


def test_a_number_that_was_typed_comes_to_its_address_and_nothing_else_does(
    auditor: Visitor, delivered: int
) -> None:
    number = reference("application", delivered)
    auditor.get(ADDRESS)
    page = auditor.post(ADDRESS, basvuru=f" {number} ")
    assert page.links.keys() >= {number}
    assert (
        auditor.client.post(ADDRESS, data={"basvuru": number, "csrf_token": auditor.token}).headers[
            "Location"
        ]
        == f"{ADDRESS}?basvuru={number}"
    )
    name = auditor.client.post(
        ADDRESS, data={"basvuru": "Ayşe Örnekoğlu", "csrf_token": auditor.token}
    )
    assert (name.status_code, "Location" in name.headers) == (422, False)
    assert "Bir başvuru numarası yazınız" in name.text
    empty = auditor.client.post(ADDRESS, data={"basvuru": "", "csrf_token": auditor.token})
    assert empty.headers["Location"] == ADDRESS


def test_more_than_a_page_goes_on_where_it_ends(
    world: World, auditor: Visitor, delivered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.audit.trails.PAGE", 1)
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    newer = world.file(me, "renewal", held.certificate_id)
    world.choose(newer, me, "e_onay")
    page = auditor.get(ADDRESS)
    assert reference("application", newer) in page.links
    assert reference("application", delivered) not in page.links
    older = auditor.get(page.links["Daha eskiler"])
    assert reference("application", delivered) in older.links
    assert "Daha eskiler" not in older.links
    assert "En yeniler" in older.links
    assert auditor.get(f"{ADDRESS}?sonra=x").links.keys() >= {reference("application", newer)}


def test_an_entry_that_names_no_known_definition_is_told_all_the_same(
    auditor: Visitor, delivered: int, database: Database
) -> None:
    forged = text(
        'UPDATE journal SET body = regexp_replace(body, \'"definition":"\\w+"\','
        f" '\"definition\":\"00\"') WHERE case_id = {delivered} AND trigger = 'deliver'"
    )
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(forged)
    assert "Teslim edildi olarak işle" in auditor.get(ADDRESS).text


def test_each_move_that_the_page_tells_of_is_one_of_an_application(world: World) -> None:
    moves = world.engine.library.current["application"].transitions
    assert {*GROUND, *APPROVAL, *RECHECK, *CARD} <= moves.keys() | published()[
        "application"
    ].transitions
    approving = {move.name for move in moves.values() if move.target == "approved"}
    assert approving <= {*APPROVAL, *RECHECK}
    started = {move.name for move in moves.values() if move.target == "in_production"}
    assert started <= set(RECHECK)
