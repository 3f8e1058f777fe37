"""The tables of consents, of their texts and of proposals about accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from states.cases.grant import ACTS
from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows


def test_a_person_has_one_e_onay_in_force(rows: Rows) -> None:
    first = rows.put("consent", state="in_force")
    same = {"person_id": first.person_id, "state": "in_force"}
    assert rows.refusal("consent", **same) == "ix_consent_in_force"
    assert rows.refusal("consent", **{**same, "state": "offered"}) == "nothing"
    assert rows.refusal("consent", state="in_force") == "nothing"


@pytest.mark.parametrize("state", ["offered", "pending", "withdrawn", "replaced", "expired"])
def test_one_that_is_not_in_force_stands_in_no_ones_way(rows: Rows, state: str) -> None:
    first = rows.put("consent", state=state)
    rows.put("consent", state=state, person_id=first.person_id)
    again = {"person_id": first.person_id, "state": "in_force"}
    assert rows.refusal("consent", **again) == "nothing"


def test_a_withdrawn_e_onay_does_not_come_back_beside_another(rows: Rows) -> None:
    old = rows.put("consent", state="withdrawn")
    rows.put("consent", state="in_force", person_id=old.person_id)
    refused = rows.refused(lambda: rows.change(old, "consent", state="in_force"))
    assert refused == "ix_consent_in_force"


def test_the_reference_of_a_consent(rows: Rows) -> None:
    assert rows.put("consent", id=3).reference == "O000000003"


@pytest.mark.parametrize(
    ("version", "form"),
    [
        ("EO.01/02 (BF.01/02)", "BF.01/02"),
        ("EO.01/02", None),
        ("EO.01 ()", ""),
        ("EO.01 (A) (B)", "A) (B"),
    ],
)
def test_the_form_of_a_text_stands_in_its_version(
    rows: Rows, version: str, form: str | None
) -> None:
    assert rows.put("terms", version=version).form_version == form


def test_no_two_texts_begin_at_one_moment_or_have_one_name(rows: Rows) -> None:
    rows.put("terms", version="A", valid_from=NOON)
    assert rows.refusal("terms", version="B", valid_from=NOON) == "uq_terms_valid_from"
    later = NOON + timedelta(microseconds=1)
    assert rows.refusal("terms", version="B", valid_from=later) == "nothing"
    assert rows.refusal("terms", version="A", valid_from=later) == "pk_terms"


def test_the_text_of_a_consent_is_one_of_those(rows: Rows) -> None:
    version = rows.put("terms").version
    assert rows.put("consent", terms_version=version).terms_version == version
    assert rows.refusal("consent", terms_version="EO.99") == "fk_consent_terms_version"


@pytest.mark.parametrize("act", ["role", "close", "reopen", "tie"])
def test_only_opening_is_proposed_without_an_account(rows: Rows, act: str) -> None:
    user = rows.put("office_user").id
    assert rows.refusal("role_grant", act=act) == "ck_role_grant_account"
    assert rows.refusal("role_grant", act=act, user_id=user) == "nothing"
    assert rows.refusal("role_grant", act="open") == "nothing"
    assert rows.refusal("role_grant", act="open", user_id=user) == "nothing"


@pytest.mark.parametrize("act", ["", "Open", "delete", "roles"])
def test_nothing_else_is_proposed(rows: Rows, act: str) -> None:
    user = rows.put("office_user").id
    assert rows.refusal("role_grant", act=act, user_id=user) == "ck_role_grant_act"
    assert set(ACTS) == {"open", "role", "close", "reopen", "tie", "lead", "unlead"}


@pytest.mark.parametrize("state", ["granted", "refused", "withdrawn", "expired"])
def test_one_proposal_about_an_account_is_open_at_a_time(rows: Rows, state: str) -> None:
    user = rows.put("office_user").id
    about = {"act": "close", "user_id": user}
    rows.put("role_grant", **about, state=state)
    open_one = rows.put("role_grant", **about)
    assert rows.refusal("role_grant", act="role", user_id=user) == "ix_role_grant_open"
    rows.change(open_one, "role_grant", state=state)
    assert rows.refusal("role_grant", act="role", user_id=user) == "nothing"


def test_many_accounts_may_be_about_to_be_opened(rows: Rows) -> None:
    rows.put("role_grant", act="open")
    assert rows.refusal("role_grant", act="open") == "nothing"
    assert rows.put("role_grant", id=8).reference == "Y000000008"
