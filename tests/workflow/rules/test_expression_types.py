"""The proof that expressions are typed when the file is loaded, not when a case moves."""

from __future__ import annotations

import pytest

from tests.kit.workflow.small import small
from workflow.loading.publish import TIMER_TYPES
from workflow.model.expression import Literal, parse
from workflow.rules.typing import scope_of, typed


def mistakes_of(source: str, wanted: tuple[str, ...] = ("bool",)) -> list[tuple[int, str]]:
    definition = small()
    scope = scope_of(definition.facts.values(), definition.kinds, definition.windows)
    _, mistakes = typed(parse(source), scope, wanted)
    return [(mistake.offset, mistake.message) for mistake in mistakes]


@pytest.mark.parametrize(
    "source",
    [
        "way == post", "post == way", "way == 'post'", "kind == fast", "kind.effect == none",
        "way in [post, mail]", "way in kind.ways", "i1 in window.remind", "x1 == x2",
        "x1 == 'free text'", "b1 == true", "d1 + window.span < today", "t1 + window.hours <= now",
        "kind.wait < 2 months", "colour == window.word", "colour in [red, colour]", "b1",
        "not kind.paid or window.open", "x1 is none", "2026-01-01 < d1", "x1 in ['a', 'b']",
    ],
)  # fmt: skip
def test_like_types_may_meet(source: str) -> None:
    assert mistakes_of(source) == []


@pytest.mark.parametrize(
    ("source", "offset", "says"),
    [
        ("d1 < now", 3, "comparison of unlike types: left of type date, right of type datetime"),
        ("d1 == 'x'", 3, "comparison of unlike types: left of type date, right of type text"),
        ("b1 == 1", 3, "comparison of unlike types: left of type bool, right of type int"),
        ("x1 == way", 3, "comparison of unlike types: left of type text, right one of post"),
        ("way == colour", 4, "comparison of unlike types"),
        ("kind.ways == kind.ways", 10, "comparison of unlike types: left a list, right a list"),
        ("way in window.remind", 7, "comparison of unlike types: one of post, mail, hand among"),
        ("d1 in [d2, 3]", 11, "comparison of unlike types: of type date among of type int"),
        ("i1 in i2", 6, "'i2' is of type int, where a list is needed"),
        ("colour in kind.ways", 10, "comparison of unlike types"),
        ("x1 < x2", 3, "'<' needs an order, but this is of type text"),
        ("way >= mail", 4, "'>=' needs an order, but this is one of post, mail, hand"),
        ("not d1", 4, "this is of type date, where true or false is needed"),
        ("b1 and i1", 7, "this is of type int, where true or false is needed"),
        ("d1", 0, "this is of type date, but bool is expected"),
        ("d1 + 3 == d2", 3, "'+' moves a date or datetime by a duration"),
        ("1 day + d1 == d2", 6, "'+' moves a date or datetime by a duration"),
        ("d1 + 5 hours == d2", 5, "a date moves by whole days"),
        ("d1 - window.hours == d2", 5, "a date moves by whole days"),
        ("nobody", 0, "there is no fact 'nobody'"),
        ("wai == post", 7, "there is no fact 'post'"),
        ("way == pots", 7, "there is no value 'pots' to compare with; did you mean 'post'?"),
        ("way == 'pots'", 7, "there is no value 'pots' to compare with"),
        ("way in [post, pots]", 14, "there is no value 'pots'"),
        ("d1 == none", 6, "there is no fact 'none': ask 'is none'"),
        ("kind.wais == post", 0, "there is no fact 'kind.wais'; did you mean 'kind.ways'?"),
        ("way in kind.wais", 7, "there is no fact 'kind.wais'"),
        ("nobody + 1 day < d1", 0, "there is no fact 'nobody'"),
        ("nobody in [d1]", 0, "there is no fact 'nobody'"),
        ("nobody in kind.ways", 0, "there is no fact 'nobody'"),
        ("nobody is none", 0, "there is no fact 'nobody'"),
    ],
)
def test_unlike_types_and_strange_names_are_told(source: str, offset: int, says: str) -> None:
    found = mistakes_of(source)

    assert any(place == offset and says in message for place, message in found), found


def test_all_mistakes_of_one_rule_are_told_together() -> None:
    assert [place for place, _ in mistakes_of("d1 < now and way == pots or nobody")] == [3, 20, 28]


def test_a_mistake_is_told_once_and_hides_what_follows_from_it() -> None:
    assert len(mistakes_of("nobody < now")) == 1


def test_a_bare_word_becomes_the_value_it_names() -> None:
    definition = small()
    scope = scope_of(definition.facts.values(), definition.kinds, definition.windows)

    node, _ = typed(parse("mail == way"), scope, ("bool",))

    assert getattr(node, "left", None) == Literal("mail")


def test_a_word_that_is_a_fact_and_a_value_must_be_quoted() -> None:
    definition = small()
    scope = scope_of(definition.facts.values(), definition.kinds, definition.windows)
    types = {**scope.types, "post": scope.types["x1"]}
    both = type(scope)(types, scope.clocked)

    _, mistakes = typed(parse("way == post"), both, ("bool",))
    _, quoted = typed(parse("way == 'post'"), both, ("bool",))

    assert [mistake.message for mistake in mistakes] == [
        "'post' is a fact and a value here: quote the value"
    ]
    assert quoted == []


@pytest.mark.parametrize("source", ["30 days", "d1", "d1 + 1 day", "t1", "window.span"])
def test_a_timer_is_a_duration_a_date_or_a_datetime(source: str) -> None:
    assert mistakes_of(source, TIMER_TYPES) == []


def test_a_timer_is_no_number() -> None:
    ((_, message),) = mistakes_of("3", TIMER_TYPES)

    assert message == "this is of type int, but duration or date or datetime is expected"


def test_kinds_are_out_of_reach_without_the_fact_kind() -> None:
    scope = scope_of([], small().kinds, ())

    assert sorted(scope.types) == ["entered_at", "now", "today"]
