"""What every page must keep: valid HTML, one heading, labelled fields, no bare TCKN."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import html5lib

from states.kit.invalid import Invalid
from states.people.tckn import parse
from web.gate.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

UNLABELLED = {"hidden", "submit", "button"}


def tree_of(html: str) -> Element:
    """Parse a page strictly; any mistake in the HTML is an error of the test."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def faults(html: str, tree: Element | None = None) -> list[str]:
    """Return what is wrong with a page, a sentence each; its tree where it is parsed already."""
    tree = tree_of(html) if tree is None else tree
    return [*_structure(tree), *_names(tree), *_tables(tree), *_secrets(html)]


def _structure(tree: Element) -> Iterator[str]:
    ids = Counter(part.get("id") for part in tree.iter() if part.get("id"))
    yield from (f"the id {name} is there {times} times" for name, times in ids.items() if times > 1)
    headings = list(tree.iter("h1"))
    if len(headings) != 1:
        yield f"there are {len(headings)} main headings"
    titles = [text_of(part) for part in tree.findall("head/title")]
    if len(titles) != 1 or not titles[0].removesuffix("– nes-ofis").strip():
        yield f"the title is {titles}"
    if tree.get("lang") not in LANGUAGES:
        yield "the page does not say in which language it is"
    for link in tree.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"the link {target} leads nowhere"
    if any(part.get("style") for part in tree.iter()) or list(tree.iter("style")):
        yield "there is an inline style"


def _names(tree: Element) -> Iterator[str]:
    labels = {part.get("for") for part in tree.iter("label")}
    for sort in ("input", "select", "textarea"):
        for field in tree.iter(sort):
            if field.get("type") not in UNLABELLED and field.get("id") not in labels:
                yield f"the field {field.get('name')} has no label"
    for button in (*tree.iter("button"), *tree.iter("a")):
        if not text_of(button):
            yield "a button or link says nothing"


def _tables(tree: Element) -> Iterator[str]:
    for table in tree.iter("table"):
        if table.find("caption") is None:
            yield "a table has no caption"
        if any(head.get("scope") is None for head in table.iter("th")):
            yield "a heading of a table has no scope"


def _secrets(html: str) -> Iterator[str]:
    # A key, serial number or hash in hex may hold eleven digits that pass the sums by chance.
    words = re.sub(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{16,}(?![0-9A-Za-z])", "", html)
    for number in re.findall(r"(?<![0-9])[0-9]{11}(?![0-9])", words):
        try:
            parse(number)
        except Invalid:
            continue
        yield "an unmasked TCKN is on the page"


def text_of(part: Element) -> str:
    """Return the text of an element, blanks joined."""
    return " ".join(" ".join(part.itertext()).split())
