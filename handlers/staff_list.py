"""Owns reading a staff list (CSV or XLSX) into clean rows and rejected ones, each with a reason."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from handlers.people import clean_code, clean_contact, clean_name, refuse_long
from states.dates import parse_day
from states.invalid import Invalid
from states.tckn import masked, parse
from states.text import fold, identifier, normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST = 5 * 1024 * 1024
"""Bytes of an uploaded file."""

LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes that a workbook may unpack to."""

MOST_ROWS = 20_000
LONGEST_CELL = 500

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
_HEX = frozenset("0123456789abcdef")
_LONGEST_SERIAL = 40


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person of a list, clean; ``number`` is the row in the file, the heading being row 1."""

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
class Rejected:
    """A row that was not taken: its number in the file, a stable code and a Turkish reason."""

    number: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StaffList:
    """A file as read: what can be entered and what can not."""

    rows: tuple[StaffRow, ...]
    rejected: tuple[Rejected, ...]


def read_staff_list(content: bytes) -> StaffList:
    """Read a list, told by its content and not by its name; Invalid when the file is unusable.

    A faulty row never spoils the others. Cells that a spreadsheet would run as a formula are
    refused, for the list will be exported again.
    """
    _refuse_size(content)
    lines = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
    try:
        names = _heading(next(lines, ()))
        return _collect(names, lines)
    except csv.Error as error:
        raise _unreadable() from error


def _refuse_size(content: bytes) -> None:
    if not content:
        raise Invalid("upload.empty", "Dosya boş; personel listesini yeniden kaydedip yükleyiniz.")
    if len(content) > LARGEST:
        megabytes = LARGEST // 1024**2
        raise Invalid("upload.large", f"Dosya en çok {megabytes} MB olabilir; listeyi bölünüz.")


def _unreadable() -> Invalid:
    return Invalid("upload.type", "Dosya okunamadı; CSV ya da XLSX olarak kaydedip yükleyiniz.")


def _workbook(content: bytes) -> Iterator[tuple[str, ...]]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise _unreadable()
        book = load_workbook(io.BytesIO(content), read_only=True)
        lines = [
            tuple(_cell(value) for value in line)
            for line, _ in zip(
                book.worksheets[0].iter_rows(values_only=True), range(MOST_ROWS + 2), strict=False
            )
        ]
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError) as error:
        raise _unreadable() from error
    return iter(lines)


def _cell(value: object) -> str:
    """Return a cell as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _text(content: bytes) -> Iterator[tuple[str, ...]]:
    if b"\0" in content or content.startswith(b"%PDF"):
        raise _unreadable()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _windows_turkish(content)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return (tuple(line) for line in reader)


def _windows_turkish(content: bytes) -> str:
    try:
        return content.decode("cp1254")
    except UnicodeDecodeError as error:
        raise Invalid(
            "upload.encoding", "Dosyanın harf kodlaması tanınmadı; UTF-8 olarak kaydediniz."
        ) from error


def _heading(cells: Iterable[str]) -> list[str | None]:
    names = [_HEADINGS.get(fold(cell)) for cell in cells]
    missing = [COLUMNS[name] for name in REQUIRED if name not in names]
    if missing:
        raise Invalid(
            "upload.columns",
            f"Listede şu sütunlar yok: {', '.join(missing)}. Örnek listeyi kullanınız.",
            missing=missing,
        )
    return names


def _collect(names: list[str | None], lines: Iterator[tuple[str, ...]]) -> StaffList:
    rows: list[StaffRow] = []
    rejected: list[Rejected] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(lines, start=2):
        if number > MOST_ROWS + 1:
            raise Invalid("upload.rows", f"Liste en çok {MOST_ROWS} satır olabilir; bölünüz.")
        if not any(cell.strip() for cell in cells):
            continue
        try:
            row = _row(number, names, cells)
            _refuse_repeated(seen, row)
            rows.append(row)
        except Invalid as invalid:
            rejected.append(Rejected(number, invalid.code, invalid.sentence))
    return StaffList(tuple(rows), tuple(rejected))


def _refuse_repeated(seen: dict[str, int], row: StaffRow) -> None:
    for key in filter(None, (row.tckn, row.serial)):
        if key in seen:
            raise Invalid(
                "row.repeated", f"Aynı kişi ya da sertifika {seen[key]}. satırda zaten var."
            )
    seen.update({key: row.number for key in (row.tckn, row.serial) if key})


def _row(number: int, names: list[str | None], cells: tuple[str, ...]) -> StaffRow:
    """Clean one line; Invalid names the first thing that is wrong with it."""
    found = {name: normal(cell) for name, cell in zip(names, cells, strict=False) if name}
    values = {name: found.get(name, "") for name in COLUMNS}
    _refuse_odd_cells(values)
    given_name = clean_name(values["given_name"], "given_name")
    surname = clean_name(values["surname"], "surname")
    refuse_long(given_name, surname)
    serial, ends_on = _certificate(values["serial"], values["ends_on"])
    return StaffRow(
        number=number,
        tckn=parse(values["tckn"]),
        given_name=given_name,
        surname=surname,
        institution_code=clean_code(values["institution_code"]),
        institution=values["institution"] or values["institution_code"],
        parent_code=clean_code(values["parent_code"]) if values["parent_code"] else None,
        serial=serial,
        ends_on=ends_on,
        email=clean_contact(values["email"], "email"),
        phone=clean_contact(values["phone"], "phone"),
        address=values["address"] or None,
    )


def _refuse_odd_cells(values: dict[str, str]) -> None:
    for name, value in values.items():
        if len(value) > LONGEST_CELL:
            raise Invalid("cell.long", f"{COLUMNS[name]} en çok {LONGEST_CELL} harf olabilir.")
        if value.startswith(_FORMULA) and name != "phone":
            raise Invalid("cell.formula", f"{COLUMNS[name]} bir formül; yerine değerini yazınız.")


def _certificate(serial: str, ends_on: str) -> tuple[str | None, date | None]:
    if not serial and not ends_on:
        return None, None
    digits = identifier(serial).replace(":", "").replace(" ", "").lstrip("0")
    if not digits or len(digits) > _LONGEST_SERIAL or not _HEX.issuperset(digits):
        raise Invalid(
            "serial.form", "Sertifika seri numarası onaltılık rakamlardan oluşur; örnek: 1a2b3c."
        )
    if not ends_on:
        raise Invalid("ends_on.missing", "Sertifikanın bitiş tarihi yazılmamış.")
    return digits, parse_day(ends_on)
