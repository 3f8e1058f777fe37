"""The past of an application as its person reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from web.kit.reading import CaseEntry
from web.portal.advice.past import AT_ONCE, PastStep, steps

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def entry(
    seconds: int, trigger: str, target: str, actor: str = "system:timer", reason: str | None = None
) -> CaseEntry:
    """Return an entry of the journal, some seconds after the first."""
    body = {"trigger": trigger, "to": target, "actor": actor, "reason": reason}
    return CaseEntry(AT + timedelta(seconds=seconds), "", body)


def test_what_the_house_does_at_once_belongs_to_the_step_before() -> None:
    past = [
        entry(0, "file", "draft", "person:1"),
        entry(5, "choose_method", "method_chosen", "person:1"),
        entry(6, "use_e_onay", "e_onay"),
        entry(7, "queue", "queued"),
    ]
    assert steps(past) == [
        PastStep(AT, "file", "draft", ""),
        PastStep(AT + timedelta(seconds=5), "choose_method", "queued", ""),
    ]


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        (entry(int(AT_ONCE.total_seconds()), "release", "queued"), True),
        (entry(int(AT_ONCE.total_seconds()) + 1, "release", "queued"), False),
        (entry(1, "release", "queued", "user:3"), False),
        (entry(1, "release", "queued", reason="too_late"), False),
    ],
)
def test_what_comes_later_is_by_a_person_or_has_a_reason_is_a_step_of_its_own(
    second: CaseEntry,
    joined: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    first = entry(0, "hold", "held", "person:1")
    found = steps([first, second])
    assert [one.target for one in found] == (["queued"] if joined else ["held", "queued"])
    assert found[-1].reason == (second.body["reason"] or "")


def test_a_case_may_begin_by_itself() -> None:
    assert steps([entry(0, "open", "draft")]) == [PastStep(AT, "open", "draft", "")]
