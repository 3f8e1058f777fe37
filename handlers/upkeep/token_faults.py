"""Finding the tokens of a SoftHSM store that need somebody, by their files alone.

The module shows neither a token whose file is torn nor which card nobody knows any more, and it
shows none at all while one of them is torn behind its back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from handlers.kit.services import AUTHORITY_LABEL
from signing.errors import SigningError
from signing.tokens import shards, whole
from states.cases.card import Card

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

    from handlers.kit.services import Services

    Kind = Literal["lost", "double", "orphan"]


@dataclass(frozen=True, slots=True)
class TokenFault:
    """One token: its folder, its label ("" unknown), and what is wrong with it.

    ``lost``: torn, with no copy to put it back from. ``double``: two tokens have its label, so
    neither is used. ``orphan``: no record of a card knows it.
    """

    folder: str
    label: str
    fault: Kind


def find(database: Engine, services: Services) -> list[TokenFault]:
    """List what is wrong in the store; nothing for a module that keeps its tokens elsewhere."""
    try:
        directory = services.store().directory
    except SigningError:
        # Without a module there is no store to look at; who needs it is told by their own request.
        return []
    if directory is None:
        return []
    folders = shards.token_folders(directory)
    labels = {folder.name: whole.label_of(folder) or "" for folder in folders}
    often = Counter(labels.values())
    known = _known(database, often)
    found = []
    for folder in folders:
        label = labels[folder.name]
        if whole.is_lost(folder):
            found.append(TokenFault(folder.name, label, "lost"))
        elif often[label] > 1:
            found.append(TokenFault(folder.name, label, "double"))
        elif label not in known:
            found.append(TokenFault(folder.name, label, "orphan"))
    return found


def _known(database: Engine, labels: Iterable[str]) -> set[str]:
    """Return which labels are those of our cards or of the house's own keys."""
    cards = select(Card.serial).where(Card.serial.in_(list(labels)))
    with database.connect() as connection:
        return {AUTHORITY_LABEL, *connection.scalars(cards)}
