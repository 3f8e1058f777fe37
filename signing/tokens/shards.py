"""Where the cards of a SoftHSM store lie: each in a folder of its own, in one of 256 shards.

A module that opens a folder reads every token in it, and aborts the process when two of them have
one slot number (31 random bits). So a card's folder is a small store with this one token: what
opening it costs does not grow with the cards there are, and no two can clash. The folder follows
from the label alone. Older releases put cards beside the office's own token, in `tokens`; those
stay there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from signing.errors import StoreFull
from signing.tokens import softhsm, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARDS = "cards"
COUNT = 256
MADE = "cards.made"
"""The file that says that the shards were made, so that none is made in the place of a lost one."""

_PRIVATE = 0o700
_PREFIX = "card-"


def place(directory: Path, label: str) -> Path:
    """Give the folder in which the card with this label lies, or would lie."""
    number = hashlib.sha256(label.encode()).digest()[0]
    return directory / CARDS / f"{number:02x}" / f"{_PREFIX}{quote(label, safe='')}"


def holds(directory: Path, label: str) -> bool:
    """Say whether the card with this label lies in its shard."""
    if len(label.encode()) > softhsm.LABEL_BYTES:
        return False
    return place(directory, label).is_dir()


def prepare(directory: Path) -> None:
    """Make the shards that a store lacks, once; StoreFull, also when all of them were lost."""
    cards = directory / CARDS
    if not (directory / MADE).exists():
        with softhsm.exclusive(directory, CARDS), softhsm.written(directory):
            for number in range(COUNT):
                (cards / f"{number:02x}").mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            (directory / MADE).touch()
    if not cards.is_dir():
        raise StoreFull(where=str(cards))


def folders(directory: Path) -> Iterator[Path]:
    """Yield the folders of the cards, in the order of shards and names."""
    for shard in _entries(directory / CARDS):
        yield from (one for one in _entries(shard) if one.name.startswith(_PREFIX))


def token_folders(directory: Path) -> list[Path]:
    """List the folder of every token of a store: the office's, old cards, and those in shards."""
    found = whole.folders(directory / softhsm.TOKENS)
    for card in folders(directory):
        found += whole.folders(card / softhsm.TOKENS)
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
