"""The files of the pages as they are handed out: of Bootstrap what is used, and all compressed.

They are laid once under `var/assets`, in a folder that is named by their content, so that all
processes and versions of a site hand out the same; pages themselves are not compressed, since they
hold secrets beside what a stranger can choose (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import flask_bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WEB = Path(__file__).resolve().parents[1]
STATIC = WEB / "static"
BOOTSTRAP = "css/bootstrap.min.css"
"""The one file of Bootstrap that a page loads."""

NAMING = frozenset({".html", ".py", ".js"})
"""The endings of the files in which classes are named."""

_WORD = re.compile(r"[A-Za-z][\w-]*")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_HEAD = re.compile(r'(?:@charset "[^"]*";)?\s*(?:/\*!.*?\*/)?', re.DOTALL)
_NOT = re.compile(r":not\([^()]*\)")
_COMMA = re.compile(r",(?![^(]*\))")


def words_in(texts: Iterator[str]) -> frozenset[str]:
    """Return every word that could name a class; one that ends in a hyphen begins many names."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def used_css(css: str, words: frozenset[str]) -> str:
    """Return minified CSS without the rules of classes that are nowhere named.

    A rule of elements alone stays, and so does the banner with the licence. The dark theme goes,
    which no page asks for.
    """
    starts = tuple(word for word in words if word.endswith("-"))

    def named(selector: str) -> bool:
        classes = _CLASS.findall(_NOT.sub("", selector))
        known = all(one in words or one.startswith(starts) for one in classes)
        return known and "[data-bs-" not in selector

    def kept(part: str) -> str:
        rules = []
        for head, body in _rules(part):
            if head.startswith(("@media", "@supports")):
                inside = kept(body)
                rules += [f"{head}{{{inside}}}"] if inside else []
            elif head.startswith("@"):
                rules.append(f"{head}{{{body}}}")
            else:
                selectors = [one for one in _COMMA.split(head) if named(one)]
                rules += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
        return "".join(rules)

    banner = _HEAD.match(css)
    head = banner[0] if banner else ""
    return head + kept(css.removeprefix(head))


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield the head and the body of each rule of the outermost level."""
    depth, begun, head = 0, 0, ""
    for mark in re.finditer(r"[{}]", css):
        if mark[0] == "{":
            if depth == 0:
                head, begun = css[begun : mark.start()].strip(), mark.end()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield head, css[begun : mark.start()]
                begun = mark.end()


@cache
def contents() -> Mapping[str, bytes]:
    """Return the files by the address behind the site's; ours as they are."""
    texts = (path.read_text("utf-8") for path in WEB.rglob("*") if path.suffix in NAMING)
    theirs = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / BOOTSTRAP
    files = {f"static/{path.name}": path.read_bytes() for path in sorted(STATIC.iterdir())}
    pruned = used_css(theirs.read_text("utf-8"), words_in(texts))
    return {**files, f"bootstrap/static/{BOOTSTRAP}": pruned.encode()}


def laid_out(var: Path) -> Path:
    """Return the folder with the files and a compressed one beside each that gains by it.

    OSError where they cannot be written, as on a full disk.
    """
    digest = hashlib.sha256()
    for name, content in contents().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    place = var / "assets" / digest.hexdigest()[:16]
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        _write(part)
        with suppress(OSError):  # another process was as fast
            part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place


def _write(folder: Path) -> None:
    for name, content in contents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        small = gzip.compress(content, 9, mtime=0)
        if len(small) < len(content):
            path.with_name(f"{path.name}.gz").write_bytes(small)
