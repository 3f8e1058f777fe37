"""Reading a staff list (CSV or XLSX) into clean rows and rejected ones, each with a reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.kit.sentences import fill, sentence_of
from handlers.papers.sandbox import Bounds, ReaderFailed, SandboxReader, read_apart, tables
from handlers.people.register import (
    clean_code,
    clean_contact,
    clean_name,
    first_contact,
    refuse_long,
)
from states.kit.dates import parse_day
from states.kit.invalid import Invalid
from states.kit.text import fold, identifier, normal
from states.people.tckn import masked, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any

LARGEST = 5 * 1024 * 1024
"""Bytes of an uploaded file."""

MOST_ROWS = 20_000
LONGEST_CELL = 500

TABLES = SandboxReader(
    Path(tables.__file__), Bounds(memory=512 * 1024**2, cpu=20, wall=45, answer=48 * 1024**2)
)
"""Who reads the file, and what with: 20,000 rows of 11 columns take 2 seconds and 60 MB."""

FAULTS = frozenset({"type", "old", "ods", "document_type", "unpacked", "encoding", "rows"})
"""Why a file is not read, as the reader names it; the code is ``upload.<fault>``."""

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
_HEADINGS = {fold(heading): name for name, heading in COLUMNS.items()}
_FORMULA = ("=", "+", "-", "@")
_ERROR = re.compile(r"#[A-ZÇĞİÖŞÜ][A-ZÇĞİÖŞÜ0-9/_]*[!?]?|(?:Err|Hata):[0-9]{3}")
"""What a spreadsheet shows instead of a value, in any language: ``#N/A``, ``#YOK``, ``#REF!``."""

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
class RejectedRow:
    """A row that was not taken: its number in the file, a stable code and a Turkish reason."""

    number: int
    code: str
    reason: str


def reject(number: int, invalid: Invalid) -> RejectedRow:
    """Return a row that was not taken for what is invalid in it."""
    return RejectedRow(number, invalid.code, sentence_of(invalid))


@dataclass(frozen=True, slots=True)
class StaffList:
    """A file as read: what can be entered, what cannot, and what was left out of a row taken."""

    rows: tuple[StaffRow, ...]
    rejected: tuple[RejectedRow, ...]
    left_out: tuple[RejectedRow, ...] = ()


def read_staff_list(content: bytes) -> StaffList:
    """Read a list, told by its content and not by its name; Invalid when the file is unusable.

    A faulty row never spoils the others. Cells that a spreadsheet would run as a formula are
    refused, for the list will be exported again.
    """
    _refuse_size(content)
    try:
        return from_table(read_apart(TABLES, content, str(MOST_ROWS)))
    except (ReaderFailed, KeyError, TypeError) as error:
        raise _unreadable("type") from error


def from_table(table: Mapping[str, Any]) -> StaffList:
    """Return the list that a table holds, the first row being its heading; Invalid."""
    if "fault" in table:
        # The reader works on a stranger's file: what it says is believed only if it is known.
        raise _unreadable(table["fault"] if table["fault"] in FAULTS else "type")
    lines = iter(table["rows"])
    names = _heading(next(lines, (1, ()))[1])
    return _collect(names, lines, table["faulty"])


def _refuse_size(content: bytes) -> None:
    if not content:
        raise Invalid("upload.empty")
    if len(content) > LARGEST:
        raise Invalid("upload.large", megabytes=LARGEST // 1024**2)


def _unreadable(fault: str) -> Invalid:
    return Invalid(f"upload.{fault}", most=MOST_ROWS)


def _heading(cells: Iterable[str]) -> list[str | None]:
    names = [_HEADINGS.get(fold(cell)) for cell in cells]
    missing = [COLUMNS[name] for name in REQUIRED if name not in names]
    if missing:
        raise Invalid("upload.columns", missing=missing)
    twice = [COLUMNS[name] for name, times in Counter(names).items() if name and times > 1]
    if twice:
        raise Invalid("upload.heading_twice", twice=twice)
    return names


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
    found = {name: normal(cell) for name, cell in zip(names, cells, strict=False) if name}
    values = {name: found.get(name, "") for name in COLUMNS}
    _refuse_odd_cells(values)
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


def _refuse_odd_cells(values: dict[str, str]) -> None:
    for name, value in values.items():
        if len(value) > LONGEST_CELL:
            raise Invalid("cell.long", column=COLUMNS[name], longest=LONGEST_CELL)
        if _ERROR.fullmatch(value):
            raise Invalid("cell.error", column=COLUMNS[name], value=value)
        if value.startswith("=") or (value.startswith(_FORMULA) and name != "phone"):
            raise Invalid("cell.formula", column=COLUMNS[name])


def _certificate(serial: str, ends_on: str) -> tuple[str | None, date | None]:
    if not serial and not ends_on:
        return None, None
    digits = identifier(serial).replace(":", "").replace(" ", "").lstrip("0")
    if not digits or len(digits) > _LONGEST_SERIAL or not _HEX.issuperset(digits):
        raise Invalid("serial.form")
    if not ends_on:
        raise Invalid("ends_on.missing")
    return digits, parse_day(ends_on)
