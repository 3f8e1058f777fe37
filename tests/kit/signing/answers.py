"""The answers of a validation, short enough to be compared in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.verdict import Indication, SubIndication

if TYPE_CHECKING:
    from signing.validation.validate import Validation


TEXT = "Elektronik onay metni: İçerik, ığüşöç.\n".encode()


def answer(verdict: Validation) -> tuple[Indication, SubIndication | None]:
    return verdict.indication, verdict.sub_indication


def failed(sub: SubIndication) -> tuple[Indication, SubIndication]:
    return Indication.TOTAL_FAILED, sub


def unsure(sub: SubIndication) -> tuple[Indication, SubIndication]:
    return Indication.INDETERMINATE, sub


PASSED = (Indication.TOTAL_PASSED, None)
