"""What of the details that handlers note may stand in the journal: no identity number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from states.people.tckn import mask_all
from workflow.model.entry import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGEST = re.compile(r"[0-9a-f]{64}")


def masked(details: Mapping[str, object]) -> dict[str, object]:
    """Return details without a TCKN in their texts; a hash stays, whatever its digits are."""
    return {name: _safe(value) for name, value in details.items()}


def _safe(value: object) -> object:
    if not isinstance(value, str) or _DIGEST.fullmatch(value):
        return value
    return mask_all(storable(value))
