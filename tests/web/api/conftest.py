"""A program that signs, a browser that waits for it, and their cards."""

from __future__ import annotations

from tests.kit.web.program import program
from tests.web.portal.conftest import holder, newcomer, newcomer_id

__all__ = ["holder", "newcomer", "newcomer_id", "program"]
