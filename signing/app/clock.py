"""How nes-imza writes a time that it was told; it has no clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

ISTANBUL = ZoneInfo("Europe/Istanbul")


def moment(value: datetime) -> str:
    """Give a time as it is read in Turkey: 22.11.2026 17:05."""
    return value.astimezone(ISTANBUL).strftime("%d.%m.%Y %H:%M")
