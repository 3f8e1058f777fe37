"""Sessions of a browser: how one begins, how long it stands, and who may have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.staff import Staff, path, waiting_for_paper
from web.gate.permissions import allow
from web.gate.session import polled
from web.kit import frame

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_he_was(
    world: World, visitor: Visitor, staff: Staff
) -> None:
    wanted = path(waiting_for_paper(world), "gecmis")
    page = visitor.get(wanted)
    assert page.heading == "Giriş"
    back = visitor.post(f"/giris/deneme/user/{staff.officer}", devam=page.value("devam"))
    assert "Geçmiş" in back.all("h2")
    assert back.response.request.path == wanted


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "/a\n/b", "evil"]
)
def test_signing_in_never_leads_out_of_the_site(
    visitor: Visitor, staff: Staff, elsewhere: str
) -> None:
    visitor.get("/giris")
    page = visitor.post(f"/giris/deneme/user/{staff.officer}", devam=elsewhere)
    assert page.response.request.path == "/is-listem"


def test_a_stranger_who_sends_a_form_is_sent_to_sign_in(world: World, visitor: Visitor) -> None:
    case = waiting_for_paper(world)
    visitor.get("/giris")
    assert visitor.post(path(case, "islem", "cancel"), seen="2").heading == "Giriş"
    assert world.state(case) == "in_person"


def test_a_session_nobody_uses_ends_after_thirty_minutes(world: World, officer: Visitor) -> None:
    world.clock.advance(minutes=29)
    assert officer.get("/is-listem").heading == "İş listem"
    world.clock.advance(minutes=30)
    assert officer.get("/is-listem").heading == "İş listem"
    world.clock.advance(minutes=31)
    page = officer.get("/is-listem")
    assert page.heading == "Giriş"
    assert "uzun süre işlem yapılmadığı için" in page.text


def test_a_session_in_use_ends_after_twelve_hours(world: World, officer: Visitor) -> None:
    for _ in range(24):
        world.clock.advance(minutes=29)
        officer.get("/hesap")
    world.clock.advance(minutes=29)
    assert officer.get("/hesap").heading == "Giriş"


def test_asking_to_stay_prolongs_the_session(world: World, officer: Visitor) -> None:
    for _ in range(3):
        world.clock.advance(minutes=20)
        officer.get("/oturum/surdur", 204, headers={"Accept": "application/json"})
    assert officer.get("/oturum/surdur").heading == "İş listem"


@pytest.mark.own_site
def test_a_page_that_asks_by_itself_never_prolongs_the_session(
    app: Flask, world: World, visitor: Visitor, staff: Staff
) -> None:
    app.add_url_rule("/sor", "ask", polled(allow("*")(lambda: {"state": "waiting"})))
    visitor.sign_in("user", staff.officer)
    for _ in range(2):
        world.clock.advance(minutes=20)
        answer = visitor.client.get("/sor")
    assert answer.status_code == 302


@pytest.mark.usefixtures("staff")
def test_personas_are_grouped_by_role_and_show_no_number(world: World, visitor: Visitor) -> None:
    world.person()
    page = visitor.get("/giris")
    assert page.all("h2") == [
        "Kartla giriş (e-imza)",
        "Başvuru görevlisi", "Üretim görevlisi", "Denetçi", "Kurum yetkilisi", "Başvuru sahibi",
    ]  # fmt: skip
    assert "AYŞE ÖRNEKOĞLU" in page.text


@pytest.mark.usefixtures("staff")
def test_an_unknown_persona_is_nobody(visitor: Visitor) -> None:
    visitor.get("/giris")
    visitor.post("/giris/deneme/user/99999", 404)
    visitor.get("/giris")
    visitor.post("/giris/deneme/person/99999", 404)
    visitor.get("/giris")
    visitor.post("/giris/deneme/yok/1", 404)


def test_an_account_that_is_closed_or_holds_two_roles_can_not_sign_in(
    world: World, visitor: Visitor, staff: Staff
) -> None:
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=staff.officer)
    world.write(
        "UPDATE office_user SET roles = '{officer,auditor}' WHERE id = :id", id=staff.second
    )
    for number in (staff.officer, staff.second):
        visitor.get("/giris")
        visitor.post(f"/giris/deneme/user/{number}", 404)


def test_the_account_page_says_who_one_is_to_the_journal(officer: Visitor, staff: Staff) -> None:
    page = officer.get("/hesap")
    for said in ("Zeynep Görevli", "Başvuru görevlisi", f"user:{staff.officer}", "demo"):
        assert said in page.text


def test_the_start_page_of_somebody_without_a_face_is_his_account(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "MENU", ())
    person = world.person()
    visitor.sign_in("person", person)
    assert visitor.get("/").heading == "Hesabım"


def test_many_sign_ins_from_one_address_are_throttled(
    app: Flask, visitor: Visitor, staff: Staff
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answers = [visitor.client.post(f"/giris/deneme/user/{staff.officer}") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [302] * 60 + [429]
