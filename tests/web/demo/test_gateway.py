"""The demo's identity gateway: code flow with PKCE, whom it knows, and all that it refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import Client as Browser

from handlers.people.register import enter_user
from states.kit.settings import load_settings
from states.people.session import WebSession
from tests.kit.handlers.world import AYSE
from tests.kit.ports import free_port
from tests.kit.states.given import SECRETS
from tests.kit.web.lint import tree_of
from tests.kit.web.program import served
from web.demo.gateway import citizens as register
from web.demo.gateway.citizens import STRANGERS, citizen
from web.demo.gateway.grants import LIFE, MOST, Asked, Client, Grant, Grants
from web.demo.gateway.provider import ONE_STEP, TWO_STEPS, Gateway
from web.gate.composition import Composition
from web.site.app import create_app
from web.terminal import gateway as process
from web.terminal.beside import listen
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

BACK = "http://127.0.0.1:9/giris/oidc/donus"
VERIFIER = "v" * 43
OTHER = STRANGERS[0].tckn
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
ASKED = {
    "client_id": "nes", "redirect_uri": BACK, "state": "s", "nonce": "n", "scope": "openid profile",
    "response_type": "code", "code_challenge": CHALLENGE.decode(), "code_challenge_method": "S256",
    "acr_values": TWO_STEPS,
}  # fmt: skip
BORA = citizen(AYSE, "BORA", "ÖRNEK")


class Watch:
    """A clock that a test sets."""

    at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def gateway(watch: Watch) -> Gateway:
    client = Client("nes", "secret", frozenset({BACK}))
    return Gateway("http://127.0.0.1:8", client, [BORA, *STRANGERS], watch, "http://127.0.0.1:9")


@pytest.fixture
def browser(gateway: Gateway) -> Browser:
    return Browser(gateway)


def signed_in(browser: Browser, **more: str) -> dict[str, str]:
    """Say who one is; return what the browser is sent back with."""
    answer = browser.post("/authorize", data={**ASKED, "citizen": AYSE, **more})
    assert answer.status_code == 302
    place, _, query = answer.headers["Location"].partition("?")
    assert place == BACK
    return dict(parse_qsl(query))


def told(answer: TestResponse) -> dict[str, Any]:
    """Return what an answer says in JSON."""
    found: dict[str, Any] = json.loads(answer.text)
    return found


def traded(browser: Browser, code: str, secret: str = "secret", **more: str) -> TestResponse:
    """Trade a code as the site does."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
        "code_verifier": VERIFIER, **more,
    }  # fmt: skip
    return browser.post("/token", data=form, auth=("nes", secret))


def test_somebody_who_says_who_he_is_comes_back_with_a_code_for_a_signed_token(
    browser: Browser, gateway: Gateway, watch: Watch
) -> None:
    page = browser.get("/authorize", query_string=ASKED)
    assert [part.tag for part in tree_of(page.text).iter("h1")] == ["h1"]
    assert "BORA ÖRNEK" in page.text
    assert "http://127.0.0.1:9" in page.headers["Content-Security-Policy"]
    back = signed_in(browser)
    assert back.pop("state") == "s"
    watch.at += LIFE
    answer = traded(browser, back["code"])
    assert answer.headers["Cache-Control"] == "no-store"
    (key,) = told(browser.get("/keys"))["keys"]
    token = told(answer)["id_token"]
    assert "d" not in key
    claims = jwt.decode(token, ECKey.import_key(key), algorithms=["ES256"]).claims
    assert claims == {
        "iss": gateway.issuer, "aud": "nes", "sub": BORA.subject, "iat": watch.at, "nonce": "n",
        "exp": watch.at + 120, "auth_time": watch.at - LIFE, "acr": TWO_STEPS, "tckn": AYSE,
        "given_name": "BORA", "family_name": "ÖRNEK",
    }  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"secret": "guessed"},
        {"code": "guessed"},
        {"redirect_uri": "http://127.0.0.1:9/"},
        {"code_verifier": "w" * 43},
        {"grant_type": "password"},
    ],
)
def test_a_code_is_traded_by_its_own_site_only_and_a_failed_try_uses_it_up(
    browser: Browser, more: dict[str, str]
) -> None:
    code = signed_in(browser)["code"]
    answer = traded(browser, **{"code": code, **more})
    wrong_client = "secret" in more
    assert answer.status_code == (401 if wrong_client else 400)
    assert told(answer) == {"error": "invalid_client" if wrong_client else "invalid_grant"}
    left = more.keys() & {"secret", "code"}
    assert traded(browser, code).status_code == (200 if left else 400)


def test_a_code_is_good_once_and_for_a_minute(browser: Browser, watch: Watch) -> None:
    code = signed_in(browser)["code"]
    assert traded(browser, code).status_code == 200
    assert traded(browser, code).status_code == 400
    late = signed_in(browser)["code"]
    watch.at += LIFE + 1
    assert traded(browser, late).status_code == 400


def test_a_client_may_name_itself_in_the_form(browser: Browser) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    named = {**form, "client_id": "nes", "client_secret": "secret"}
    code = signed_in(browser)["code"]
    assert browser.post("/token", data={**form, "code": code}).status_code == 401
    assert browser.post("/token", data={**named, "code": code}).status_code == 200


def test_only_so_many_codes_are_out_at_once() -> None:
    grants = Grants()
    grant = Grant(Asked.of(ASKED), BORA, TWO_STEPS, 0)
    first, second, *_ = [grants.give(grant) for _ in range(MOST + 1)]
    assert grants.trade(first, BACK, VERIFIER, 0) is None
    assert grants.trade(second, BACK, VERIFIER, 0) == grant


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("client_id", "other", "unknown_client"),
        ("redirect_uri", "http://evil.example/", "unknown_redirect_uri"),
        ("redirect_uri", f"{BACK}/", "unknown_redirect_uri"),
    ],
)
def test_who_is_not_the_site_is_not_even_sent_back(
    browser: Browser, name: str, value: str, code: str
) -> None:
    for answer in (
        browser.get("/authorize", query_string={**ASKED, name: value}),
        browser.post("/authorize", data={**ASKED, name: value, "citizen": AYSE}),
    ):
        assert answer.status_code == 400
        assert code in answer.text
        tree_of(answer.text)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "profile", "invalid_scope"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "=" * 43, "invalid_request"),
    ],
)
def test_a_request_without_code_flow_or_pkce_is_sent_back_with_an_error(
    browser: Browser, name: str, value: str, error: str
) -> None:
    answer = browser.get("/authorize", query_string={**ASKED, name: value})
    assert answer.headers["Location"] == f"{BACK}?error={error}&state=s"
    posted = browser.post("/authorize", data={**ASKED, name: value, "citizen": AYSE})
    assert (posted.status_code, error in posted.text) == (400, True)


def test_who_gives_up_or_proves_little_or_is_on_no_list_is_told_apart(browser: Browser) -> None:
    assert signed_in(browser, give_up="1") == {"error": "access_denied", "state": "s"}
    code = signed_in(browser, level=ONE_STEP)["code"]
    token = told(traded(browser, code))["id_token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(token + "=="))["acr"] == ONE_STEP
    for wrong in (
        {"tckn": "123"},
        {"tckn": "10000000078"},
        {"tckn": "10000000078", "given_name": "A"},
    ):
        answer = browser.post("/authorize", data={**ASKED, **wrong})
        assert answer.status_code == 422
        assert "ad ve soyad eksik" in answer.text
        assert '<input type="hidden" name="state" value="s">' in answer.text
    stranger = {"tckn": "10000000078", "given_name": " Ece ", "surname": "Yeni"}
    assert "code" in signed_in(browser, citizen="", **stranger)


def test_nothing_else_is_there(browser: Browser) -> None:
    assert browser.get("/").status_code == 404
    assert browser.get("/token").status_code == 404
    assert browser.get("/gateway.css").mimetype == "text/css"
    described = told(browser.get("/.well-known/openid-configuration"))
    assert described["issuer"] == "http://127.0.0.1:8"
    assert described["code_challenge_methods_supported"] == ["S256"]


def test_the_register_holds_the_people_of_the_demo_with_the_names_of_their_accounts(
    world: World, database: Database, tmp_path: Path
) -> None:
    world.person()
    worker = world.person(OTHER, "Zeynep", "Görevli")
    with world.engine.database.begin() as connection:
        enter_user(
            connection, "Zeynep Görevli", ["officer"], world.clock.now(), person_id=worker,
            subject="demo:officer-1",
        )  # fmt: skip
    settings = load_settings({**database.environment, "NES_VAR": str(tmp_path / "var")})
    office = world.engine
    composition = Composition(settings, office.database, office.library, world.clock, office)
    found = register.of_office(composition)
    assert found == [
        citizen(OTHER, "ZEYNEP", "GÖREVLİ", "demo:officer-1"),
        citizen(AYSE, "AYŞE", "ÖRNEKOĞLU"),
    ]
    assert found[1].subject.startswith("citizen:")
    file = register.register_in(tmp_path)
    register.keep(file, found)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert register.read(file) == [*found, *STRANGERS]
    assert AYSE not in repr(found)


def test_the_process_listens_beside_the_site_and_sends_back_to_it_alone(tmp_path: Path) -> None:
    near = free_port()
    with listen(near + 1) as first, listen(near + 1) as second:
        assert second.getsockname()[1] not in {near + 1, first.getsockname()[1]}
    with listen(65536) as beyond:
        assert beyond.getsockname()[0] == "127.0.0.1"
    settings = load_settings({**SECRETS, "NES_VAR": str(tmp_path), "NES_PORT": "8123"})
    told = process.client_settings(9, "gizli")
    assert load_settings({**SECRETS, **told}).oidc_name == "e-Devlet Kapısı (deneme)"
    register.keep(register.register_in(tmp_path), [BORA])
    with socket.socket() as listening:
        member = process.member(settings, listening, told)
        assert member.command[-1] == str(listening.fileno())
    made = process.gateway_of(member.environment)
    assert made.client == Client(
        "nes-ofis",
        "gizli",
        frozenset(f"http://{name}:8123/giris/oidc/donus" for name in ("127.0.0.1", "localhost")),
    )
    assert (made.site, made.issuer) == ("http://127.0.0.1:8123", "http://127.0.0.1:9")
    assert made.citizens == [BORA, *STRANGERS]
    public = load_settings({**SECRETS, "NES_PUBLIC_URL": "https://ofis.example"})
    assert process.returns_to(public)[0] == "https://ofis.example/giris/oidc/donus"


def test_the_site_of_a_demo_lets_in_whom_the_gateway_has_proved(
    world: World, database: Database, tmp_path: Path, gateway: Gateway
) -> None:
    person = world.person()
    gateway.now = SystemClock().now().timestamp
    gateway.client = replace(
        gateway.client, returns_to=frozenset({"http://localhost/giris/oidc/donus"})
    )
    with served(gateway) as gateway.issuer:
        settings = load_settings(
            {
                **database.environment,
                "NES_VAR": str(tmp_path / "var"),
                "NES_PERSONAL_KEY": (b"s" * 32).hex(),
                "NES_LOOKUP_KEY": (b"l" * 32).hex(),
                **process.client_settings(1, "secret"),
                "NES_OIDC_ISSUER": gateway.issuer,
                "NES_OIDC_CLIENT_ID": "nes",
            }
        )
        office = world.engine
        site = create_app(
            Composition(settings, office.database, office.library, SystemClock(), office)
        ).test_client()
        assert "e-Devlet Kapısı (deneme) ile giriş" in site.get("/").text
        for more, text in (
            ({"give_up": "1"}, "Girişten vazgeçildi."),
            ({"level": ONE_STEP}, "yeterince güçlü ya da yeterince yeni değil"),
            ({}, "<h1>Başvurularım</h1>"),
        ):
            asked = urlsplit(site.get("/giris/oidc").headers["Location"]).query
            form = {name: values[0] for name, values in parse_qs(asked).items()}
            back = Browser(gateway).post("/authorize", data={**form, "citizen": AYSE, **more})
            place = urlsplit(back.headers["Location"])
            page = site.get(f"{place.path}?{place.query}", follow_redirects=True)
            assert text in page.text
    actors = [session.actor for session in world.all(WebSession) if session.actor]
    assert actors == [f"person:{person}"]
