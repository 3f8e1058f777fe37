"""Whoever the gateway has proved and nobody knows here asks to be registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.requests.registration import Registration
from states.logs.journal import JournalEntry
from states.people.person import Person
from tests.kit.handlers.world import ISMAIL, officer
from tests.kit.web.lint import faults
from tests.web.auth.test_oidc import client, provider
from web.auth import oidc, stranger
from web.auth.stranger import Stranger

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.kit.handlers.world import World
    from tests.kit.web.provider import Provider
    from tests.kit.web.visitor import Page, Visitor

__all__ = ["client", "provider"]

CLAIMS = {"sub": "x", "tckn": ISMAIL, "given_name": "İSMAİL", "family_name": "IRAKSAK"}


@pytest.fixture
def came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the gateway send İsmail back, whom nobody knows."""
    until = int(world.clock.now().timestamp()) + 1800

    def end() -> None:
        raise oidc.Unregistered(Stranger(ISMAIL, "İSMAİL", "IRAKSAK", until))

    monkeypatch.setattr(oidc, "end", end)


def asked(visitor: Visitor) -> Page:
    """Come from the gateway and ask."""
    visitor.get("/giris/oidc/donus")
    return visitor.post("/kayit", email="i@ornek.invalid", institution="TEST-16-01")


def test_a_stranger_with_a_name_is_led_to_the_request(
    client: FlaskClient, provider: Provider, world: World
) -> None:
    provider.claims = dict(CLAIMS)
    location = client.get("/giris/oidc").headers["Location"]
    answer = client.get(provider.back(location), follow_redirects=True)
    assert answer.request.path == "/kayit"
    assert faults(answer.text) == []
    assert "İSMAİL IRAKSAK" in answer.text
    assert ISMAIL not in answer.text
    assert world.all(Registration) == []


@pytest.mark.usefixtures("came")
def test_a_request_is_filed_once_and_says_that_it_waits(world: World, visitor: Visitor) -> None:
    page = visitor.get("/giris/oidc/donus")
    assert page.heading == "Kayıt isteği"
    assert page.all("dd") == ["İSMAİL IRAKSAK", "100******78"]
    done = asked(visitor)
    assert "Kayıt isteğiniz bir görevliyi bekliyor." in done.text
    assert "01.04.2026" in done.text
    again = visitor.post("/kayit", email="i@ornek.invalid")
    assert "Kayıt isteğiniz bir görevliyi bekliyor." in again.text
    (row,) = world.all(Registration)
    assert (row.state, row.email, row.given_name) == ("requested", "i@ornek.invalid", "İSMAİL")
    (entry,) = world.all(JournalEntry, case_id=row.id)
    assert entry.actor == "system:gateway"
    assert ISMAIL not in entry.body


@pytest.mark.usefixtures("came")
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"email": "i@ornek.invalid", "institution": "YOK"}, "institution"),
        ({"email": "i@ornek.invalid", "address": "x" * 2000}, "address"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    world: World, visitor: Visitor, typed: dict[str, str], field: str
) -> None:
    visitor.get("/giris/oidc/donus")
    page = visitor.post("/kayit", 422, **typed)
    assert page.title.startswith("Hata:")
    assert page.all("p", id=f"{field}-hata")
    assert world.all(Registration) == []


@pytest.mark.usefixtures("came")
def test_who_was_refused_reads_why_and_may_ask_again(world: World, visitor: Visitor) -> None:
    asked(visitor)
    (row,) = world.all(Registration)
    reason = "Kurumunuz sizi tanımıyor."
    world.engine.fire(row.id, "refuse", officer(), reason=reason, workflow="registration")
    page = visitor.get("/kayit")
    assert f"Önceki isteğiniz kabul edilmedi. Gerekçe: {reason}" in page.text
    assert "görevliyi bekliyor" in asked(visitor).text
    assert len(world.all(Registration)) == 2


@pytest.mark.usefixtures("came")
def test_who_was_accepted_signs_in(world: World, visitor: Visitor) -> None:
    asked(visitor)
    (row,) = world.all(Registration)
    world.engine.fire(row.id, "accept", officer(), workflow="registration")
    page = visitor.get("/kayit")
    assert "Kaydınız yapıldı; yeniden giriş yapabilirsiniz." in page.text
    assert page.heading == "Giriş"
    assert "önce kimliğinizi kimlik kapısında" in visitor.get("/kayit").text
    assert [one.surname for one in world.all(Person) if one.given_name == "İSMAİL"] == ["IRAKSAK"]


@pytest.mark.usefixtures("came")
def test_the_proof_of_the_gateway_serves_for_half_an_hour(world: World, visitor: Visitor) -> None:
    visitor.get("/giris/oidc/donus")
    world.clock.advance(minutes=31)
    assert "önce kimliğinizi kimlik kapısında" in visitor.get("/kayit").text
    with visitor.client.session_transaction() as session:
        session[stranger.KEPT] = "x"
    assert visitor.get("/kayit").heading == "Giriş"
    with visitor.client.session_transaction() as session:
        session[stranger.KEPT] = "AAAA"
    assert visitor.get("/kayit").heading == "Giriş"


@pytest.mark.usefixtures("came")
def test_a_name_that_no_certificate_holds_is_refused(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = int(world.clock.now().timestamp()) + 1800
    odd = oidc.Unregistered(Stranger(ISMAIL, "R2", "D2", until))

    def end() -> None:
        raise odd

    monkeypatch.setattr(oidc, "end", end)
    visitor.get("/giris/oidc/donus")
    assert visitor.post("/kayit", 422, email="i@ornek.invalid").title.startswith("Hata:")
    assert ISMAIL not in repr(odd.stranger)
