"""The tokens of an expression: where each stands, what is none, and one way of spacing."""

from __future__ import annotations

import pytest

from workflow.model.expression import (
    DEEPEST,
    WIDEST,
    ExpressionError,
    Literal,
    Name,
    Or,
    parse,
    walk,
)
from workflow.model.lexer import LONGEST_SOURCE, tidy, tokens


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", []),
        ("a<=7", [("name", "a", 0), ("sign", "<=", 1), ("number", "7", 3)]),
        ("kind.grace", [("name", "kind.grace", 0)]),
        ("2026-03-02", [("date", "2026-03-02", 0)]),
        ("'it''s'", [("text", "'it''s'", 0)]),
        ("''", [("text", "''", 0)]),
        (" \n\ta", [("name", "a", 3)]),
        ("a-1", [("name", "a", 0), ("sign", "-", 1), ("number", "1", 2)]),
        ("[a,b]", [("sign", "[", 0), ("name", "a", 1), ("sign", ",", 2), ("name", "b", 3),
                   ("sign", "]", 4)]),
    ],
)  # fmt: skip
def test_each_piece_has_its_sort_and_its_place(
    source: str, found: list[tuple[str, str, int]]
) -> None:
    *pieces, end = tokens(source)
    assert [(piece.sort, piece.text, piece.offset) for piece in pieces] == found
    assert (end.sort, end.text, end.offset, str(end)) == ("end", "", len(source), "the end")


@pytest.mark.parametrize(
    ("source", "says", "offset"),
    [
        ("a = b", "'=' does not compare: write '=='", 2),
        ('a == "b"', "text stands in single quotes", 5),
        ("a == 'b", "the text is not closed: a single quote is missing", 5),
        ("!a", "'!' stands only in '!=': write 'not'", 0),
        ("a & b", "write 'and'", 2),
        ("a | b", "write 'or'", 2),
        ("a * 2", "rules do not multiply", 2),
        ("a / 2", "rules do not divide", 2),
        ("a in {b}", "a list stands in square brackets", 5),
        ("a == 7x", "'7x' is neither a whole number nor a date", 5),
        ("a == 1.5", "'1.5' is neither a whole number nor a date", 5),
        ("a < = b", "'=' does not compare: write '=='", 4),
        ("a == ç", "'ç' has no meaning in a rule", 5),
        ("a ~ b", "'~' has no meaning in a rule", 2),
        ("a == ٣", "'٣' is neither a whole number nor a date", 5),
    ],
)
def test_what_is_no_token_has_its_sentence_and_its_place(
    source: str, says: str, offset: int
) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokens(source)
    assert (caught.value.message, caught.value.offset) == (says, offset)


def test_a_date_with_a_digit_too_many_is_none() -> None:
    pieces = [piece.text for piece in tokens("a == 2026-03-021")]
    assert pieces == ["a", "==", "2026", "-", "03", "-", "021", ""]
    with pytest.raises(ExpressionError, match="there is no day 2026-02-30 in the calendar"):
        parse("a == 2026-02-30")


def test_an_expression_has_a_greatest_length() -> None:
    longest = "a" * LONGEST_SOURCE
    assert tokens(longest)[0].text == longest
    with pytest.raises(ExpressionError, match="longer than 2000 characters: split the rule"):
        tokens(longest + "a")


@pytest.mark.parametrize(
    ("source", "tidied"),
    [
        ("a==b", "a == b"),
        ("  a   ==\n b ", "a == b"),
        ("a in[b,c]", "a in [b, c]"),
        ("not(a or(b))", "not (a or (b))"),
        ("a + 2   months<=today", "a + 2 months <= today"),
        ("a=='x  y'", "a == 'x  y'"),
        ("", ""),
    ],
)
def test_spacing_makes_no_other_expression(source: str, tidied: str) -> None:
    assert tidy(source) == tidied
    assert tidy(tidied) == tidied


def test_the_greatest_number_is_that_of_a_bigint() -> None:
    assert parse(str(WIDEST)) == Literal(2**63 - 1)
    with pytest.raises(ExpressionError, match="9223372036854775808 is too great a number"):
        parse(str(WIDEST + 1))


@pytest.mark.parametrize("opening", ["not ", "("])
def test_nesting_has_a_bound_and_what_stands_side_by_side_has_none(opening: str) -> None:
    closing = ")" * DEEPEST if opening == "(" else ""
    assert Name("a") in set(walk(parse(opening * DEEPEST + "a" + closing)))
    with pytest.raises(ExpressionError, match="nested deeper than 40") as caught:
        parse(opening * (DEEPEST + 1) + "a" + closing + ")")
    assert caught.value.offset == len(opening) * DEEPEST
    wide = parse(" or ".join(["(not a)"] * (DEEPEST + 1)))
    assert isinstance(wide, Or)
    assert len(wide.parts) == DEEPEST + 1
    assert sum(1 for _ in walk(wide)) == 1 + 2 * (DEEPEST + 1)
