"""The proof of the language of rules: its grammar, its mistakes, its three-valued answers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model.duration import Duration
from workflow.model.expression import (
    And,
    Compare,
    ExpressionError,
    In,
    IsNone,
    Literal,
    Name,
    Not,
    Or,
    Shift,
    children,
    parse,
    walk,
)
from workflow.model.lexer import tidy
from workflow.rules.in_python import UNKNOWN, evaluate

A, B = Name("a"), Name("b")


@pytest.mark.parametrize(
    ("source", "node"),
    [
        ("a", A),
        ("a.b", Name("a.b")),
        ("true", Literal(value=True)),
        ("false", Literal(value=False)),
        ("17", Literal(17)),
        ("'it''s'", Literal("it's")),
        ("2026-01-31", Literal(date(2026, 1, 31))),
        ("2 months", Literal(Duration(months=2))),
        ("1 year", Literal(Duration(months=12))),
        ("2 weeks", Literal(Duration(days=14))),
        ("30 days", Literal(Duration(days=30))),
        ("1 hour", Literal(Duration(seconds=3600))),
        ("10 minutes", Literal(Duration(seconds=600))),
        ("300 seconds", Literal(Duration(seconds=300))),
        ("a == b", Compare("==", A, B)),
        ("a in [b, 1]", In(A, (B, Literal(1)))),
        ("a in b", In(A, B)),
        ("a not in b", Not(In(A, B))),
        ("a is none", IsNone(A)),
        ("a is not none", Not(IsNone(A))),
        ("not a and b", And((Not(A), B))),
        ("not not a", Not(Not(A))),
        ("a or b and a", Or((A, And((B, A))))),
        ("(a or b) and a", And((Or((A, B)), A))),
        ("a + 1 day - b", Shift("-", Shift("+", A, Literal(Duration(days=1))), B)),
        ("a < b + 1 day", Compare("<", A, Shift("+", B, Literal(Duration(days=1))))),
    ],
)
def test_a_source_is_read_as_this_tree(source: str, node: object) -> None:
    assert parse(source) == node


@pytest.mark.parametrize(
    ("source", "offset", "says"),
    [
        ("", 0, "the rule is empty"),
        ("   ", 0, "the rule is empty"),
        ("a = b", 2, "write '=='"),
        ('a == "b"', 5, "text stands in single quotes"),
        ("a == 'b", 5, "a single quote is missing"),
        ("a ! b", 2, "write 'not'"),
        ("a && b", 2, "write 'and'"),
        ("a | b", 2, "write 'or'"),
        ("a * 2", 2, "rules do not multiply"),
        ("a / 2", 2, "rules do not divide"),
        ("a in {b}", 5, "a list stands in square brackets"),
        ("a ? b", 2, "'?' has no meaning in a rule"),
        ("a == 1.5", 5, "'1.5' is neither a whole number nor a date"),
        ("a == 12abc", 5, "'12abc' is neither a whole number nor a date"),
        ("a == ²", 5, "'²' is neither a whole number nor a date"),
        ("len(a) == 1", 0, "'len(…)' is a call, and rules call nothing"),
        ("a == 2026-02-31", 5, "there is no day 2026-02-31 in the calendar"),
        ("a > 3 dayz", 6, "'dayz' is no unit of time: did you mean 'days'?"),
        ("a > 3 moons ago", 6, "did you mean 'months'?"),
        ("a > 3 qqq", 6, "units are seconds, minutes, hours, days, weeks, months, years"),
        ("a > 1000001 days", 4, "1000001 days is too long"),
        ("a == 9223372036854775808", 5, "9223372036854775808 is too great a number"),
        ("a < b < c", 6, "comparisons do not chain: join two with 'and'"),
        ("a b", 2, "'b' is out of place"),
        ("a and", 5, "a value is missing before the end"),
        ("and a", 0, "a value is missing before 'and'"),
        ("a == ]", 5, "a value is missing before ']'"),
        ("a in []", 5, "the list is empty"),
        ("a in 3", 5, "a list is missing before '3': in [a, b]"),
        ("a in not", 5, "a list is missing before 'not'"),
        ("a in [b", 7, "']' is missing before the end"),
        ("(a or b", 7, "')' is missing before the end"),
        ("a is b", 5, "'none' is missing before 'b'"),
        ("a not b", 6, "'in' is missing before 'b'"),
        ("(" * 41 + "a" + ")" * 41, 40, "nested deeper than 40"),
        ("not " * 41 + "a", 160, "nested deeper than 40"),
        ("a or " * 400 + "a", 0, "longer than 2000 characters"),
    ],
)
def test_a_mistake_is_named_at_its_offset(source: str, offset: int, says: str) -> None:
    with pytest.raises(ExpressionError) as mistake:
        parse(source)

    assert says in mistake.value.message
    assert mistake.value.offset == offset


def test_brackets_side_by_side_are_not_deep() -> None:
    source = " and ".join(["(not a)"] * 60)

    assert len(children(parse(source))) == 60


def test_each_node_knows_where_it_stands() -> None:
    found = {
        (type(node).__name__, node.offset) for node in walk(parse("a in [b] and not c is none"))
    }

    assert found == {
        ("And", 0), ("In", 2), ("Name", 0), ("Name", 6), ("Not", 13), ("IsNone", 19), ("Name", 17),
    }  # fmt: skip


def test_walking_meets_the_named_list_and_both_sides_of_a_shift() -> None:
    names = [node.name for node in walk(parse("a in b or c < d - e")) if isinstance(node, Name)]

    assert names == ["a", "b", "c", "d", "e"]


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_within_its_length(source: str) -> None:
    mistake = None
    try:
        parse(source)
    except ExpressionError as error:
        mistake = error

    assert mistake is None or (mistake.message and 0 <= mistake.offset <= len(source))


@pytest.mark.parametrize(
    ("source", "same"),
    [
        ("a   ==b", "a == b"),
        ("a in[ b,c ]", "a in [b, c]"),
        ("( a or\n b )and not( c )", "(a or b) and not (c)"),
        ("x == 'two  spaces'", "x == 'two  spaces'"),
        ("d+1  day", "d + 1 day"),
    ],
)
def test_spacing_is_made_one_and_means_the_same(source: str, same: str) -> None:
    assert tidy(source) == same
    assert parse(source) == parse(same)


TRUTHS = {"t": True, "f": False, "n": None, "u": UNKNOWN}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("t and t", True), ("t and f", False), ("n and f", False), ("f and n", False),
        ("t and n", None), ("n and t", None), ("u and f", False), ("u and t", UNKNOWN),
        ("u and n", UNKNOWN), ("n and u", UNKNOWN),
        ("f or f", False), ("f or t", True), ("n or t", True), ("n or f", None),
        ("u or t", True), ("u or f", UNKNOWN), ("n or u", UNKNOWN),
        ("not t", False), ("not f", True), ("not n", None), ("not u", UNKNOWN),
        ("t == n", None), ("u == n", UNKNOWN), ("t != f", True),
        ("n is none", True), ("t is none", False), ("u is none", UNKNOWN), ("t is not none", True),
        ("t in [f, n]", None), ("t in [n, t]", True), ("t in [f]", False), ("n in [t]", None),
        ("t not in [f, n]", None), ("u in [t]", UNKNOWN), ("t in n", None), ("t in u", UNKNOWN),
    ],
)  # fmt: skip
def test_null_and_the_unknown_spread_as_they_must(source: str, value: object) -> None:
    assert evaluate(parse(source), TRUTHS) is value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("d - 2 months", date(2027, 2, 28)),
        ("d + 1 year", date(2028, 4, 30)),
        ("m + 90 minutes", datetime(2027, 4, 30, 23, 0, tzinfo=UTC)),
        ("m + 1 month", datetime(2027, 5, 31, 21, 30, tzinfo=UTC)),
        ("d + nothing", None),
        ("open + 1 day", UNKNOWN),
        ("30 days == 1 month", True),
        ("2 hours < 1 day", True),
        ("1 <= 1", True),
        ("2 > 3", False),
        ("3 >= 4", False),
    ],
)
def test_dates_move_and_durations_compare(source: str, value: object) -> None:
    facts = {
        "d": date(2027, 4, 30),
        "m": datetime(2027, 4, 30, 21, 30, tzinfo=UTC),
        "nothing": None,
        "open": UNKNOWN,
    }
    assert evaluate(parse(source), facts) == value


def test_the_month_of_a_moment_is_counted_on_the_wall_clock_of_istanbul() -> None:
    late = datetime(2027, 1, 30, 22, tzinfo=UTC)  # 31 January, 01:00 in Istanbul

    assert late + Duration(months=1) == datetime(2027, 2, 27, 22, tzinfo=UTC)


def test_a_name_without_a_fact_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        evaluate(parse("a"), {})


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (date(9999, 1, 1), date.max),
        (datetime(9999, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_the_calendar_has_an_end_where_time_stays(moment: date, end: date) -> None:
    assert moment + Duration(months=120_000) == end


def test_the_calendar_has_a_beginning_where_time_stays() -> None:
    assert date(1, 6, 1) - Duration(months=12) == date.min
    first = datetime(1, 1, 2, tzinfo=UTC)
    assert first - Duration(days=5) == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Duration(), "0 days"),
        (Duration(months=2), "2 months"),
        (Duration(days=1), "1 day"),
        (Duration(seconds=600), "10 minutes"),
        (Duration(months=1, days=3, seconds=3661), "1 month 3 days 1 hour 1 minute 1 second"),
    ],
)
def test_a_duration_is_written_in_words(span: Duration, words: str) -> None:
    assert str(span) == words
