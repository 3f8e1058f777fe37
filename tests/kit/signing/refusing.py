"""Expecting a refusal of signing by what a person reads of it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from handlers.kit.signing_words import told
from signing.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Iterator

Refusal = TypeVar("Refusal", bound=SigningError)


@contextmanager
def refusing(kind: type[Refusal], match: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Demand that the block ends with this refusal, and that its words match."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, str(told(caught.value))), str(told(caught.value))
