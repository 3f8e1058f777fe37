"""What stands on a page in another language than the page says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from xml.etree.ElementTree import Element

TURKISH_LETTER = re.compile(r"[çğıöşüÇĞİÖŞÜ]")

HEARD = ("alt", "aria-label", "label", "placeholder", "title")
"""The attributes that a reader hears."""


def turkish_on(tree: Element, names: Collection[str]) -> list[str]:
    """Return the texts of an English page with a Turkish letter that nothing marks as Turkish.

    A part says its language by ``lang`` (WCAG 2.2, 3.1.2). Proper names need no mark there; those
    that a page may show are told by their words.
    """
    if tree.get("lang") != "en":
        return []
    return [said for said in _said_in("en", tree, "en") if _is_turkish(said, names)]


def _said_in(wanted: str, part: Element, tongue: str) -> Iterator[str]:
    """Yield what a part says in a language, its own parts included."""
    tongue = part.get("lang", tongue)
    if part.tag in {"script", "style"}:
        return
    if tongue == wanted:
        yield from (part.get(name, "") for name in HEARD)
        yield _joined(part.text)
    for inner in part:
        yield from _said_in(wanted, inner, tongue)
        if tongue == wanted:
            yield _joined(inner.tail)


def _is_turkish(said: str, names: Collection[str]) -> bool:
    words = re.findall(r"\w+", said)
    return any(TURKISH_LETTER.search(word) for word in words if word not in names)


def _joined(text: str | None) -> str:
    return " ".join((text or "").split())
