"""How far an application has come, as far as the day of its card hangs on it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Stage(StrEnum):
    """What still lies ahead of the card."""

    BEFORE_PAPER = "before_paper"
    AT_DESK = "at_desk"
    BEFORE_APPROVAL = "before_approval"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    IN_PRODUCTION = "in_production"
    WITH_COURIER = "with_courier"
    STANDS_STILL = "stands_still"


_STATES: Mapping[Stage, tuple[str, ...]] = {
    Stage.BEFORE_PAPER: ("wet_signature",),
    Stage.BEFORE_APPROVAL: ("draft", "method_chosen", "e_onay", "e_imza", "awaiting_status"),
    Stage.AT_DESK: ("in_person",),
    Stage.IN_REVIEW: ("paper_received", "in_review"),
    Stage.APPROVED: ("approved", "held", "checking_certificate"),
    Stage.IN_PRODUCTION: ("queued", "in_production", "awaiting_token", "produced", "booked"),
    Stage.WITH_COURIER: ("couriered", "awaiting_collection"),
    Stage.STANDS_STILL: (
        "certificate_unseen", "production_stopped", "not_booked", "courier_silent", "recalled",
        "delivery_contested", "courier_returned", "returned_to_applicant",
    ),
}  # fmt: skip
"""The open states of an application; a test holds them against workflows.yaml."""

_BY_STATE = {state: stage for stage, states in _STATES.items() for state in states}


def stage_of(state: str) -> Stage:
    """Return the stage of an open state; one of another definition stands still for all we know."""
    return _BY_STATE.get(state, Stage.STANDS_STILL)
