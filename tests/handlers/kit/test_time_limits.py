"""Tests that each wait is the one of the definition, and that what is no wait is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.certificates import sight
from handlers.kit.time_limits import wait_for_status, wait_in_rule, wait_of_state
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("state", "span"),
    [
        ("certificate_unseen", Duration(days=30)),
        ("checking_certificate", Duration(days=7)),
        ("queued", Duration(seconds=600)),
        ("courier_returned", Duration(days=30)),
        ("paper_received", Duration(days=10)),  # window.paper_limit
        ("produced", Duration(days=2)),  # window.booking_limit
    ],
)
def test_the_wait_of_a_state_is_its_timer(
    definitions: Mapping[str, Definition], state: str, span: Duration
) -> None:
    assert wait_of_state(definitions["application"], state, TODAY) == span


@pytest.mark.parametrize(
    ("workflow", "state"),
    [
        ("application", "approved"),  # at once
        ("application", "held"),  # a day of the case
        ("application", "delivered"),  # none
        ("certificate", "active"),  # a moment of the case
    ],
)
def test_a_timer_that_is_no_span_is_no_wait(
    definitions: Mapping[str, Definition], workflow: str, state: str
) -> None:
    with pytest.raises(LookupError, match=f"the timer of {workflow}.{state} is no span"):
        wait_of_state(definitions[workflow], state, TODAY)


@pytest.mark.parametrize(
    ("rule", "since", "days"),
    [
        ("waited_long", "entered_at", 30),
        ("waited_for_certificate", "entered_at", 30),
        ("not_unlockable", "unlock_tried_at", 7),
    ],
)
def test_the_wait_of_a_rule_is_what_it_adds(
    definitions: Mapping[str, Definition], rule: str, since: str, days: int
) -> None:
    assert wait_in_rule(definitions["application"], rule, since) == Duration(days=days)


@pytest.mark.parametrize(
    ("rule", "since"),
    [
        ("old_certificate_checked", "old_certificate_checked_at"),  # a day, and thirty
        ("queued_long", "queued_since"),  # by the policy
        ("waited_long", "production_opens_on"),
    ],
)
def test_a_rule_that_adds_none_or_several_has_no_wait(
    definitions: Mapping[str, Definition], rule: str, since: str
) -> None:
    with pytest.raises(LookupError, match=f"{rule} adds no single span to {since}"):
        wait_in_rule(definitions["application"], rule, since)


@pytest.mark.parametrize("workflow", ["application", "consent", "certificate"])
def test_a_signature_is_checked_for_three_days(
    definitions: Mapping[str, Definition], workflow: str
) -> None:
    assert wait_for_status(definitions[workflow], TODAY) == Duration(days=3)


def test_a_letter_is_taken_as_long_as_it_counts(definitions: Mapping[str, Definition]) -> None:
    rule, since = "old_certificate_answered", "old_certificate_checked_at"
    days = wait_in_rule(definitions["application"], rule, since).days
    assert sight.LETTER_LIFE.days == days
