"""The numbers people quote: ``B000000123`` is the application with the case id 123."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from sqlalchemy import Computed, Text
from sqlalchemy.orm import mapped_column

from states.kit.invalid import Invalid
from states.kit.text import normal

if TYPE_CHECKING:
    from sqlalchemy.orm import MappedColumn

LETTERS = {
    "application": "B", "consent": "O", "code": "K", "certificate": "S", "sign_in": "G",
    "grant": "Y", "box": "T", "card": "C", "parcel": "P", "handover": "L",
    "contact_change": "D", "text_change": "M", "registration": "R",
    "support_change": "U", "unit_letter": "Z", "question": "Q",
}  # fmt: skip
"""The first letter of a reference, by workflow.

Başvuru, Onay, Kod, Sertifika, Giriş, Yetki, kuTu, Çip kart, Paket,
teslim Listesi, bilgi Düzeltme, Metin değişikliği,
Register, destek birimi (Unit), birimlere yaZı, Question.
"""

_WORKFLOWS = {letter: workflow for workflow, letter in LETTERS.items()}
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
_PATTERN = re.compile(r"([A-Za-z])([0-9]{9,19})", re.ASCII)
_DIGITS = 9
MAX_ID = 2**63 - 1
"""The highest number a case can have."""


def read_number(text: str) -> int | None:
    """Return the number of a row that ASCII digits write; None for what can be none."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(MAX_ID)):
        return None
    found = int(text)
    return found if found <= MAX_ID else None


def reference(workflow: str, case_id: int) -> str:
    """Return the reference of a case, the same text that its generated column holds."""
    return f"{LETTERS[workflow]}{case_id:0{_DIGITS}}"


def parse(text: str) -> tuple[str, int]:
    """Return workflow and case id of a reference, or raise Invalid."""
    found = _PATTERN.fullmatch(normal(text))
    workflow = _WORKFLOWS.get(found[1].translate(_CAPITALS)) if found else None
    if found is None or workflow is None or int(found[2]) > MAX_ID:
        raise Invalid("reference.form")
    return workflow, int(found[2])


def reference_column(workflow: str) -> MappedColumn[str]:
    """Return the generated column; it needs no index, for ``parse`` gives the primary key."""
    letter = LETTERS[workflow]
    return mapped_column(
        Text,
        Computed(
            f"'{letter}' || lpad(id::text, greatest({_DIGITS}, length(id::text)), '0')",
            persisted=True,
        ),
    )
