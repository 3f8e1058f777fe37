"""The cutting of an expression into tokens, each with its offset in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_SOURCE = 2_000
"""The greatest length of an expression in characters; longer ones are split into rules."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))
      | (?P<number>\d+(?![\w.]))
      | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
      | (?P<text>'(?:[^']|'')*')
      | (?P<sign>==|!=|<=|>=|[<>()\[\],+-])""",
    re.VERBOSE | re.ASCII,
)
_HINTS = {
    "=": "'=' does not compare: write '=='",
    '"': "text stands in single quotes",
    "'": "the text is not closed: a single quote is missing",
    "!": "'!' stands only in '!=': write 'not'",
    "&": "write 'and'",
    "|": "write 'or'",
    "*": "rules do not multiply",
    "/": "rules do not divide",
    "{": "a list stands in square brackets",
}


class ExpressionError(ValueError):
    """An expression that cannot be read; ``offset`` counts characters from the source's start."""

    def __init__(self, message: str, offset: int) -> None:
        """Keep the sentence and the place."""
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of an expression; ``sort`` is date, number, name, text, sign or end."""

    sort: str
    text: str
    offset: int

    def __str__(self) -> str:
        return "the end" if self.sort == "end" else f"'{self.text}'"


def tokens(source: str) -> list[Lexeme]:
    """Cut a source into tokens, the last of sort ``end``; ExpressionError where none fits."""
    if len(source) > LONGEST_SOURCE:
        raise ExpressionError(f"longer than {LONGEST_SOURCE} characters: split the rule", 0)
    found: list[Lexeme] = []
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None:
            raise ExpressionError(_strange(source, offset), offset)
        if match.lastgroup != "space":
            found.append(Lexeme(str(match.lastgroup), match.group(), offset))
        offset = match.end()
    found.append(Lexeme("end", "", offset))
    return found


def _strange(source: str, offset: int) -> str:
    character = source[offset]
    if character in _HINTS:
        return _HINTS[character]
    if character.isdigit():
        number = re.match(r"[\w.]+", source[offset:])
        return f"'{number.group() if number else character}' is neither a whole number nor a date"
    return f"'{character}' has no meaning in a rule"


def tidy(source: str) -> str:
    """Return the expression with one way of spacing, so that spacing changes no hash."""
    text = ""
    for token in tokens(source):
        close = not text or text[-1] in "([" or token.text in {")", "]", ",", ""}
        text += token.text if close else f" {token.text}"
    return text
