"""Reading a staff list (CSV or XLSX) into clean rows and rejected ones, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.sentences import fill, sentence_of
from handlers.lists.uploaded_table import RejectedRow, TableShape, reject
from handlers.people.register import (
    clean_code,
    clean_contact,
    clean_name,
    first_contact,
    refuse_long,
)
from states.kit.dates import parse_day
from states.kit.invalid import Invalid
from states.kit.text import fold, identifier
from states.people.tckn import masked, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any

MOST_ROWS = 20_000

COLUMNS = {
    "tckn": "T.C. kimlik no",
    "given_name": "Ad",
    "surname": "Soyad",
    "institution_code": "Kurum kodu",
    "institution": "Kurum",
    "parent_code": "Üst kurum kodu",
    "serial": "Sertifika seri no",
    "ends_on": "Sertifika bitiş tarihi",
    "email": "E-posta",
    "phone": "Telefon",
    "address": "Adres",
}
"""The columns of a list: our name and the heading, which is compared folded and in any order."""

REQUIRED = ("tckn", "given_name", "surname", "institution_code")
SHAPE = TableShape(
    COLUMNS, {fold(heading): name for name, heading in COLUMNS.items()}, fold, MOST_ROWS,
    signed=frozenset({"phone"}),
)  # fmt: skip
_HEX = frozenset("0123456789abcdef")
_LONGEST_SERIAL = 40


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of a list, clean; ``number`` is the row that a spreadsheet shows."""

    number: int
    tckn: str
    given_name: str
    surname: str
    institution_code: str
    institution: str
    parent_code: str | None
    serial: str | None
    ends_on: date | None
    email: str | None
    phone: str | None
    address: str | None

    def __repr__(self) -> str:
        """Show the masked number only."""
        return f"StaffRow({self.number}, {masked(self.tckn)})"


@dataclass(frozen=True, slots=True)
class StaffList:
    """A file as read: what can be entered, what cannot, and what was left out of a row taken."""

    rows: tuple[StaffRow, ...]
    rejected: tuple[RejectedRow, ...]
    left_out: tuple[RejectedRow, ...] = ()


def read_staff_list(content: bytes) -> StaffList:
    """Read a list; Invalid when the file is unusable. A faulty row never spoils the others."""
    if not content:
        raise Invalid("upload.empty")
    try:
        return from_table(SHAPE.read(content))
    except (KeyError, TypeError) as error:
        raise Invalid("upload.type", most=MOST_ROWS) from error


def from_table(table: Mapping[str, Any]) -> StaffList:
    """Return the list that a table holds, the first row being its heading; Invalid."""
    lines = SHAPE.lines(table)
    names = SHAPE.names(next(lines, (1, []))[1])
    missing = SHAPE.missing(names, REQUIRED)
    if missing:
        raise Invalid("upload.columns", missing=missing)
    return _collect(names, lines, table["faulty"])


def _collect(
    names: list[str | None], lines: Iterable[tuple[int, list[str]]], faulty: Iterable[int]
) -> StaffList:
    rows: list[StaffRow] = []
    rejected = [reject(number, Invalid("row.quotation")) for number in faulty]
    left_out: list[RejectedRow] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        try:
            row, told = _row(number, names, cells)
            _refuse_repeated(seen, row)
            rows.append(row)
            left_out += told
        except Invalid as invalid:
            rejected.append(reject(number, invalid))
    rejected.sort(key=lambda one: one.number)
    return StaffList(tuple(rows), tuple(rejected), tuple(left_out))


def _refuse_repeated(seen: dict[str, int], row: StaffRow) -> None:
    for key in filter(None, (row.tckn, row.serial)):
        if key in seen:
            raise Invalid("row.repeated", first=seen[key])
    seen.update({key: row.number for key in (row.tckn, row.serial) if key})


def _row(
    number: int, names: list[str | None], cells: Iterable[str]
) -> tuple[StaffRow, list[RejectedRow]]:
    """Clean one line, and say what was left out; Invalid names the first thing wrong with it."""
    values = SHAPE.values(names, cells)
    given_name = clean_name(values["given_name"], "given_name")
    surname = clean_name(values["surname"], "surname")
    refuse_long(given_name, surname)
    serial, ends_on = _certificate(values["serial"], values["ends_on"])
    contacts = _contacts(number, values)
    row = StaffRow(
        number=number,
        tckn=parse(values["tckn"]),
        given_name=given_name,
        surname=surname,
        institution_code=clean_code(values["institution_code"]),
        institution=values["institution"] or values["institution_code"],
        parent_code=clean_code(values["parent_code"]) if values["parent_code"] else None,
        serial=serial,
        ends_on=ends_on,
        email=contacts.email,
        phone=contacts.phone,
        address=values["address"] or None,
    )
    return row, contacts.left_out


@dataclass(frozen=True, slots=True)
class _Contacts:
    """E-mail and phone as far as they can be read, and what was left out of them."""

    email: str | None
    phone: str | None
    left_out: list[RejectedRow]


def _contacts(number: int, values: Mapping[str, str]) -> _Contacts:
    found: dict[str, str | None] = {}
    told: list[RejectedRow] = []
    for field in ("email", "phone"):
        try:
            found[field] = clean_contact(values[field], field)
        except Invalid as invalid:
            found[field] = taken = first_contact(values[field], field)
            rest = fill("contact.first_taken" if taken else "contact.left_out", {"taken": taken})
            told.append(RejectedRow(number, invalid.code, f"{sentence_of(invalid)} {rest}"))
    return _Contacts(found["email"], found["phone"], told)


def _certificate(serial: str, ends_on: str) -> tuple[str | None, date | None]:
    if not serial and not ends_on:
        return None, None
    digits = identifier(serial).replace(":", "").replace(" ", "").lstrip("0")
    if not digits or len(digits) > _LONGEST_SERIAL or not _HEX.issuperset(digits):
        raise Invalid("serial.form")
    if not ends_on:
        raise Invalid("ends_on.missing")
    return digits, parse_day(ends_on)
