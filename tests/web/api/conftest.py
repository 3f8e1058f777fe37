"""A program that signs, a browser that waits for it, and their cards."""

from __future__ import annotations

from tests.web.portal.conftest import holder, newcomer, newcomer_id
from tests.web.program import program

__all__ = ["holder", "newcomer", "newcomer_id", "program"]
