"""Takes the cards of a test out of a token store that many tests share."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from signing.tokens import shards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.tokens.slots import TokenStore


@contextmanager
def cards_removed(store: TokenStore) -> Iterator[None]:
    """Remove at the end the tokens that were made meanwhile.

    Those beside the authority's are read whenever the module starts, and what lists all cards opens
    each of them: of the hundreds that a run makes, the last would cost a hundred times the first.
    """
    assert store.directory is not None
    before = set(shards.token_folders(store.directory))
    yield
    made = set(shards.token_folders(store.directory)) - before
    for token in made:
        card = token.parent.parent
        shutil.rmtree(token if card == store.directory else card)
    if made:
        store.refresh()
