"""Signing in through an OpenID provider, outside the demo."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from requests import ConnectionError as RequestsConnectionError

from handlers.kit.sessions import LONGEST
from states.kit.setting_values import HALF_A_DAY
from states.kit.settings import load_settings
from states.people.session import SignInEntry, WebSession
from tests.kit.handlers.world import AYSE
from tests.kit.web.lint import faults
from tests.kit.web.provider import Provider, running
from web.gate.composition import Composition
from web.site.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff


@pytest.fixture
def provider(world: World) -> Iterator[Provider]:
    """Give a provider that runs, to which everybody has just proved himself."""
    with running(Provider(proved=int(world.clock.now().timestamp()))) as one:
        yield one


def office_client(
    world: World,
    database: Database,
    tmp_path: Path,
    issuer: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> FlaskClient:
    """Return a browser at a site outside the demo; an empty issuer configures no provider."""
    environment = {
        **database.environment,
        "NES_DEMO": "0",
        "NES_VAR": str(tmp_path / "var"),
        "NES_SECRET_KEY": "k" * 64,
        "NES_TOKEN_PIN": "123456",
        "NES_PERSONAL_KEY": (b"s" * 32).hex(),
        "NES_LOOKUP_KEY": (b"l" * 32).hex(),
        "NES_OIDC_ISSUER": issuer,
        "NES_OIDC_CLIENT_ID": "nes" if issuer else "",
        "NES_OIDC_CLIENT_SECRET": "secret" if issuer else "",
        "NES_OIDC_ACR": "two three" if issuer else "",
        "NES_OIDC_MAX_AGE": "7200",
        **more,
    }
    office = world.engine
    settings = load_settings(environment)
    site = create_app(Composition(settings, office.database, office.library, world.clock, office))
    client = site.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


@pytest.fixture
def client(world: World, database: Database, tmp_path: Path, provider: Provider) -> FlaskClient:
    """Give a browser at a site that signs in through the provider."""
    return office_client(world, database, tmp_path, provider.issuer)


def signed_in(client: FlaskClient, provider: Provider, **changed: str) -> str:
    """Go through the provider and return the page one lands on."""
    location = client.get("/giris/oidc").headers["Location"]
    assert location.startswith(f"{provider.issuer}/authorize?")
    answer = client.get(provider.back(location, **changed), follow_redirects=True)
    assert faults(answer.text) == []
    return answer.text


def test_an_account_is_known_by_its_subject(
    client: FlaskClient, provider: Provider, world: World, staff: Staff
) -> None:
    provider.claims = {"sub": "sub-Zeynep Görevli"}
    assert "<h1>İş listem</h1>" in signed_in(client, provider)
    (session,) = world.all(WebSession)
    assert (session.actor, session.auth) == (f"user:{staff.officer}", "oidc")
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["nonce"]


def test_a_citizen_is_known_by_the_number_the_gateway_has_proved(
    client: FlaskClient, provider: Provider, world: World
) -> None:
    person = world.person()
    provider.claims = {"sub": "citizen", "tckn": AYSE}
    signed_in(client, provider)
    (session,) = world.all(WebSession)
    assert (session.actor, session.role) == (f"person:{person}", "applicant")


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "nobody"},
        {"sub": "nobody", "tckn": "10000000078"},
        {"sub": "nobody", "tckn": "12345678901"},
        {"sub": "nobody", "tckn": 10000000146},
    ],
)
@pytest.mark.usefixtures("staff")
def test_a_stranger_learns_only_that_he_can_not_sign_in(
    client: FlaskClient, provider: Provider, world: World, claims: dict[str, object]
) -> None:
    world.person()
    provider.claims = claims
    page = signed_in(client, provider)
    assert "Bu hesapla giriş yapılamıyor." in page
    assert [session.actor for session in world.all(WebSession)] == [None]


@pytest.mark.usefixtures("staff")
def test_an_answer_with_another_state_or_nonce_or_error_signs_nobody_in(
    client: FlaskClient, provider: Provider
) -> None:
    provider.claims = {"sub": "sub-Zeynep Görevli"}
    assert "Bu hesapla giriş yapılamıyor." in signed_in(client, provider, state="forged")
    provider.claims["nonce"] = "forged"
    assert "Bu hesapla giriş yapılamıyor." in signed_in(client, provider)
    del provider.claims["nonce"]
    provider.fails = True
    assert "Bu hesapla giriş yapılamıyor." in signed_in(client, provider)


@pytest.mark.parametrize(
    "claims",
    [{"acr": "one"}, {"acr": None}, {"acr": ["two"]}, {"acr": "two three"}, {"auth_time": None}],
)
def test_a_sign_in_weaker_than_the_settings_ask_lets_nobody_in(
    client: FlaskClient, provider: Provider, world: World, staff: Staff, claims: dict[str, object]
) -> None:
    assert staff.officer
    provider.claims = {"sub": "sub-Zeynep Görevli", **claims}
    assert "yeterince güçlü ya da yeterince yeni değil" in signed_in(client, provider)
    assert [row.actor for row in world.all(WebSession)] == [None]
    assert [(row.method, row.outcome) for row in world.all(SignInEntry)] == [("oidc", "refused")]
    assert provider.asked["acr_values"] == "two three"
    provider.claims = {"sub": "sub-Zeynep Görevli", "acr": "three"}
    assert "<h1>İş listem</h1>" in signed_in(client, provider)


@pytest.mark.parametrize(
    ("age", "enters"), [(7320, True), (7321, False), (-120, True), (-121, False)]
)
def test_a_sign_in_at_the_provider_that_is_too_old_or_still_to_come_lets_nobody_in(
    client: FlaskClient, provider: Provider, staff: Staff, age: int, *, enters: bool
) -> None:
    assert staff.officer
    provider.claims = {"sub": "sub-Zeynep Görevli"}
    provider.proved -= age
    page = signed_in(client, provider)
    assert ("<h1>İş listem</h1>" in page) == enters
    assert provider.asked["max_age"] == "7200"


def test_a_proof_may_be_as_old_as_a_session_and_no_older() -> None:
    assert LONGEST.total_seconds() == HALF_A_DAY


def test_a_description_that_names_another_issuer_is_not_followed(
    client: FlaskClient, provider: Provider
) -> None:
    provider.posing = f"{provider.issuer}/"
    answer = client.get("/giris/oidc")
    assert answer.status_code == 503
    assert "Location" not in answer.headers
    assert client.get("/giris/oidc/donus?code=c&state=s").status_code == 503


@pytest.mark.usefixtures("staff")
def test_a_description_that_leads_to_a_host_that_is_not_listed_signs_nobody_in(
    client: FlaskClient, provider: Provider
) -> None:
    provider.claims = {"sub": "sub-Zeynep Görevli"}
    provider.elsewhere = provider.issuer.replace("127.0.0.1", "localhost") + "/keys"
    location = client.get("/giris/oidc").headers["Location"]
    assert client.get(provider.back(location)).status_code == 503
    assert client.get("/hesap").status_code == 302


def test_a_description_that_has_moved_is_not_followed(
    client: FlaskClient, provider: Provider
) -> None:
    provider.moved = True
    assert client.get("/giris/oidc").status_code == 503
    provider.moved = False
    assert client.get("/giris/oidc").status_code == 302


def test_who_is_signed_in_proves_himself_anew_and_comes_back_to_his_page(
    client: FlaskClient, provider: Provider, world: World, staff: Staff
) -> None:
    assert staff.officer
    provider.claims = {"sub": "sub-Zeynep Görevli"}
    provider.proved -= 601
    signed_in(client, provider)
    client.application.config["WTF_CSRF_ENABLED"] = False
    refused = client.post("/cikis/her-yerde").headers["Location"]
    assert refused == "/hesap/yeniden-giris"
    assert faults(client.get(refused).text) == []
    location = client.get("/giris/oidc?devam=/hesap").headers["Location"]
    provider.proved = int(world.clock.now().timestamp())
    back = client.get(provider.back(location))
    assert provider.asked["max_age"] == "600"
    assert back.headers["Location"] == "/hesap"
    assert client.post("/cikis/her-yerde").headers["Location"] == "/giris"
    location = client.get("/giris/oidc?devam=//kotu.example").headers["Location"]
    assert client.get(provider.back(location)).headers["Location"] == "/is-listem"


def test_a_provider_that_is_away_is_a_sentence(
    world: World, database: Database, tmp_path: Path
) -> None:
    with running(Provider()) as gone:
        issuer = gone.issuer
    client = office_client(world, database, tmp_path, issuer)
    answer = client.get("/giris/oidc")
    assert answer.status_code == 503
    assert "Hizmete şu an ulaşılamıyor" in answer.text


def test_a_provider_that_goes_away_on_the_way_back_is_a_sentence(
    client: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = client.get("/giris/oidc").headers["Location"]
    back = provider.back(location)
    monkeypatch.setattr("requests.Session.send", _away)
    assert client.get(back).status_code == 503


def _away(*_: object, **__: object) -> None:
    raise RequestsConnectionError("no route")


def test_outside_the_demo_there_are_no_personas(client: FlaskClient, staff: Staff) -> None:
    page = client.get("/giris").text
    assert faults(page) == []
    assert "Zeynep" not in page
    assert "Kimlik sağlayıcı ile gir" in page
    assert 'href="/giris/oidc?devam="' in page
    assert "Kimlik sağlayıcı ile giriş" in client.get("/").text
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"/giris/deneme/user/{staff.officer}").status_code == 404


def test_cookies_outside_the_demo_are_for_this_host_and_for_https_alone(
    client: FlaskClient, provider: Provider
) -> None:
    answer = client.get("/giris/oidc")
    cookie = answer.headers["Set-Cookie"]
    assert provider.issuer
    for part in ("__Host-nes=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_without_a_provider_the_card_is_the_one_way_in(
    world: World, database: Database, tmp_path: Path
) -> None:
    client = office_client(world, database, tmp_path, "")
    page = client.get("/giris").text
    assert "Kartla giriş (e-imza)" in page
    assert "Kimlik sağlayıcı" not in page
    assert client.get("/giris/oidc").status_code == 404


def test_behind_a_proxy_the_return_address_is_https_and_each_caller_is_throttled_alone(
    client: FlaskClient, provider: Provider
) -> None:
    client.environ_base["wsgi.url_scheme"] = "http"
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    for _ in range(30):
        answer = client.get("/giris/oidc", headers=forwarded)
        assert answer.status_code == 302
    location = answer.headers["Location"]
    assert "redirect_uri=https%3A%2F%2Flocalhost%2Fgiris%2Foidc%2Fdonus" in location
    assert location.startswith(provider.issuer)
    assert client.get("/giris/oidc", headers=forwarded).status_code == 429
    other = {**forwarded, "X-Forwarded-For": "192.0.2.8"}
    assert client.get("/giris/oidc", headers=other).status_code == 302
