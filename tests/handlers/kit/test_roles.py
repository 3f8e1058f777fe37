"""Tests that the names of roles are those of the file, and that each set has the ones it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.kit import roles
from states.people.user import OF_HUMANS
from workflow.model.actor import Actor, system

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition


def test_the_roles_are_those_of_the_file(definitions: Mapping[str, Definition]) -> None:
    known = {*roles.STAFF, roles.APPLICANT, roles.SYSTEM}
    assert len(known) == 7
    for definition in definitions.values():
        assert definition.roles.keys() == known
        alone = {role.name for role in definition.roles.values() if role.subject_only}
        assert alone == {roles.APPLICANT}


def test_accounts_are_offered_roles_in_this_order() -> None:
    assert roles.STAFF == ("officer", "operator", "auditor", "coordinator", "administrator")


def test_only_officers_register_and_only_the_desk_carries_cases_on(
    definitions: Mapping[str, Definition],
) -> None:
    assert roles.REGISTRARS == ("officer",)
    assert roles.DESK == ("officer", "operator")
    movers = {role for one in definitions.values() for move in one.transitions.values()
              for role in move.by if one.name == "application"}  # fmt: skip
    assert movers - {"applicant", "coordinator", "system"} == set(roles.DESK)


def test_the_auditor_reads_and_the_administrator_reads_no_case() -> None:
    assert roles.READERS == ("officer", "operator", "auditor")
    assert roles.OVERSEERS == ("auditor", "administrator")


def test_the_house_is_everybody_whose_account_belongs_to_a_known_human() -> None:
    assert roles.HOUSE == ("officer", "operator", "auditor", "administrator")
    assert set(roles.HOUSE) == OF_HUMANS


def test_somebody_acts_in_his_roles_alone() -> None:
    officer = Actor("user:1", frozenset({"officer"}), "demo", 1)
    assert roles.acts_as(officer, roles.OFFICER)
    assert not roles.acts_as(officer, roles.OPERATOR)
    assert not roles.acts_alone(officer)
    assert roles.acts_alone(system("sweep"))
