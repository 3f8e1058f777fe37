"""Sessions that live on the server: what the cookie holds, when they end, what the log keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import pytest
from sqlalchemy import event

from handlers.kit import rate_limits, sessions
from handlers.kit.services import vault_of
from states.people.session import SignInEntry, TryCount, WebSession
from tests.kit.web.visitor import Visitor
from web.gate import anonymous_ids
from web.gate.browser_session import ENDED
from web.gate.permissions import allow
from web.gate.session import polled
from web.site.app import create_app
from web.site.chores import chores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Engine

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from web.gate.composition import Composition


class Statements:
    """The statements that a database was asked during a request, by their first word."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        self.said: list[str] = []

    def __enter__(self) -> Self:
        event.listen(self.database, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.database, "before_cursor_execute", self._note)

    def _note(self, _conn: object, _cursor: object, statement: str, *_: Any) -> None:  # noqa: ANN401 - the event's
        self.said.append(statement)

    @property
    def of_sessions(self) -> list[str]:
        """What was asked of the table of sessions: the first word of each statement."""
        return [said.split()[0] for said in self.said if "web_session" in said]


@pytest.fixture
def statements(world: World) -> Iterator[Statements]:
    """Give the statements that are made from now on."""
    with Statements(world.engine.database) as found:
        yield found


def cookie(visitor: Visitor) -> str:
    """Return the id in a browser's cookie."""
    found = visitor.client.get_cookie("nes")
    assert found is not None
    return found.value


def log(world: World) -> list[tuple[str | None, str, str]]:
    """Return who, how and what of each line of the log."""
    return [(row.actor, row.method, row.outcome) for row in world.all(SignInEntry)]


def test_the_cookie_holds_a_random_id_and_the_table_only_its_hash(
    world: World, officer: Visitor, staff: Staff
) -> None:
    secret = cookie(officer)
    assert len(secret) == 43
    (row,) = world.all(WebSession)
    assert bytes(row.key) == sessions.key_of(secret)
    assert secret.encode() not in bytes(row.key) + bytes(row.sealed or b"")
    assert (row.actor, row.role, row.auth) == (f"user:{staff.officer}", "officer", "demo")
    assert (row.user_id, row.name, row.ended) == (staff.officer, "Zeynep Görevli", None)


def test_what_a_session_keeps_is_sealed_with_the_id(world: World, officer: Visitor) -> None:
    with officer.client.session_transaction() as session:
        session["code"] = [7, "123456789012345"]
    (row,) = world.all(WebSession)
    assert row.sealed is not None
    assert b"123456789012345" not in bytes(row.sealed)
    with officer.client.session_transaction() as session:
        assert session["code"] == [7, "123456789012345"]
        del session["code"]
    officer.get("/hesap")
    with officer.client.session_transaction() as session:
        assert (set(session), len(session)) == (set(), 0)


def test_the_id_is_new_at_each_sign_in_and_the_old_one_opens_nothing(
    world: World, visitor: Visitor, staff: Staff
) -> None:
    visitor.get("/giris")
    before = cookie(visitor)
    visitor.sign_in("user", staff.officer)
    first = cookie(visitor)
    visitor.sign_in("user", staff.officer)
    assert len({before, first, cookie(visitor)}) == 3
    me = f"user:{staff.officer}"
    assert log(world) == [
        (me, "demo", "signed_in"), (me, "demo", "replaced"), (me, "demo", "signed_in"),
    ]  # fmt: skip
    for old in (before, first):
        thief = Visitor(visitor.app)
        thief.client.set_cookie("nes", old)
        assert thief.get("/is-listem").heading == "Giriş"


def test_an_id_that_the_house_did_not_give_is_never_taken_over(
    world: World, visitor: Visitor, staff: Staff
) -> None:
    for planted in ("A" * 43, "short", "ü" * 43):
        visitor.client.set_cookie("nes", planted)
        visitor.sign_in("user", staff.officer)
        assert cookie(visitor) != planted
    keys = {bytes(row.key) for row in world.all(WebSession)}
    assert sessions.key_of("A" * 43) not in keys


def test_signing_out_ends_the_session_on_the_server(
    world: World, officer: Visitor, staff: Staff
) -> None:
    kept = cookie(officer)
    assert officer.post("/cikis").heading == "Giriş"
    thief = Visitor(officer.app)
    thief.client.set_cookie("nes", kept)
    assert thief.get("/is-listem").heading == "Giriş"
    ended = next(row for row in world.all(WebSession) if row.actor)
    assert (ended.why, ended.ended, ended.sealed) == ("left", world.clock.now(), None)
    assert log(world)[-1] == (f"user:{staff.officer}", "demo", "left")


def test_signing_out_everywhere_ends_every_browser_of_mine_and_nobody_elses(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    elsewhere = Visitor(officer.app)
    elsewhere.sign_in("user", staff.officer)
    officer.get("/hesap")
    page = officer.post("/cikis/her-yerde")
    assert page.heading == "Giriş"
    assert "Bütün oturumlarınız kapatıldı." in page.text
    assert ENDED["everywhere"] in elsewhere.get("/is-listem").text
    assert second.get("/is-listem").heading == "İş listem"
    me = f"user:{staff.officer}"
    assert [line for line in log(world) if line[2] != "signed_in"] == [
        (me, "demo", "everywhere"), (me, "demo", "everywhere"),
    ]  # fmt: skip


def test_the_account_page_lists_my_open_sessions_and_marks_this_one(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    world.clock.advance(minutes=10)
    Visitor(officer.app).sign_in("user", staff.officer)
    second.get("/hesap")
    page = officer.get("/hesap")
    assert page.text.count("tarihinde açıldı") == 2
    assert page.text.count("(bu oturum)") == 1


def mark_of(visitor: Visitor) -> str:
    """Return how a browser's session is named on the account page and in the log."""
    return sessions.short(sessions.key_of(cookie(visitor)))


def test_one_session_of_mine_is_ended_and_the_others_stay(
    world: World, officer: Visitor, staff: Staff
) -> None:
    elsewhere = Visitor(officer.app)
    elsewhere.sign_in("user", staff.officer)
    assert officer.get("/hesap").buttons.count("Bu oturumu kapat") == 2
    page = officer.post(f"/cikis/oturum/{mark_of(elsewhere)}")
    assert page.heading == "Hesabım"
    assert "Oturum kapatıldı." in page.text
    assert page.text.count("tarihinde açıldı") == 1
    assert ENDED["singly"] in elsewhere.get("/is-listem").text
    me = f"user:{staff.officer}"
    assert [line for line in log(world) if line[2] != "signed_in"] == [(me, "demo", "singly")]
    assert officer.post(f"/cikis/oturum/{mark_of(officer)}").heading == "Giriş"
    assert log(world)[-1] == (me, "demo", "left")


def test_a_session_of_somebody_else_is_ended_by_nobody(
    world: World, officer: Visitor, second: Visitor
) -> None:
    second.get("/hesap")
    officer.get("/hesap")
    theirs = officer.post(f"/cikis/oturum/{mark_of(second)}", 404).text
    officer.get("/hesap")
    assert officer.post(f"/cikis/oturum/{'0' * 16}", 404).text == theirs
    assert second.get("/is-listem").heading == "İş listem"
    assert {line[2] for line in log(world)} == {"signed_in"}


def test_an_old_proof_ends_no_session_and_leads_to_a_new_one_and_back(
    world: World, officer: Visitor, staff: Staff
) -> None:
    elsewhere = Visitor(officer.app)
    elsewhere.sign_in("user", staff.officer)
    world.clock.advance(minutes=10)
    officer.get("/hesap")
    assert officer.post(f"/cikis/oturum/{mark_of(elsewhere)}").heading == "Hesabım"
    elsewhere.sign_in("user", staff.officer)
    world.clock.advance(seconds=1)
    for way in ("/cikis/her-yerde", f"/cikis/oturum/{mark_of(elsewhere)}"):
        officer.get("/hesap")
        page = officer.post(way)
        assert page.heading == "Yeniden giriş gerekiyor"
    assert elsewhere.get("/is-listem").heading == "İş listem"
    officer.get(page.links["Yeniden giriş yap"])
    back = officer.post(f"/giris/deneme/user/{staff.officer}", devam="/hesap")
    assert back.heading == "Hesabım"
    assert officer.post("/cikis/her-yerde").heading == "Giriş"


@pytest.mark.parametrize(
    "change",
    ["active = false", "roles = '{auditor}'", "roles = '{}'", "roles = '{officer,auditor}'"],
)
def test_an_account_that_is_closed_or_changed_loses_its_sessions_at_once(
    world: World, officer: Visitor, staff: Staff, change: str
) -> None:
    assert officer.get("/is-listem").heading == "İş listem"
    world.write(f"UPDATE office_user SET {change} WHERE id = :id", id=staff.officer)
    page = officer.get("/is-listem")
    assert page.heading == "Giriş"
    assert ENDED["rights_changed"] in page.text
    assert log(world)[-1] == (f"user:{staff.officer}", "demo", "rights_changed")


def test_idle_and_old_sessions_are_told_apart(
    world: World, officer: Visitor, second: Visitor
) -> None:
    for _ in range(25):
        world.clock.advance(minutes=29)
        page = second.get("/hesap")
    assert ENDED["too_old"] in page.text
    assert ENDED["idle"] in officer.get("/hesap").text
    assert {line[2] for line in log(world)} == {"signed_in", "idle", "too_old"}


def test_a_message_of_the_end_is_said_once(world: World, officer: Visitor) -> None:
    world.clock.advance(minutes=31)
    assert ENDED["idle"] in officer.get("/is-listem").text
    assert ENDED["idle"] not in officer.get("/is-listem").text


@pytest.mark.own_site
def test_a_request_reads_the_session_once_and_most_write_nothing(
    app: Flask, world: World, visitor: Visitor, staff: Staff, statements: Statements
) -> None:
    app.add_url_rule("/kimlik", "who", allow("*")(lambda: ("", 204)))
    visitor.sign_in("user", staff.officer)
    statements.said.clear()
    visitor.get("/kimlik", 204)
    assert statements.of_sessions == ["SELECT"]
    world.clock.advance(seconds=59)
    visitor.get("/kimlik", 204)
    assert statements.of_sessions == ["SELECT"] * 2
    world.clock.advance(seconds=1)
    visitor.get("/kimlik", 204)
    assert statements.of_sessions == ["SELECT"] * 3 + ["UPDATE"]
    visitor.get("/kimlik", 204)
    assert statements.of_sessions[4:] == ["SELECT"]


@pytest.mark.own_site
def test_polling_reads_and_never_writes(
    app: Flask, world: World, visitor: Visitor, staff: Staff, statements: Statements
) -> None:
    app.add_url_rule("/sor", "ask", polled(allow("*")(lambda: {"state": "waiting"})))
    visitor.sign_in("user", staff.officer)
    world.clock.advance(minutes=10)
    statements.said.clear()
    assert visitor.client.get("/sor").status_code == 200
    assert statements.of_sessions == ["SELECT"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics", "/static/site.css", "/crl"])
def test_machines_and_files_never_touch_the_sessions(
    world: World, officer: Visitor, statements: Statements, address: str
) -> None:
    world.clock.advance(minutes=10)
    answer = officer.client.get(address, buffered=True)
    assert "Set-Cookie" not in answer.headers
    if answer.status_code == 200:
        assert statements.of_sessions == []


def test_a_stranger_leaves_no_row_where_nothing_has_to_be_kept(
    world: World, visitor: Visitor
) -> None:
    assert visitor.client.get("/").status_code == 200
    visitor.get("/dogrula")
    assert world.all(WebSession) == []
    for _ in range(3):
        visitor.get("/giris")
        visitor.client.delete_cookie("nes")
        visitor.get("/giris")
    assert world.all(WebSession) == []
    given = cookie(visitor)
    visitor.get("/giris")
    assert cookie(visitor) == given
    visitor.post("/giris/kart")
    assert [row.actor for row in world.all(WebSession)] == [None]
    visitor.post("/giris/kart")
    assert len(world.all(WebSession)) == 1


def test_a_stranger_s_id_is_known_again_only_when_the_site_gave_it(
    visitor: Visitor, composition: Composition
) -> None:
    given = anonymous_ids.give(composition.settings)
    for said, kept in ((given, True), (given[:-2] + "xy", False), ("A" * 43, False)):
        visitor.client.set_cookie("nes", said)
        visitor.get("/giris")
        assert (cookie(visitor) == said) is kept


def test_the_log_knows_the_address_again_and_can_not_say_it(
    world: World, officer: Visitor, second: Visitor, composition: Composition
) -> None:
    officer.get("/hesap")
    second.get("/hesap")
    sources = {row.source for row in world.all(SignInEntry)}
    vault = vault_of(composition.settings)
    assert sources == {vault.lookup("127.0.0.1", "source")[:8].hex()}
    (first, _) = world.all(SignInEntry)
    assert first.session == sessions.key_of(cookie(officer))[:8].hex()


def test_the_worker_ends_what_was_forgotten_and_removes_what_is_over(
    world: World, app: Flask, officer: Visitor, staff: Staff
) -> None:
    stranger = Visitor(app)
    stranger.get("/giris")
    stranger.post("/giris/kart")
    clean = next(chore for chore in chores(world.engine) if chore.name == "sessions")
    clean.do()
    assert len(world.all(WebSession)) == 2
    world.clock.advance(minutes=31)
    clean.do()
    (row,) = world.all(WebSession)
    assert (row.actor, row.why) == (f"user:{staff.officer}", "idle")
    assert log(world)[-1] == (f"user:{staff.officer}", "demo", "idle")
    world.clock.advance(days=1, minutes=1)
    clean.do()
    assert world.all(WebSession) == []
    assert [line[2] for line in log(world)] == ["signed_in", "idle"]
    assert officer.get("/is-listem").heading == "Giriş"


def test_two_processes_count_tries_as_one(
    app: Flask, composition: Composition, staff: Staff
) -> None:
    other = create_app(composition)
    sites = [app, other]
    for site in sites:
        site.config["WTF_CSRF_ENABLED"] = False
    address = f"/giris/deneme/user/{staff.officer}"
    answers = [sites[n % 2].test_client().post(address).status_code for n in range(62)]
    assert answers == [302] * 60 + [429] * 2


def test_searches_are_counted_for_the_person_and_not_for_the_address(
    app: Flask, officer: Visitor, second: Visitor
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    found = [officer.client.post("/ara", data={"q": "B1"}).status_code for _ in range(61)]
    assert 429 not in found[:60]
    assert found[60] == 429
    assert second.client.post("/ara", data={"q": "B1"}).status_code != 429


def test_a_count_begins_anew_when_its_time_is_up(world: World) -> None:
    database, now = world.engine.database, world.clock.now()
    minute = timedelta(minutes=1)
    assert rate_limits.read(database, "a", now) == (0, now)
    assert rate_limits.add(database, "a", 1, minute, now) == (1, now + minute)
    assert rate_limits.add(database, "a", 2, minute, now + minute / 2) == (3, now + minute)
    assert rate_limits.read(database, "a", now) == (3, now + minute)
    assert rate_limits.read(database, "b", now)[0] == 0
    assert rate_limits.add(database, "a", 1, minute, now + minute) == (1, now + 2 * minute)
    assert rate_limits.forget(database, None, now + minute) == 0
    assert rate_limits.forget(database, "a", now) == 1
    rate_limits.add(database, "a", 1, minute, now)
    assert rate_limits.forget(database, None, now + minute) == 1
    assert world.all(TryCount) == []
