"""What came of a staff list, and what its rows say otherwise than the records, which stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.lists.uploaded_table import RejectedRow, reject
from states.kit.invalid import Invalid
from states.kit.text import normal
from states.people.telephone import same_number

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from sqlalchemy import Row

    from handlers.lists.staff_list import StaffRow

KEPT = {"email": "E-posta", "phone": "Telefon", "address": "Adres"}
"""What a list may bring for a new person and does not change for a known one."""


@dataclass(slots=True)
class Entered:
    """What came of a list: how many were new or known already, rows not taken or not wholly."""

    persons: int = 0
    known_persons: int = 0
    certificates: int = 0
    known_certificates: int = 0
    renewals: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    left_out: list[RejectedRow] = field(default_factory=list)

    def reject(self, row: StaffRow, invalid: Invalid) -> None:
        """Note that a row, or the rest of it, was not taken."""
        self.rejected.append(reject(row.number, invalid))

    def leave_out(self, row: StaffRow, invalid: Invalid) -> None:
        """Note that something was left out of a row that was taken."""
        self.left_out.append(reject(row.number, invalid))


def tell_differences(person: Row[Any], row: StaffRow, entered: Entered) -> None:
    """Note what a row says otherwise of a known person: a list does not change it."""
    told = [
        title
        for name, title in KEPT.items()
        if getattr(row, name) and not _same(name, getattr(row, name), getattr(person, name) or "")
    ]
    if told:
        entered.leave_out(row, Invalid("person.other_data", differing=told))


def _same(name: str, listed: str, known: str) -> bool:
    if name == "phone":
        return same_number(listed, known)
    return normal(listed) == normal(known)


def tell_other_end(known: date | None, row: StaffRow, entered: Entered) -> None:
    """Note that a row names another end of a known certificate: a list corrects none."""
    if row.ends_on is None or row.ends_on == known:
        return
    entered.leave_out(row, Invalid("certificate.other_end"))
