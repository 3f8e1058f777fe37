"""Saying what a refused move was refused for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from workflow.model.refusal import RuleFailed
from workflow.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def denied(code: str, **params: object) -> Iterator[None]:
    """Expect a denial with this code and, among others, these parameters."""
    yield from _refused(Answer.DENY, code, params)


@contextmanager
def unanswered(code: str) -> Iterator[None]:
    """Expect that a check could not answer, which refuses the move for now."""
    yield from _refused(Answer.ERROR, code, {})


def _refused(answer: Answer, code: str, params: dict[str, object]) -> Iterator[None]:
    with pytest.raises(RuleFailed) as caught:
        yield
    verdict = caught.value.verdict
    assert (verdict.answer, verdict.code) == (answer, code), verdict
    for name, value in params.items():
        assert verdict.params[name] == value
