"""Handlers that do nothing, one for each name in the shipped workflow file."""

from __future__ import annotations

import re
from functools import cache

from handlers import declared
from tests.house.tree import ROOT
from workflow.model.registry import Handler, Registry, Sort

SHIPPED = ROOT / "workflows.yaml"

OUTCOMES = {
    "production.make": ("finish_production", "production_failed"),
    "courier.book": ("note_booking",),
    "courier.scan_out": ("hand_to_courier",),
}


@cache
def shipped_text() -> str:
    return SHIPPED.read_text(encoding="utf-8")


def nothing(context: object) -> None:
    """Stand in for a handler; never called."""


def registry_of(text: str) -> Registry:
    """Return a registry of exactly the handlers that a workflow file names."""
    sorts: dict[str, Sort] = {"check": "check", "do": "do", "effects": "effects"}
    found: dict[str, Sort] = {}
    for sort, names in re.findall(r"^\s+(check|do|effects): \[([^]]*)\]", text, re.MULTILINE):
        found.update(dict.fromkeys((name.strip() for name in names.split(",")), sorts[sort]))
    return Registry(_dummy(name, sort) for name, sort in found.items())


def _dummy(name: str, sort: Sort) -> Handler:
    real = _declared()[name] if name in _declared() else Handler(name, sort, nothing)
    outcomes = OUTCOMES.get(name, ())
    return Handler(name, sort, nothing, outcomes, writes=real.writes, fires=real.fires)


@cache
def _declared() -> Registry:
    """Return the real handlers, for what their actions declare: promises rest on it."""
    return declared()
