"""Signing in with the card, from the sign-in page to the session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from handlers.people.register import enter_user
from signing import fingerprint
from signing.app.purpose import ORIGIN_LINE, SignaturePurpose
from signing.cms.profiles import Profile
from states.cases.sign_in import SignIn
from states.logs.journal import JournalEntry
from states.people.user import User
from tests.kit.handlers.world import AYSE
from tests.kit.web.program import address, digits, signed
from tests.kit.web.visitor import Visitor
from web.gate.actors import of_card
from web.gate.composition import KEY

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from tests.kit.handlers.world import World
    from tests.kit.web.program import Program
    from tests.web.auth.conftest import Caller
    from web.gate.actors import Known

FIRST_PAGE = "Nitelikli elektronik sertifika (NES) işlemleri"
"""Where who is not signed in begins."""


def account(world: World, person_id: int, role: str = "officer") -> int:
    """Give a person an account of the office."""
    with world.engine.database.begin() as connection:
        return enter_user(
            connection, "AYŞE ÖRNEKOĞLU", [role], world.clock.now(), person_id=person_id
        )


def close(world: World, user_id: int) -> None:
    with world.engine.database.begin() as connection:
        connection.execute(update(User).where(User.id == user_id).values(active=False))


# The page


def test_the_sign_in_page_offers_the_card(visitor: Visitor) -> None:
    page = visitor.get("/giris?devam=/e-onay")
    assert "Kartla giriş (e-imza)" in page.all("h2")
    assert page.value("devam") == "/e-onay"


def test_the_code_page_shows_digits_end_fingerprint_and_commands(caller: Caller) -> None:
    page = caller.ask()
    assert page.heading == "Kartla giriş"
    assert re.fullmatch(r"\d{3}( \d{3}){4}", digits(page))
    assert "Son kullanma: 02.03.2026 12:05:00" in page.text
    assert 'data-left="300"' in page.response.text
    assert '<meta http-equiv="refresh" content="10">' in page.response.text
    plain, held = digits(page).replace(" ", ""), caller.held
    (command,) = page.all("pre")
    assert f"nes-imza {plain} --url http://localhost --token {held.card_serial} --store" in command
    assert page.all("td") == [held.card_serial, held.pin]
    assert {part.get("src") for part in page.tree.iter("script")} == {
        "/static/frame.js", "/static/poll.js", "/static/code.js",
    }  # fmt: skip
    assert digits(caller.browser.get("/giris/kart")) == digits(page)


def test_outside_the_demo_no_card_is_named_and_the_public_address_stands_in_the_text(
    world: World, caller: Caller, app: Flask, program: Program
) -> None:
    composition = app.extensions[KEY]
    public = "https://localhost"
    settings = composition.settings.model_copy(update={"demo": False, "public_url": public})
    app.extensions[KEY] = type(composition)(
        settings, composition.database, composition.library, composition.clock, composition.engine
    )
    caller.browser.get("/giris")
    page = caller.browser.post("/giris/kart")
    assert page.all("pre") == page.all("code") == page.all("td") == []
    plain = digits(page).replace(" ", "")
    assert f"nes-imza:sign?code={plain}&amp;server=https%3A%2F%2Flocalhost" in page.response.text
    assert program.claim(digits(page)).lets_in_at(public)
    assert world.all(SignIn)[0].origin == public


def test_a_text_never_names_an_address_that_a_stranger_made_up(
    world: World, visitor: Visitor
) -> None:
    visitor.get("/giris")
    answer = visitor.client.post(
        "/giris/kart", data={"csrf_token": visitor.token}, headers={"Host": "nes.evil.invalid"}
    )
    assert answer.status_code == 400
    assert world.all(SignIn) == []


def test_a_browser_that_asked_for_nothing_is_led_to_the_sign_in_page(visitor: Visitor) -> None:
    assert visitor.get("/giris/kart").heading == FIRST_PAGE
    assert visitor.client.get("/giris/kart/durum").status_code == 404
    visitor.post("/giris/kart/person")
    assert visitor.get("/giris/kart").heading == FIRST_PAGE


def test_a_session_with_another_token_waits_for_nothing(caller: Caller) -> None:
    caller.ask()
    with caller.browser.client.session_transaction() as kept:
        kept["card"] = {**kept["card"], "browser": "another"}
    assert caller.browser.get("/giris/kart").heading == FIRST_PAGE


# The way in


def test_who_signs_with_his_card_is_signed_in_by_reload_alone(
    world: World, caller: Caller, program: Program
) -> None:
    page = caller.ask("/e-onay")
    claim = program.claim(digits(page))
    assert (claim.purpose, claim.purpose_title) == (SignaturePurpose.SIGN_IN, "Kartla giriş")
    assert (claim.person, claim.tckn_masked) == ("", "")
    assert claim.profile is Profile.P1
    assert f"{ORIGIN_LINE}http://localhost" in claim.text.splitlines()
    assert claim.fingerprint in page.text
    assert claim.fingerprint == fingerprint.short_fingerprint(claim.content)
    waiting = caller.browser.get("/giris/kart")
    assert "imzanız bekleniyor" in waiting.text
    assert digits(page) not in waiting.text
    accepted = program.send(claim.secret, signed(world, caller.held, claim))
    (row,) = world.all(SignIn)
    assert accepted.reference == row.reference == f"G{row.id:09}"
    assert accepted.title == "İmzanız alındı; tarayıcınızdaki sayfaya dönünüz."
    assert address(caller.browser.get("/giris/kart")) == "/e-onay"
    assert "AYŞE ÖRNEKOĞLU" in caller.browser.get("/hesap").text
    (entry,) = world.all(JournalEntry, case_id=row.id, trigger="use")
    assert entry.actor == f"person:{caller.person_id}"
    assert '"auth":"e-imza"' in entry.body
    assert AYSE not in "".join(one.body for one in world.all(JournalEntry))


def test_the_session_is_a_new_one_and_the_sign_in_is_spent(
    world: World, caller: Caller, program: Program, app: Flask
) -> None:
    page = caller.ask()
    name = app.config["SESSION_COOKIE_NAME"]
    before = caller.browser.client.get_cookie(name)
    caller.prove(world, program, page)
    caller.browser.get("/giris/kart")
    after = caller.browser.client.get_cookie(name)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert [row.state for row in world.all(SignIn)] == ["used"]
    thief = Visitor(app)
    thief.client.set_cookie(name, before.value)
    assert thief.get("/giris/kart").heading == FIRST_PAGE
    assert thief.client.get("/hesap").status_code == 302


def test_only_the_browser_that_asked_is_signed_in(
    world: World, caller: Caller, program: Program, app: Flask
) -> None:
    page, other = caller.ask(), Visitor(app)
    other.get("/giris")
    other.post("/giris/kart")
    caller.prove(world, program, page)
    assert other.get("/giris/kart").heading == "Kartla giriş"
    assert other.client.get("/hesap").status_code == 302
    assert address(caller.browser.get("/giris/kart")) == "/basvurularim"


def test_a_visitor_is_never_led_off_the_site(
    world: World, caller: Caller, program: Program
) -> None:
    page = caller.ask("//ornek.invalid/kapan")
    caller.prove(world, program, page)
    assert address(caller.browser.get("/giris/kart")) == "/basvurularim"


def test_the_waiting_page_is_told_how_the_sign_in_stands(
    world: World, caller: Caller, program: Program
) -> None:
    page = caller.ask()

    def asked() -> object:
        answer = caller.browser.client.get("/giris/kart/durum")
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json

    assert asked() == {"state": "issued", "left": 300, "refused": 0}
    claim = program.claim(digits(page))
    world.clock.advance(seconds=0.4)
    assert asked() == {"state": "claimed", "left": 300, "refused": 0}
    program.rejected(claim.secret, world.sign_bytes(caller.held, b"x"), 422)
    assert asked() == {"state": "claimed", "left": 300, "refused": 1}
    assert "kabul edilmedi" in caller.browser.get("/giris/kart").text
    program.send(claim.secret, signed(world, caller.held, claim))
    assert asked() == {"state": "signed", "left": 300, "refused": 1}


def test_waiting_never_prolongs_a_session_that_is_there_already(
    world: World, caller: Caller
) -> None:
    caller.browser.sign_in("person", caller.person_id)
    caller.ask()
    for _ in range(4):
        world.clock.advance(minutes=10)
        caller.browser.client.get("/giris/kart/durum")
        caller.browser.client.get("/giris/kart")
    assert caller.browser.client.get("/hesap").status_code == 302


# Who


def test_one_who_is_also_an_officer_chooses_one_role(
    world: World, caller: Caller, program: Program
) -> None:
    user_id = account(world, caller.person_id)
    caller.prove(world, program, caller.ask())
    choice = caller.browser.get("/giris/kart")
    assert choice.heading == "Kim olarak giriş yapıyorsunuz?"
    assert choice.all("span", class_="persona-name") == ["Başvuru sahibi", "Başvuru görevlisi"]
    assert "12:05:00" in choice.text
    assert caller.browser.client.get("/hesap").status_code == 302
    assert caller.browser.post("/giris/kart/user").heading == "İş listem"
    (entry,) = world.all(JournalEntry, trigger="use")
    assert entry.actor == f"user:{user_id}"
    assert '"role":"officer"' in entry.body
    caller.browser.get("/giris")
    caller.browser.post("/giris/kart/person")
    caller.browser.get("/basvurularim", 403)


def test_the_same_one_may_apply_for_himself(world: World, caller: Caller, program: Program) -> None:
    account(world, caller.person_id)
    caller.prove(world, program, caller.ask())
    caller.browser.get("/giris/kart")
    assert address(caller.browser.post("/giris/kart/person")) == "/basvurularim"
    (entry,) = world.all(JournalEntry, trigger="use")
    assert entry.actor == f"person:{caller.person_id}"


def test_a_closed_account_is_not_offered(world: World, caller: Caller, program: Program) -> None:
    close(world, account(world, caller.person_id))
    caller.prove(world, program, caller.ask())
    assert address(caller.browser.get("/giris/kart")) == "/basvurularim"


def test_a_second_tab_that_comes_too_late_disturbs_nothing(
    world: World, caller: Caller, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.prove(world, program, caller.ask())
    (row,) = world.all(SignIn)
    with caller.browser.client.session_transaction() as kept:
        browser = kept["card"]["browser"]

    def quicker(database: Engine, person_id: int | None) -> list[Known]:
        found = of_card(database, person_id)
        if world.read(SignIn, row.id).state == "signed":
            world.engine.fire(row.id, "use", found[0].actor, {"browser": browser})
        return found

    monkeypatch.setattr("web.auth.card.of_card", quicker)
    assert caller.browser.get("/giris/kart").heading == FIRST_PAGE
    assert [one.trigger for one in world.all(JournalEntry, trigger="use")] == ["use"]


def test_an_account_closed_while_one_chooses_opens_nothing(
    world: World, caller: Caller, program: Program
) -> None:
    user_id = account(world, caller.person_id)
    caller.prove(world, program, caller.ask())
    caller.browser.get("/giris/kart")
    close(world, user_id)
    caller.browser.post("/giris/kart/user", 404)
    assert caller.browser.client.get("/hesap").status_code == 302


@pytest.mark.parametrize("sort", ["admin", "system"])
def test_only_the_two_sorts_can_be_chosen(visitor: Visitor, sort: str) -> None:
    visitor.get("/giris")
    visitor.post(f"/giris/kart/{sort}", 404)
