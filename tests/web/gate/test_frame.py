"""The frame: who may open what, sessions, headers, error pages, health."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from handlers.kit.roles import STAFF
from handlers.kit.signing_words import told
from handlers.upkeep import figures
from handlers.upkeep.token_faults import TokenFault
from signing.errors import ModuleAbsent, SigningError, TokenAbsent, TokenTorn
from states.kit.errors import DatabaseUnavailable, SettingsError, StoreError
from states.kit.invalid import Invalid
from tests.kit.web.staff import Staff, path, waiting_for_paper
from tests.kit.web.visitor import Visitor
from web.gate.actors import of_user
from web.gate.errors import MESSAGES, STATUSES, status_of
from web.gate.permissions import allow, permission_of, public
from web.gate.session import polled
from web.kit import frame
from web.site.app import create_app
from web.site.guarded import DatabaseGuard
from workflow.model import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from states.people.user import User
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from web.gate.composition import Composition

ROLES = {*STAFF, "applicant", "public", "*"}


def broken(app: Flask, error: Exception) -> None:
    """Give the site a page that fails."""

    @app.get("/bozuk")
    @public
    def fails() -> str:
        raise error

    @app.get("/api/bozuk")
    @public
    def fails_for_programs() -> str:
        raise error


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not (permission_of(rule.endpoint, app.view_functions[rule.endpoint]) or frozenset())
        <= ROLES
        or permission_of(rule.endpoint, app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


@pytest.mark.own_site
def test_a_route_that_declares_nothing_is_closed(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/unutulmus", "forgotten", lambda: "secret")
    assert visitor.get("/unutulmus", 403).heading == "Bu işlem için yetkiniz yok"


def test_naming_no_role_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="name the roles"):
        allow()


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/is-listem", {"officer", "operator"}),
        ("/uretim", {"operator"}),
        ("/denetim/gunluk", {"auditor"}),
        ("/hesap", {"officer", "operator", "auditor", "coordinator"}),
    ],
)
def test_a_page_opens_to_its_roles_and_to_no_other(
    staff: Staff, visitor: Visitor, address: str, allowed: set[str]
) -> None:
    for role in ("officer", "operator", "auditor", "coordinator"):
        visitor.sign_in("user", getattr(staff, role))
        visitor.get(address, 200 if role in allowed else 403)


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


def test_a_form_without_its_token_is_refused_and_gives_back_what_was_typed(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = officer.post(
        path(case, "islem", "cancel"), 400, csrf_token="", seen="2", reason="Uzun bir gerekçe"
    )
    assert page.heading == "Formun süresi doldu"
    assert "Uzun bir gerekçe" in page.all("pre")
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


@pytest.mark.own_site
@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503])
def test_every_error_has_a_page_of_its_own_with_a_way_on(
    app: Flask, visitor: Visitor, status: int
) -> None:
    app.add_url_rule("/hata", "fails", public(lambda: abort(status)))
    page = visitor.get("/hata", status)
    assert page.heading == MESSAGES[status].title
    assert page.title.startswith("Hata:")
    assert page.links["Başlangıç sayfasına dön"] == "/"


@pytest.mark.own_site
def test_a_status_without_words_is_answered_with_the_nearest(app: Flask, visitor: Visitor) -> None:
    app.add_url_rule("/406", "odd", public(lambda: abort(406)))
    app.add_url_rule("/502", "gateway", public(lambda: abort(502)))
    assert visitor.get("/406", 406).heading == MESSAGES[400].title
    assert visitor.get("/502", 502).heading == MESSAGES[500].title


def test_a_page_that_does_not_take_forms_says_so(visitor: Visitor) -> None:
    visitor.get("/giris")
    assert visitor.post("/giris", 405).heading == MESSAGES[405].title


def test_a_request_of_more_than_twenty_megabytes_is_refused(officer: Visitor) -> None:
    officer.get("/hesap")
    page = officer.post("/cikis", 413, much="x" * (20 * 1024 * 1024 + 1))
    assert page.heading == "Dosya çok büyük"


@pytest.mark.own_site
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            OperationalError("select secret", {}, Exception("down")),
            503,
            "Veritabanına ulaşılamıyor",
        ),
        (DatabaseUnavailable("The database at x is away."), 503, "Veritabanına ulaşılamıyor"),
        (TokenAbsent(label="x"), 503, "İmza donanımına ulaşılamıyor"),
        (SettingsError("Bu ayar yok."), 422, "Bu ayar yok."),
        (Invalid("date.absent", text="31.2.2026"), 422, "Takvimde 31.2.2026 diye bir gün yok"),
        (refusal.UnknownCase(case=7), 404, "7 numaralı kayıt yok"),
        (refusal.StaleVersion(seen=1, version=2), 409, "yeni durumuna bakıp yeniden deneyiniz"),
        (refusal.Busy(), 503, "başka bir işlemde"),
        (ZeroDivisionError("secret 10000000146"), 500, "Beklenmeyen bir hata oldu"),
    ],
)
def test_an_error_becomes_one_sentence_for_people_and_a_problem_for_programs(
    app: Flask, visitor: Visitor, error: Exception, status: int, said: str
) -> None:
    broken(app, error)
    page = visitor.get("/bozuk", status)
    assert said in page.text
    assert "secret" not in page.response.text
    answer = visitor.client.get("/api/bozuk")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert said in answer.json["title"] + answer.json["detail"]
    assert answer.json["code"]


def test_a_lost_database_is_a_page_and_not_ready(
    composition: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = Visitor(create_app(composition))
    assert someone.get("/readyz").response.json == {"status": "ok"}

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("The database is away.", why="read_only")

    monkeypatch.setattr(type(composition.database), "connect", away)
    page = someone.get("/giris", 503)
    assert "sayfa gösterilemedi" in page.text
    assert page.response.headers["Retry-After"] == "10"
    assert "Veritabanına ulaşılamıyor" in page.text
    assert someone.get("/readyz", 503).response.json == {
        "status": "unavailable", "missing": "database", "why": "read_only",
    }  # fmt: skip
    assert someone.get("/healthz").response.json == {"status": "ok"}


class Keys:
    """Keys of a house that something ails."""

    ails: SigningError | None = None

    def ailment(self) -> SigningError | None:
        """Say what ails them."""
        if isinstance(self.ails, ModuleAbsent):
            raise self.ails
        return self.ails


@pytest.fixture
def keys(composition: Composition, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Give the keys of the house, to be made ill."""
    keys = Keys()
    services = replace(composition.engine.services, own_keys=keys)  # type: ignore[arg-type]
    monkeypatch.setattr(composition.engine, "services", services)
    return keys


@pytest.mark.parametrize("ails", [TokenTorn(folder="f"), ModuleAbsent(module="m")])
def test_keys_that_are_lost_are_said_at_once_to_machines_and_to_the_desk(
    keys: Keys, composition: Composition, officer: Visitor, ails: SigningError
) -> None:
    machine = Visitor(create_app(composition))
    said = "İmza, mühür ve kart üretimi yapılamıyor."
    assert machine.get("/readyz").response.json == {"status": "ok"}
    assert "nes_keys_whole 1.0" in machine.get("/metrics").response.text
    assert said not in officer.get("/is-listem").text
    keys.ails = ails
    assert machine.get("/readyz", 503).response.json == {
        "status": "unavailable", "missing": "keys", "code": ails.code,
    }  # fmt: skip
    assert "nes_keys_whole 0.0" in machine.get("/metrics").response.text
    page = officer.get("/is-listem")
    assert said in page.text
    assert told(ails).text in page.text
    assert said not in machine.get("/giris").text, "strangers are not told"


def test_a_guard_that_differs_is_named_to_machines_and_looked_for_again(
    database: Database, composition: Composition
) -> None:
    app = create_app(composition)
    machine = Visitor(app)
    assert machine.get("/readyz").response.json == {"status": "ok"}
    assert "nes_guard_whole 1.0" in machine.get("/metrics").response.text
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
    assert machine.get("/readyz").response.json == {"status": "ok"}, "an answer is kept"
    app.extensions["nes.guard"] = DatabaseGuard(composition.database, every=0)
    assert machine.get("/readyz", 503).response.json == {
        "status": "unavailable",
        "missing": "guard",
        "differs": [
            (
                "trigger append_only on journal: never, refuse_change, 58, "
                "the steps made it: always, refuse_change, 58"
            )
        ],
    }
    assert "nes_guard_whole 0.0" in machine.get("/metrics").response.text
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal ENABLE ALWAYS TRIGGER append_only"))
    assert machine.get("/readyz").response.json == {"status": "ok"}


def test_what_does_not_come_to_its_end_is_counted_for_machines(
    world: World, composition: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Visitor(create_app(composition))
    faults = [TokenFault("a", "x", "lost"), TokenFault("b", "y", "lost")]
    monkeypatch.setattr("handlers.upkeep.token_faults.find", lambda *_: faults)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried 0.0" in text
    assert 'nes_outside_waiting{service="courier"} 0.0' in text
    assert 'nes_clock_ahead_seconds{process="worker"} NaN' in text
    world.write(
        "INSERT INTO outside_wait (key, party, code, tries, since, at, next_at)"
        " VALUES ('1/2/courier.book', 'courier', 'TimeoutError', 1, :since, now(), now())",
        since=world.clock.now() - timedelta(seconds=90),
    )
    for key in ("1/3/production.make", "2/4/courier.book"):
        world.write(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, attempts, queueing_lock)"
            " VALUES ('effect', 'effect', 'todo', 5, :key)",
            key=key,
        )
    figures.count(world.engine)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried 2.0" in text
    assert 'nes_tokens{fault="lost"} 2.0' in text
    assert 'nes_tokens{fault="orphan"} 0.0' in text
    assert 'nes_outside_waiting{service="courier"} 1.0' in text
    assert 'nes_outside_waiting{service="token"} 0.0' in text
    assert 'nes_outside_oldest_seconds{service="courier"} 90.0' in text
    clocks = dict(re.findall(r'nes_clock_ahead_seconds{process="(\w+)"} (\S+)', text))
    assert set(clocks) == {"worker", "web"}
    assert all(abs(float(seconds)) < 5 for seconds in clocks.values())

    def away(*_: object) -> None:
        raise DatabaseUnavailable("The database is away.")

    monkeypatch.setattr("handlers.upkeep.figures.counted", away)
    monkeypatch.setattr("web.site.outside_meters.difference", away)
    text = machine.get("/metrics").response.text
    assert "nes_effects_retried NaN" in text
    assert 'nes_outside_waiting{service="courier"} NaN' in text
    assert 'nes_clock_ahead_seconds{process="worker"} NaN' in text
    assert "nes_tokens{" not in text


def test_every_refusal_of_the_engine_has_a_status() -> None:
    def below(kind: type[refusal.WorkflowError]) -> set[type[refusal.WorkflowError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    ours = {kind for kind in below(refusal.WorkflowError) if kind.__module__ == refusal.__name__}
    roots = {refusal.WorkflowError, refusal.Refused}
    edges: set[type] = {Invalid, StoreError}
    assert (ours - roots) | edges == set(STATUSES)
    assert status_of(refusal.Refused()) == 409


def test_pages_carry_headers_that_keep_them_to_themselves(visitor: Visitor) -> None:
    answer = visitor.get("/giris").response
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    again = visitor.get("/giris").response.headers["Content-Security-Policy"]
    assert again != policy


@pytest.mark.parametrize(
    "file", ["/static/site.css", "/static/frame.js", "/bootstrap/static/css/bootstrap.min.css"]
)
def test_files_come_from_this_site(visitor: Visitor, file: str) -> None:
    answer = visitor.client.get(file, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.own_site
def test_the_counts_are_those_of_the_requests(visitor: Visitor) -> None:
    visitor.get("/healthz")
    visitor.get("/yok", 404)
    text = visitor.get("/metrics").response.text
    assert 'nes_http_requests_total{endpoint="health.alive",method="GET",status="200"} 1.0' in text
    assert 'nes_http_requests_total{endpoint="none",method="GET",status="404"} 1.0' in text


def test_the_menu_marks_the_page_one_is_on(officer: Visitor) -> None:
    page = officer.get("/is-listem")
    here = [a for a in page.tree.iter("a") if a.get("aria-current") == "page"]
    assert [link.get("href") for link in here] == ["/is-listem"]


def test_a_user_of_no_known_role_is_no_actor(make_user: Callable[..., User]) -> None:
    for roles in ([], ["system"], ["applicant"], ["officer", "operator"]):
        assert of_user(make_user(roles=roles), "demo") is None
    known = of_user(make_user(roles=["officer"], person_id=3), "demo")
    assert known is not None
    assert known.actor.name == "user:7"
    assert known.actor.roles == {"officer"}
