"""The tables of people, institutions, accounts and sessions: who may stand beside whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.people.erasure import RULES
from states.people.person import Person
from states.people.user import untied
from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows


@pytest.mark.parametrize("standing", ["in_office", "left", "blocked", "dead"])
def test_a_person_has_one_of_four_standings(rows: Rows, standing: str) -> None:
    assert rows.put("person", standing=standing).standing == standing
    assert rows.put("person").standing == "in_office"


@pytest.mark.parametrize("standing", ["", "Dead", "retired", "barred"])
def test_a_person_has_no_other(rows: Rows, standing: str) -> None:
    assert rows.refusal("person", standing=standing) == "ck_person_standing"


def test_an_identity_number_belongs_to_one_person(rows: Rows) -> None:
    rows.put("person", tckn_hash=b"h" * 32)
    assert rows.refusal("person", tckn_hash=b"h" * 32) == "uq_person_tckn_hash"
    assert rows.refusal("person", tckn_hash=b"i" * 32) == "nothing"


@pytest.mark.parametrize(
    ("surname", "sort_key", "given_key"),
    [
        ("Örnekoğlu", "ORNEKOGLU AYSE", "AYSE ORNEKOGLU"),
        ("Örnekoğlu", "ORNEKOGLU AYSE NUR", "AYSE NUR ORNEKOGLU"),
        ("Kaya Demir", "KAYA DEMIR AYSE", "AYSE KAYA DEMIR"),
        ("Kaya Demir Öz", "KAYA DEMIR OZ ALI CAN", "ALI CAN KAYA DEMIR OZ"),
        ("Tek", "TEK", "TEK"),
        ("Tek", "", ""),
    ],
)
def test_who_is_looked_up_by_the_given_name_stands_under_it(
    rows: Rows, surname: str, sort_key: str, given_key: str
) -> None:
    row = rows.put("person", surname=surname, sort_key=sort_key)
    assert row.given_key == given_key
    assert rows.change(row, "person", surname="X", sort_key="X Y").given_key == "Y X"


def test_people_stand_in_the_order_of_the_bytes_of_their_keys(rows: Rows) -> None:
    for key in ("b", "B", "Z", "a"):
        rows.put("person", sort_key=key)
    found = rows.connection.scalars(text("SELECT sort_key FROM person ORDER BY sort_key"))
    assert "".join(found) == "BZab"


def test_a_name_is_as_on_the_certificate() -> None:
    assert Person(given_name="Ayşe Nur", surname="Örnekoğlu").name == "Ayşe Nur Örnekoğlu"


@pytest.mark.parametrize("code", ["A", "7", "MEB", "TEST-16-01", "A-", "0"])
def test_the_code_of_an_institution(rows: Rows, code: str) -> None:
    assert rows.put("institution", code=code).code == code


@pytest.mark.parametrize("code", ["", "-A", "a", "A B", "A/B", "A_B", "Ç", "A\n"])
def test_nothing_else_is_a_code(rows: Rows, code: str) -> None:
    assert rows.refusal("institution", code=code) == "ck_institution_code"


@pytest.mark.parametrize("path", ["", "/", "MEB/", "/MEB", "MEB"])
def test_a_path_begins_and_ends_with_a_stroke(rows: Rows, path: str) -> None:
    assert rows.refusal("institution", path=path) == "ck_institution_path"
    assert rows.refusal("institution", path="/MEB/16/") == "nothing"


def test_institutions_share_neither_code_nor_path(rows: Rows) -> None:
    one = rows.put("institution", code="A", path="/A/")
    assert rows.refusal("institution", code="A") == "uq_institution_code"
    assert rows.refusal("institution", path="/A/") == "uq_institution_path"
    assert rows.put("institution", parent_id=one.id).parent_id == one.id


def test_a_subtree_is_one_range_of_paths(rows: Rows) -> None:
    for path in ("/MEB/", "/MEB/16/", "/MEB/16/01/", "/MEB/160/", "/MEB-2/", "/SB/16/"):
        rows.put("institution", path=path)
    below = text(
        "SELECT path FROM institution WHERE path >= '/MEB/16/' AND path < '/MEB/160' ORDER BY path"
    )
    assert list(rows.connection.scalars(below)) == ["/MEB/16/", "/MEB/16/01/"]


def test_a_human_has_one_open_account_and_any_number_of_closed_ones(rows: Rows) -> None:
    human = rows.put("person").id
    rows.put("office_user", person_id=human, active=False)
    rows.put("office_user", person_id=human, active=False)
    mine = rows.put("office_user", person_id=human)
    assert mine.active
    assert rows.refusal("office_user", person_id=human) == "ix_office_user_person"
    assert rows.refusal("office_user", person_id=human, active=False) == "nothing"
    rows.change(mine, "office_user", active=False)
    assert rows.refusal("office_user", person_id=human) == "nothing"


def test_a_closed_account_is_not_opened_beside_another(rows: Rows) -> None:
    human = rows.put("person").id
    closed = rows.put("office_user", person_id=human, active=False)
    rows.put("office_user", person_id=human)
    refused = rows.refused(lambda: rows.change(closed, "office_user", active=True))
    assert refused == "ix_office_user_person"


def test_accounts_of_nobody_stand_beside_each_other(rows: Rows) -> None:
    rows.put("office_user", person_id=None)
    assert rows.refusal("office_user", person_id=None) == "nothing"


def test_a_name_at_the_sign_in_service_opens_one_account(rows: Rows) -> None:
    rows.put("office_user", subject="sub-1", active=False)
    assert rows.refusal("office_user", subject="sub-1") == "uq_office_user_subject"
    rows.put("office_user", subject=None)
    assert rows.refusal("office_user", subject=None) == "nothing"


@pytest.mark.parametrize("role", ["officer", "operator", "auditor", "administrator"])
def test_who_works_in_the_office_is_a_human_who_is_known(role: str) -> None:
    assert untied([role], None)
    assert untied(["coordinator", role], None)
    assert not untied([role], 7)
    assert not untied(["coordinator"], None)
    assert not untied([], None)


def test_a_session_that_has_ended_says_why_and_only_that_one(rows: Rows) -> None:
    assert rows.refusal("web_session", ended=NOON) == "ck_web_session_ended"
    assert rows.refusal("web_session", why="idle") == "ck_web_session_ended"
    assert rows.refusal("web_session", ended=NOON, why="idle") == "nothing"
    assert rows.refusal("web_session") == "nothing"


def test_who_is_signed_in_has_a_role(rows: Rows) -> None:
    assert rows.refusal("web_session", actor="user:1") == "ck_web_session_actor"
    assert rows.refusal("web_session", role="officer") == "ck_web_session_actor"
    assert rows.refusal("web_session", actor="user:1", role="officer") == "nothing"


def test_a_cookie_is_one_session(rows: Rows) -> None:
    rows.put("web_session", key=b"k" * 32)
    assert rows.refusal("web_session", key=b"k" * 32) == "pk_web_session"


@pytest.mark.parametrize("role", ["root", "issuing", "responder", "stamper", "seal"])
def test_the_roles_of_own_keys(rows: Rows, role: str) -> None:
    assert rows.put("own_key", role=role).role == role


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"role": "Root"}, "ck_own_key_role"),
        ({"role": "tsa"}, "ck_own_key_role"),
        ({"key_sha256": "AB" * 32}, "ck_own_key_key_sha256"),
        ({"key_sha256": "ab" * 31}, "ck_own_key_key_sha256"),
        ({"certificate_sha256": "ab" * 33}, "ck_own_key_certificate_sha256"),
        ({"certificate_sha256": ""}, "ck_own_key_certificate_sha256"),
    ],
)
def test_an_own_key_is_named_whole(rows: Rows, changed: dict[str, str], constraint: str) -> None:
    assert rows.refusal("own_key", **changed) == constraint


def test_a_key_may_be_taken_again(rows: Rows) -> None:
    first = rows.put("own_key")
    again = {"role": first.role, "key_sha256": first.key_sha256}
    assert rows.refusal("own_key", **again) == "nothing"


def test_a_change_is_of_a_person_or_of_an_institution(rows: Rows) -> None:
    person, school = rows.put("person").id, rows.put("institution").id
    neither = {"person_id": None, "institution_id": None}
    both = {"person_id": person, "institution_id": school}
    assert rows.refusal("data_change", **neither) == "ck_data_change_subject"
    assert rows.refusal("data_change", **both) == "ck_data_change_subject"
    assert rows.refusal("data_change", **{**both, "person_id": None}) == "nothing"
    assert rows.refusal("data_change", **{**both, "institution_id": None}) == "nothing"


@pytest.mark.parametrize("rule", ["card_secrets", "unused_person", "ended_person"])
def test_erasing_follows_a_rule(rows: Rows, rule: str) -> None:
    assert rows.put("erasure", rule=rule).rule == rule
    assert set(RULES) == {"card_secrets", "unused_person", "ended_person"}


@pytest.mark.parametrize("rule", ["", "wish", "Card_secrets"])
def test_nothing_is_erased_on_a_wish(rows: Rows, rule: str) -> None:
    assert rows.refusal("erasure", rule=rule) == "ck_erasure_rule"
