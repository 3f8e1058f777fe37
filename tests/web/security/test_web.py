"""What every answer of the site carries and what no request can make of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.grant import RoleGrant
from states.kit.settings import load_settings
from states.papers.document import Document
from states.people.person import Person
from states.people.tckn import check_digits
from states.people.user import User
from tests.kit.handlers.world import AYSE
from tests.kit.web.program import code_for_consent, digits
from tests.kit.web.visitor import Visitor
from tests.web.security.town import ROLES
from web.gate.composition import Composition
from web.gate.security import names_of_site
from web.site.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff
    from tests.web.security.town import Town

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'")
FILES = ("/static/site.css", "/static/frame.js", "/bootstrap/static/css/bootstrap.min.css")


def outside(
    world: World, database: Database, tmp_path: Path, public: str = "https://nes.example"
) -> Flask:
    """Return a site outside the demo."""
    environment = {
        **database.environment, "NES_DEMO": "0", "NES_VAR": str(tmp_path / "var"),
        "NES_SECRET_KEY": "k" * 64, "NES_TOKEN_PIN": "123456", "NES_PERSONAL_KEY": "73" * 32,
        "NES_LOOKUP_KEY": "6c" * 32, **({"NES_PUBLIC_URL": public} if public else {}),
    }  # fmt: skip
    office = world.engine
    settings = load_settings(environment)
    return create_app(Composition(settings, office.database, office.library, world.clock, office))


def test_every_answer_carries_the_headers_that_keep_it_to_itself(town: Town) -> None:
    seen = 0
    for role in ("public", *ROLES):
        visitor = town.visitor(role)
        for rule, allowed in town.rules():
            if not allowed & {role, "public"} or "GET" not in (rule.methods or set()):
                continue
            address = next(iter(town.addresses(rule)))
            answer = visitor.client.get(address.path, buffered=True)
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert all(part in policy for part in POLICY), address.path
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, address.path
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Server" not in answer.headers
            if not {"public"} & allowed:
                assert answer.headers["Cache-Control"] == "no-store", address.path
            seen += 1
    assert seen > 60


def test_every_script_on_a_page_bears_the_nonce_of_its_answer(town: Town) -> None:
    for role in ROLES:
        visitor = town.visitor(role)
        for rule, allowed in town.rules():
            if not allowed & {role, "*"} or "GET" not in (rule.methods or set()):
                continue
            answer = visitor.client.get(next(iter(town.addresses(rule))).path, buffered=True)
            if answer.mimetype != "text/html" or not answer.data:
                continue
            policy = answer.headers["Content-Security-Policy"]
            nonce = policy.partition("'nonce-")[2].partition("'")[0]
            scripts = re.findall(r"<script[^>]*>", answer.text)
            assert all(f'nonce="{nonce}"' in script and "src=" in script for script in scripts)
            assert not re.search(r"<[^>]+\son[a-z]+=|<style|javascript:", answer.text), rule.rule


@pytest.mark.parametrize("address", FILES)
def test_files_too_carry_the_headers(visitor: Visitor, address: str) -> None:
    answer = visitor.client.get(address, buffered=True)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert all(part in answer.headers["Content-Security-Policy"] for part in POLICY)
    assert visitor.client.get("/static/").status_code == 404
    assert visitor.client.get("/static/../app.py").status_code == 404


def test_outside_the_demo_only_tls_and_a_cookie_of_this_host(
    world: World, database: Database, tmp_path: Path
) -> None:
    client = outside(world, database, tmp_path).test_client()
    answer = client.get("/giris", base_url="https://nes.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-nes=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert f"; {part}" in cookie
    assert "Domain" not in cookie
    file = client.get(FILES[0], base_url="https://nes.example", buffered=True)
    assert "includeSubDomains" in file.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "host",
    ["evil.invalid", "localhost.evil.invalid", "127.0.0.2", "evil.invalid:80", "[::1", "a b"],
)
def test_a_request_to_another_name_is_refused(visitor: Visitor, host: str) -> None:
    answer = visitor.client.get("/giris", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert visitor.client.get("/healthz", headers={"Host": host}).status_code == 200
    problem = visitor.client.post("/api/imza/claim", json={}, headers={"Host": host})
    assert (problem.status_code, problem.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_the_demo_answers_to_the_names_of_its_own_machine(visitor: Visitor, host: str) -> None:
    assert visitor.client.get("/giris", headers={"Host": host}).status_code == 200


def test_outside_the_demo_the_public_name_is_the_only_one(
    world: World, database: Database, tmp_path: Path
) -> None:
    client = outside(world, database, tmp_path).test_client()
    assert client.get("/giris", base_url="https://nes.example").status_code == 200
    assert client.get("/giris", base_url="https://NES.example:443").status_code == 200
    for other in ("https://localhost", "https://evil.invalid", "https://nes.example.evil.invalid"):
        assert client.get("/giris", base_url=other).status_code == 400
    unnamed = outside(world, database, tmp_path, "").test_client()
    assert unnamed.get("/giris", base_url="https://localhost").status_code == 200
    assert unnamed.get("/giris", base_url="https://nes.example").status_code == 400


def test_the_names_of_the_demo_hold_its_public_one_too(tmp_path: Path) -> None:
    environment = {
        "NES_DEMO": "1", "NES_VAR": str(tmp_path), "NES_PUBLIC_URL": "http://deneme.example:8000",
    }  # fmt: skip
    assert {"deneme.example", "localhost"} <= names_of_site(load_settings(environment))


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "NONSENSE"])
def test_methods_that_a_route_does_not_name_are_refused(visitor: Visitor, method: str) -> None:
    assert visitor.client.open("/giris", method=method).status_code == 405


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.invalid", "//evil.invalid", "/\\evil.invalid", "/\t/evil.invalid",
        "\\\\evil.invalid", "javascript:alert(1)", "/%09/evil.invalid", "https:evil.invalid",
        "/\r\nLocation: https://evil.invalid", "///evil.invalid", " //evil.invalid",
    ],
)  # fmt: skip
def test_no_sign_in_leads_to_another_site(visitor: Visitor, staff: Staff, elsewhere: str) -> None:
    visitor.get("/giris", query_string={"devam": elsewhere})
    form = {"csrf_token": visitor.token, "devam": elsewhere}
    answer = visitor.client.post(f"/giris/deneme/user/{staff.officer}", data=form)
    target = answer.headers["Location"]
    assert target.startswith("/")
    assert not re.match(r"/[\s\\/]", target)


def test_fields_that_a_form_does_not_have_change_nothing(town: Town) -> None:
    world, extra = town.world, {
        "id": "1", "state": "granted", "version": "9", "actor": "user:1", "roles": "administrator",
        "person_id": "1", "active": "false", "user_id": "1", "definition": "x",
    }  # fmt: skip
    boss = town.visitor("administrator")
    boss.get("/yonetim/hesap/yeni")
    form = {"ad": "Derya", "soyad": "Kaya", "tckn": "987654321" + check_digits("987654321"),
            "kimlik": "sub-n", "rol": "auditor", "kurum": "", "gerekce": "Yeni"}  # fmt: skip
    boss.client.post("/yonetim/hesap/yeni", data={**form, **extra, "csrf_token": boss.token})
    grant = world.all(RoleGrant)[-1]
    assert (grant.state, grant.version, grant.role) == ("proposed", 1, "auditor")
    assert world.read(Person, grant.person_id).name == "DERYA KAYA"
    assert world.all(User, name="Derya Kaya") == []

    applicant = town.visitor("applicant")
    case = town.cases["draft"]
    address = f"/basvurularim/B{case:09}/vazgec"
    page = applicant.get(address)
    fields = {part.get("name", ""): part.get("value", "") for part in page.tree.iter("input")}
    forged = {**extra, "kind": "first", "to": "produced", "state": "produced"}
    applicant.client.post(address, data={**forged, **fields, "reason": "Vazgeçtim"})
    stored = world.read(Application, case)
    assert (stored.state, stored.kind, stored.certificate_id) == ("cancelled", "renewal", None)
    assert (stored.person_id, stored.version) == (town.people[0], 2)


def test_known_and_unknown_codes_and_documents_answer_alike(visitor: Visitor) -> None:
    bodies = {
        re.sub(r'nonce="[^"]*"|[0-9a-f-]{24,}', "", visitor.client.get(f"/dogrula?kod={kod}").text)
        for kod in ("0000-0000-0000-0000-0000", "ffff-ffff-ffff-ffff-ffff")
    }
    assert len(bodies) == 1
    answers = [
        visitor.client.post("/api/imza/claim", json={"code": code}).json
        for code in ("000000000000000", "999999999999999")
    ]
    assert answers[0] == answers[1]


def test_no_secret_is_said_in_a_log_or_on_a_page(
    world: World, app: Flask, composition: Composition, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = composition.settings
    me = world.person()
    visitor = Visitor(app)
    visitor.sign_in("person", me)
    cookie = visitor.client.get_cookie("nes")
    assert cookie is not None
    code = digits(code_for_consent(visitor))
    visitor.client.post("/api/imza/claim", json={"code": code})
    visitor.client.get(f"/dogrula?kod={AYSE}")
    visitor.client.post("/cikis", data={"csrf_token": "x", "tckn": AYSE})
    pages = [visitor.get(path).response.text for path in ("/hesap", "/basvurularim", "/giris")]
    said = capsys.readouterr()
    logs = said.out + said.err
    assert "request" in logs
    secrets = [
        settings.secret_key.get_secret_value(), settings.token_pin.get_secret_value(),
        bytes(settings.lookup_key).hex(), bytes(settings.personal_key).hex(), cookie.value,
    ]  # fmt: skip
    for secret in (*secrets, AYSE, code):
        assert secret not in logs
    for secret in (*secrets, AYSE):
        assert all(secret not in page for page in pages)
    texts = [row.content for row in world.all(Document)]
    assert all(AYSE.encode() not in bytes(text) for text in texts if isinstance(text, bytes))


def test_refusals_of_security_are_logged_with_who_and_where(
    app: Flask, officer: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    officer.get("/denetim/gunluk", 403)
    officer.client.post("/cikis", data={"csrf_token": "x"})
    app.config["WTF_CSRF_ENABLED"] = False
    for _ in range(61):
        officer.client.post("/giris/deneme/user/999")
    logs = capsys.readouterr().out
    for event in ("not_allowed", "form_token_refused", "throttled"):
        assert event in logs
    assert "actor=user:" in logs
    assert json.dumps("Zeynep") not in logs
