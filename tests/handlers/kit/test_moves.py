"""Tests that every move that is asked after by name stands in the file and does what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.kit import moves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition

OF_APPLICATIONS = {
    moves.APPROVE_E_ONAY, moves.START_PRODUCTION, moves.AWAIT_STATUS, moves.ACCEPT_ANSWER,
    *moves.APPROVED, *moves.APPROVED_ON_E_ONAY, *moves.APPROVES_NOTHING_ANEW,
    *moves.COUNTS_TRIES_ANEW,
}  # fmt: skip


def test_every_move_stands_in_the_file(definitions: Mapping[str, Definition]) -> None:
    assert definitions["application"].transitions.keys() >= OF_APPLICATIONS
    of_certificates = {*moves.HELD_BY_OFFICE, *moves.MADE_USABLE, moves.AWAIT_STATUS}
    assert definitions["certificate"].transitions.keys() >= of_certificates


def test_what_leads_to_approved_approves_it_or_goes_on_with_an_approval(
    definitions: Mapping[str, Definition],
) -> None:
    leading = {
        move.name
        for move in definitions["application"].transitions.values()
        if move.target == "approved"
    }
    assert leading == moves.APPROVED | moves.APPROVES_NOTHING_ANEW
    assert {
        "approve_e_onay", "approve_e_imza", "confirm_signature", "approve_paper",
        "approve_unobjected",
    } == moves.APPROVED  # fmt: skip


def test_an_application_rests_on_an_e_onay_where_the_move_says_so(
    definitions: Mapping[str, Definition],
) -> None:
    resting = {
        move.name
        for move in definitions["application"].transitions.values()
        if "consent.rest_on" in move.do
    }
    assert set(moves.APPROVED_ON_E_ONAY) == resting


def test_a_certificate_comes_into_force_by_these_moves_alone(
    definitions: Mapping[str, Definition],
) -> None:
    certificate = definitions["certificate"]
    into_force = {
        move.name
        for move in certificate.transitions.values()
        if move.target == "active" and "active" not in move.source
    }
    assert set(moves.MADE_USABLE) == into_force
