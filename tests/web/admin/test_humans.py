"""Accounts belong to humans: named with a new one, tied to an old one, one open one each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from states.cases.grant import RoleGrant
from states.people.person import Person
from states.people.user import User
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.kit.web.visitor import Visitor
from tests.web.admin.conftest import account, newest

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page
    from tests.web.admin.conftest import Administrator


def propose_new(administrator: Administrator, status: int = 200, **data: str) -> Page:
    """Propose an account for Derya Kaya, an officer, unless something else is said."""
    new = {"ad": " Derya ", "soyad": "Kaya", "kimlik": "sub-9", "rol": "officer", "kurum": "",
           "tckn": ISMAIL, "gerekce": "Yeni görevli"}  # fmt: skip
    administrator.browser.get("/yonetim/hesap/yeni")
    return administrator.browser.post("/yonetim/hesap/yeni", status, **{**new, **data})


def test_a_new_account_belongs_to_its_human_once_it_is_granted(
    world: World, first: Administrator, other: Administrator
) -> None:
    assert "Derya Kaya (yeni)" in propose_new(first).text
    assert world.all(User, subject="sub-9") == []
    person = newest(world).person_id
    assert world.read(Person, person).name == "DERYA KAYA"
    page = other.browser.get(f"/yonetim/oneri/{newest(world).reference}")
    assert "DERYA KAYA, 100******78" in page.text
    other.decide(newest(world).id, "approve")
    (user,) = world.all(User, subject="sub-9")
    assert (user.name, user.roles, user.person_id) == ("Derya Kaya", ["officer"], person)
    assert newest(world).user_id == user.id
    page = propose_new(first, 422, kimlik="sub-10")
    assert "bir hesabı var" in page.text
    page = propose_new(first, 422, tckn=AYSE)
    assert "bir hesabı var" in page.text


def test_a_known_human_is_found_by_number_and_name(world: World, first: Administrator) -> None:
    person = world.person()
    page = propose_new(first, 422, tckn=AYSE)
    assert "başka bir ad ve soyadla kayıtlı" in page.text
    assert AYSE not in page.text
    assert world.all(RoleGrant) == []
    propose_new(first, ad="ayşe", soyad="örnekoğlu", tckn=AYSE)
    assert newest(world).person_id == person


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"tckn": ""}, "Bu rol için kimlik numarası gerekir"),
        ({"tckn": "", "rol": "auditor"}, "Bu rol için kimlik numarası gerekir"),
        ({"tckn": "123"}, "11 rakamdan"),
        ({"tckn": "10000000147"}, "geçerli değil"),
        ({"soyad": "K4ya"}, "yalnız harflerden"),
        ({"soyad": ""}, "Soyadı yazınız"),
    ],
)
def test_a_human_who_is_named_badly_is_refused_at_his_field(
    world: World, first: Administrator, typed: dict[str, str], said: str
) -> None:
    assert said in propose_new(first, 422, **typed).text
    assert world.all(RoleGrant) == []
    assert len(world.all(Person)) == 1


def test_nobody_opens_a_second_account_for_himself(world: World, first: Administrator) -> None:
    me = world.person()
    world.write("UPDATE office_user SET person_id = :me WHERE id = :id", me=me, id=first.number)
    first.browser.sign_in("user", first.number)
    page = propose_new(first, 422, ad="Ayşe", soyad="Örnekoğlu", tckn=AYSE)
    assert "Kendi hesabınız için öneri yapamaz" in page.text


def untie(world: World, account_id: int) -> None:
    world.write("UPDATE office_user SET person_id = NULL WHERE id = :id", id=account_id)


def test_an_account_without_a_human_signs_in_once_it_is_tied(
    world: World, first: Administrator, other: Administrator, staff: Staff, app: Flask
) -> None:
    untie(world, staff.officer)
    browser = Visitor(app)
    browser.get("/giris")
    said = browser.post(f"/giris/deneme/user/{staff.officer}")
    assert "Bu hesap bir kişiye bağlı değil" in said.text
    page = first.browser.get(f"/yonetim/hesap/{staff.officer}")
    assert "Kişisine bağlanmasını öner" in page.text
    page = first.propose(staff.officer, "role", 422, rol="operator")
    assert "önce kişisine bağlanmasını" in page.text
    human: dict[str, Any] = {"ad": "Zeynep", "soyad": "Görevli", "tckn": AYSE}
    first.propose(staff.officer, "tie", **human)
    assert "Hesabın kişisine bağlanması" in first.browser.get("/yonetim/oneriler").text
    assert account(world, staff.officer).person_id is None
    other.decide(newest(world).id, "approve")
    tied = account(world, staff.officer)
    assert (tied.person_id, tied.active, tied.roles) == (
        newest(world).person_id, True, ["officer"],
    )  # fmt: skip
    browser.sign_in("user", staff.officer)
    again = first.propose(staff.officer, "tie", 422, **human)
    assert "bağ değiştirilmez" in again.text


def test_a_human_has_one_open_account_and_closed_ones_may_be_his(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    human: dict[str, Any] = {"ad": "Zeynep", "soyad": "Görevli", "tckn": AYSE}
    for one in (staff.officer, staff.second):
        untie(world, one)
    first.propose(staff.officer, "tie", **human)
    other.decide(newest(world).id, "approve")
    page = first.propose(staff.second, "tie", 422, **human)
    assert "önce bu hesabın kapatılmasını" in page.text
    first.propose(staff.second, "close")
    other.decide(newest(world).id, "approve")
    first.propose(staff.second, "tie", **human)
    other.decide(newest(world).id, "approve")
    closed = account(world, staff.second)
    assert (closed.person_id, closed.active) == (account(world, staff.officer).person_id, False)
    page = first.propose(staff.second, "reopen", 422)
    assert "bir hesabı var" in page.text


def test_a_session_that_acts_for_nobody_known_is_over(world: World, officer: Visitor) -> None:
    assert officer.get("/hesap").heading != "Giriş"
    world.write("UPDATE web_session SET person_id = NULL")
    assert "Hesabınızın yetkileri değişti" in officer.get("/hesap").text
