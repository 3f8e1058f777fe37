"""The HTML of a message, made from its plain text: one source, two shapes."""

from __future__ import annotations

import re
from html import escape

PARTING = "\n– – –\n\n"
"""What stands between a text in English and the same in Turkish."""

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
WIDE = 60
"""Characters from which on a line may have been broken because it was full."""

_ENDS = ".:;!?"
_BLANK = re.compile(r"\n\s*\n")


def html_of(subject: str, text: str, language: str = "tr") -> str:
    """Return a whole page: a blank line parts paragraphs, an address becomes a link.

    A line that only goes on with the sentence before it does not begin anew. Whatever stands in
    the text is text; nothing is fetched from anywhere.
    """
    first, _, turkish = text.partition(PARTING)
    shown = _paragraphs(first)
    if turkish:
        shown += f'\n<hr>\n<div lang="tr">\n{_paragraphs(turkish)}\n</div>'
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font-family:sans-serif;line-height:1.5;max-width:40em">\n'
        + shown
        + "\n</body>\n</html>\n"
    )


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{_lines(part)}</p>" for part in _BLANK.split(text.strip()))


def _lines(part: str) -> str:
    lines: list[str] = []
    for line in part.split("\n"):
        written = line.strip()
        if lines and _goes_on(lines[-1], written):
            lines[-1] = f"{lines[-1]} {written}"
        else:
            lines.append(written)
    return "<br>\n".join(_linked(line) for line in lines)


def _goes_on(before: str, line: str) -> bool:
    """Say whether a line goes on in a sentence that was broken for its width alone."""
    wide = len(before) >= WIDE and before[-1] not in _ENDS and not _LINK.search(before)
    return wide and line[:1].islower()


def _linked(line: str) -> str:
    done, at = [], 0
    for found in _LINK.finditer(line):
        address = escape(found[0])
        done += [escape(line[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join((*done, escape(line[at:])))
