"""Fixtures of the handlers' tests, for the checks that look into an office's database."""

from __future__ import annotations

from tests.handlers.conftest import (
    authority,
    database,
    definitions,
    services,
    token_store,
    vault,
    world,
)

__all__ = ["authority", "database", "definitions", "services", "token_store", "vault", "world"]
