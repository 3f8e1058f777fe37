"""The structure of a released document, read from its own template: headings, facts, sentences.

A text is taken apart by its lines; a paper that is only set (`sheets`) by the marks of typst. Each
place that a value fills stands as ``{name}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from handlers.papers.letters.sheets import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE, HEADING, FACT, ITEM, TEXT = "title", "heading", "fact", "item", "text"

_PLACE = re.compile(r"\{\{\s*(\w+)(?:\s*\|\s*(\w+))?\s*\}\}")
_FACT = re.compile(r"([^{}:]+): (\{.*)")
_ITEM = re.compile(r"([a-z]\)|\d\.) +(.*)")
_TERMS = "{{ terms_text }}\n"

_SET_TITLE = re.compile(r' *title: "(.+)",')
_SET_FACT = re.compile(r' *\("(\D.*?)", (.+)\),')
_SET_LINE = re.compile(r" *\[\*(.+?)\*\], \[: (.+?)\],.*")
_SET_HEADS = re.compile(r" *table\.header\((.+)\),")
_SET_SIGNS = re.compile(r"#sign_here\((.+)\)")
_SET_PLACE = re.compile(r"#?data\.(\w+)(?:\.len\(\))?")


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a document: what it is, how it is numbered, its words, and a fact's value."""

    sort: str
    words: str
    mark: str = ""
    value: str = ""


@cache
def source_of(kind: str, revision: str) -> str | None:
    """Return the text template of a revision, with the terms that it holds; None without one."""
    if not _named(kind, revision) or not (file := FOLDER / f"{kind}-{revision}.txt").is_file():
        return None
    text = file.read_text(encoding="utf-8")
    if _TERMS not in text:
        return text
    terms = (FOLDER / f"terms-{revision}.txt").read_text(encoding="utf-8")
    return text.replace(_TERMS, f"{terms}\n")


@cache
def blocks_of(kind: str, revision: str) -> tuple[Block, ...]:
    """Return the parts of a released document, in their order; empty for what was never one."""
    text = source_of(kind, revision)
    if text is not None:
        return tuple(_of_text(text))
    if not _named(kind, revision) or not (file := FOLDER / f"{kind}-{revision}.typ").is_file():
        return ()
    return tuple(_of_sheet(file.read_text(encoding="utf-8")))


def values_in(words: str, source: str) -> dict[str, str] | None:
    """Return what fills the places of a text that was drawn from a template; None for another.

    A value holds no line break, so that none can pass for the lines around it.
    """
    places = list(_PLACE.finditer(source))
    ends = [*(place.start() for place in places), len(source)]
    texts = [source[at:end] for at, end in zip([0, *(p.end() for p in places)], ends, strict=True)]
    if not words.startswith(texts[0]):
        return None
    found: dict[str, str] = {}
    at = len(texts[0])
    for place, following in zip(places, texts[1:], strict=True):
        end = words.find(following, at)
        if end < 0 or "\n" in words[at:end]:
            return None
        found.setdefault(_name(place), words[at:end])
        at = end + len(following)
    return found if at == len(words) else None


def _named(kind: str, revision: str) -> bool:
    """Say whether these can name a file of a released document, and nothing beside it."""
    return (
        re.fullmatch(r"[a-z_]+", kind) is not None and re.fullmatch(r"\d\d", revision) is not None
    )


def _name(place: re.Match[str]) -> str:
    return f"{place[1]}_{place[2]}" if place[2] == "long_date" else place[1]


def _of_text(source: str) -> Iterator[Block]:
    title, _, rest = source.partition("\n")
    yield Block(TITLE, title)
    for paragraph in re.split(r"\n\s*\n", rest.strip()):
        places = _PLACE.sub(lambda place: f"{{{_name(place)}}}", paragraph)
        open_block: Block | None = None
        for line in re.split(r"\n| {3,}(?=\S+: )", places):
            begun = _begun(line)
            if begun is None and open_block is not None:
                words = f"{open_block.words} {line.strip()}"
                open_block = Block(open_block.sort, words, open_block.mark)
                continue
            if open_block is not None:
                yield open_block
            open_block = begun or Block(TEXT, line.strip())
        if open_block is not None:
            yield open_block


def _begun(line: str) -> Block | None:
    """Return the part that a line begins, None where it goes on with the one before."""
    fact = _FACT.fullmatch(line)
    if fact is not None:
        return Block(FACT, fact[1], value=fact[2])
    bare = re.sub(r"\{\w+\}", "", line)
    if bare.isupper():
        return Block(HEADING, line)
    item = _ITEM.fullmatch(line)
    return Block(ITEM, item[2], mark=item[1]) if item is not None else None


def _of_sheet(source: str) -> Iterator[Block]:
    items = 0
    for line in source.splitlines():
        for block in _of_set_line(line):
            items = items + 1 if block.sort == ITEM else 0
            yield replace(block, mark=f"{chr(ord('a') + items - 1)})") if items else block


def _of_set_line(line: str) -> list[Block]:
    """Return the parts on a line of typst; most lines only say how something looks."""
    if line.startswith("= "):
        return [Block(HEADING, _bare(line[2:]))]
    if line.startswith("+ "):
        return [Block(ITEM, line[2:])]
    if found := _SET_TITLE.fullmatch(line):
        return [Block(TITLE, found[1])]
    if found := _SET_FACT.fullmatch(line) or _SET_LINE.fullmatch(line):
        return [Block(FACT, found[1], value=_bare(found[2]))]
    if found := _SET_HEADS.fullmatch(line) or _SET_SIGNS.fullmatch(line):
        names = re.findall(r"[*\"](.+?)[*\"]", found[1])
        return [Block(FACT, one, value="{written}") for one in names]
    whole = re.match(r"\*?\w", line) and line.endswith((".", ")", "data.institution"))
    return [Block(TEXT, _bare(line))] if whole else []


def _bare(text: str) -> str:
    """Return words of a sheet without the marks of typst."""
    joined = re.sub(r"str\((.+)\)", r"\1", text)
    joined = re.sub(r' \+ "(.+?)"', r"\1", joined)
    return _SET_PLACE.sub(r"{\1}", joined).replace("*", "")
