"""Takes the cards of a test out of a token store that many tests share."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from signing.tokens.softhsm import TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.tokens.slots import TokenStore


@contextmanager
def cards_removed(store: TokenStore) -> Iterator[None]:
    """Remove at the end the tokens that were made meanwhile.

    SoftHSM reads every token of its folder whenever it starts, and each card that is made starts
    it four times: of the hundreds that a run makes, the last would cost a hundred times the first.
    """
    assert store.directory is not None
    folder = store.directory / TOKENS
    before = set(folder.iterdir())
    yield
    made = set(folder.iterdir()) - before
    for token in made:
        shutil.rmtree(token)
    if made:
        store.refresh()
