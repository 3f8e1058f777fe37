"""The messages of the site, room by room, and the English catalogue made to hold exactly them.

``make catalogue`` takes new messages in with an empty English, drops those that nobody writes any
more, and says which rooms lack how many. A merge of two branches leaves both sides' entries; the
next run puts them in order.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.house.tree import ROOT, files, name
from web.gate.language import CATALOGUE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel.messages.catalog import Message

MessageId = str | tuple[str, ...]
"""A message, or the two forms of one that counts."""

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}

ENGLISH_ALREADY = frozenset({"backup", "bench", "terminal"})
"""Rooms of web that speak to the one who runs the site, in English."""


def room_of(path: str) -> str:
    """Return the room of a file of ``web``, which the templates of its pages belong to as well."""
    parts = path.removeprefix("web/").removeprefix("templates/").split("/")
    return parts[0] if len(parts) > 1 else "frame"


@cache
def written() -> Mapping[MessageId, frozenset[str]]:
    """Return each message that a room writes, with the rooms that do."""
    kept = {name(path) for path in files()}
    found: defaultdict[MessageId, set[str]] = defaultdict(set)
    options = {"**.html": {"silent": "false"}}
    for file, _, message, _, _ in extract_from_dir(ROOT / "web", METHODS, options, KEYWORDS):
        path = f"web/{file}"
        if path in kept and room_of(path) not in ENGLISH_ALREADY:
            found[message if isinstance(message, str) else tuple(message)].add(room_of(path))
    return {message: frozenset(rooms) for message, rooms in found.items()}


def catalogue() -> Catalog:
    """Return the English catalogue as it stands in the repository."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=ENGLISH, abort_invalid=True)


def forms(message: Message) -> tuple[str, ...]:
    """Return the English of a message: one text, or the two forms of one that counts."""
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(message.string or ())


def whole(message: Message | None) -> bool:
    """Say whether a message has its English, and nobody doubts it."""
    return message is not None and not message.fuzzy and all(forms(message))


def missing() -> dict[str, list[str]]:
    """Return the messages of each room that have no English, or a doubtful one."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    kept = catalogue()
    for message, rooms in written().items():
        if not whole(kept.get(message)):
            for room in rooms:
                found[room].append(message if isinstance(message, str) else message[0])
    return dict(found)


def renewed() -> bytes:
    """Return the catalogue with exactly the messages that are written, sorted, each on its line."""
    kept, new = catalogue(), Catalog(locale=ENGLISH, fuzzy=False)
    for message in written():
        found = kept.get(message)
        new.add(message, _english(found, message, new.num_plurals), flags=_flags(found))
    said = BytesIO()
    write_po(said, new, width=0, sort_output=True, omit_header=True)
    return HEADER + said.getvalue()


def _english(found: Message | None, message: MessageId, plurals: int) -> str | tuple[str, ...]:
    if isinstance(message, str):
        return found.string if found and isinstance(found.string, str) else ""
    return forms(found) if found and not isinstance(found.string, str) else ("",) * plurals


def _flags(found: Message | None) -> set[str]:
    return set(found.flags) if found else set()


HEADER = rb"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def main() -> int:
    """Renew the catalogue and say what it lacks; returns the status of the program."""
    CATALOGUE.write_bytes(renewed())
    lacking = Counter({room: len(messages) for room, messages in missing().items()})
    for room, number in lacking.most_common():
        sys.stdout.write(f"{room}: {number} without English\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
