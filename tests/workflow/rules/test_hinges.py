"""What an answer hangs on: facts alike by their places have the same answer, whatever they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model.duration import Duration
from workflow.model.expression import parse
from workflow.rules.hinges import Hinge, hinges, places
from workflow.rules.in_python import UNKNOWN, evaluate

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
KNOWN = {
    "now": NOW, "today": date(2026, 11, 30), "method": "paper", "kinds": ("a", "b"), "rest":
    Duration(days=15), "nothing": None,
}  # fmt: skip
OWN = ("ends_at", "begins_at", "state", "seen")
GIVEN = {**KNOWN, **dict.fromkeys(OWN, UNKNOWN)}


def found(*sources: str) -> tuple[Hinge, ...]:
    """Return what some expressions hang on."""
    return hinges((parse(source), GIVEN) for source in sources)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("method == 'paper' or now <= ends_at", ()),
        ("method == 'card' and now <= ends_at", ()),
        ("seen", (Hinge("seen", None),)),
        ("not seen", (Hinge("seen", None),)),
        ("seen is none", (Hinge("seen", ()),)),
        ("now <= ends_at", (Hinge("ends_at", (NOW,)),)),
        ("ends_at > now + rest", (Hinge("ends_at", (NOW + timedelta(days=15),)),)),
        (
            "ends_at is none or now <= ends_at or now + rest <= ends_at",
            (Hinge("ends_at", (NOW, NOW + timedelta(days=15))),),
        ),
        ("now <= ends_at + rest", (Hinge("ends_at", None),)),
        ("now <= ends_at and now <= ends_at + rest", (Hinge("ends_at", None),)),
        ("now <= ends_at + rest and now <= ends_at", (Hinge("ends_at", None),)),
        ("begins_at < ends_at", (Hinge("begins_at", None), Hinge("ends_at", None))),
        ("nothing <= ends_at", (Hinge("ends_at", None),)),
        ("state in ['a', 'b']", (Hinge("state", None),)),
        ("state in kinds and method == 'paper'", (Hinge("state", None),)),
    ],
)
def test_it_is_told_what_an_answer_hangs_on(source: str, expected: tuple[Hinge, ...]) -> None:
    assert found(source) == expected


def test_expressions_are_gathered_each_with_what_is_known_for_it() -> None:
    other = {**GIVEN, "method": "card"}
    source = parse("method == 'paper' or now <= ends_at")
    assert hinges([(source, GIVEN), (source, other)]) == (Hinge("ends_at", (NOW,)),)


def test_a_place_tells_before_at_and_after_and_null() -> None:
    one = (Hinge("ends_at", (NOW, NOW + timedelta(days=1))),)
    days = (-1, 0, 0.5, 1, 2)
    seen = [places(one, {"ends_at": NOW + timedelta(days=n)}) for n in days]
    assert len({*seen, places(one, {"ends_at": None})}) == len(days) + 1
    assert places(one, {"ends_at": NOW + timedelta(days=9)}) == seen[-1]
    assert places((Hinge("state", None), Hinge("seen", ())), {"state": "a", "seen": True}) == (
        "a", 0,
    )  # fmt: skip


moments = st.one_of(st.none(), st.integers(-40, 40).map(lambda n: NOW + timedelta(days=n / 2)))
cases = st.fixed_dictionaries(
    {"ends_at": moments, "begins_at": moments, "state": st.sampled_from(["a", "b", "c", None]),
     "seen": st.sampled_from([True, False, None])}
)  # fmt: skip
parts = st.sampled_from([
    "now <= ends_at", "ends_at is none", "ends_at < now", "now + rest <= ends_at", "seen",
    "now >= begins_at", "begins_at == now", "now <= begins_at + rest", "begins_at < ends_at",
    "state in kinds", "state != 'a'", "method == 'paper'", "method == 'card'", "nothing == state",
])  # fmt: skip
rules = st.recursive(
    parts,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) or ({two[1]})"),
    ),
    max_leaves=5,
)


@given(rules, cases, cases)
def test_whose_facts_lie_alike_has_the_same_answer(
    source: str, one: dict[str, object], other: dict[str, object]
) -> None:
    node, hanging = parse(source), found(source)
    if places(hanging, one) == places(hanging, other):
        assert evaluate(node, {**KNOWN, **one}) == evaluate(node, {**KNOWN, **other})
