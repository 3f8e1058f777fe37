"""Reads a table (XLSX or CSV) as lines of text: the reader of lists, run apart by its package.

``read`` takes the file and how many rows with something in them it may have; it returns
``{"rows": [[number, [cell, …]], …], "faulty": [number, …]}`` or ``{"fault": code}``. Numbers are
those that a spreadsheet shows. It imports nothing of the product.

Workbooks are read by openpyxl and not by the ten times faster calamine, which takes a formula for
what it last came to and an error for an empty cell.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from zipfile import ZipFile

from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO
    from zipfile import ZipInfo

LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes that a workbook may unpack to."""

MOST_PARTS = 1_000
MOST_TAGS = 6_000_000
"""Tags in all parts of a workbook: 20,000 rows of 30 columns have 5 million."""

MOST_COLUMNS = 64
"""What stands further to the right is not read."""

MOST_LINES = 20
"""Lines that one quoted cell of a CSV may have."""

DELIMITERS = ";,\t|"
NAMED_DELIMITER = re.compile(r'"?sep=(.)"?(?:\r\n|\n|\r)', re.IGNORECASE)
"""The line by which Excel tells itself the delimiter; it shows as no row there."""

LINE_END = re.compile(r"\r\n|\n|\r")
TURKISH = frozenset("çğıöşüÇĞİÖŞÜâîûÂÎÛ")
NEUTRAL = frozenset("\xa0‘’“”„–—…•°€«»§·")
"""Signs that stand in texts of any language."""

XML_NAMES = (".xml", ".rels", ".vml")
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What old workbooks and encrypted ones begin with (MS-CFB)."""


class TableFault(Exception):
    """The table is not read; the argument is the code of why."""


def read(content: bytes, most_rows: str) -> dict[str, Any]:
    """Return the rows of a table that have something in them; or the fault."""
    faulty: list[int] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        lines = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
        for number, cells in enumerate(lines, start=1):
            if cells is None:
                faulty.append(number)
            elif any(cell.strip() for cell in cells):
                rows.append((number, cells))
            if len(rows) > int(most_rows) + 1:
                return {"fault": "rows"}
    except TableFault as fault:
        return {"fault": str(fault)}
    except MemoryError:
        return {"fault": "unpacked"}
    except Exception:  # noqa: BLE001 - what a library makes of bytes that it cannot read
        return {"fault": "type"}
    return {"rows": rows, "faulty": faulty}


def _workbook(content: bytes) -> Iterator[list[str]]:
    with ZipFile(io.BytesIO(content)) as archive:
        _refuse_parts(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads what it can of odd styles, and says so
        reader = _Reader(io.BytesIO(content), read_only=True, keep_links=False)
        reader.read()
    sheet = next((one for one in reader.wb.worksheets if one.sheet_state == "visible"), None)
    if sheet is None:
        raise TableFault("type")
    sheet.reset_dimensions()  # what the sheet says of its size is often wrong
    for line in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
        yield _trimmed([_cell(value) for value in line])


class _Reader(ExcelReader):
    """Reads workbooks without what is drawn in their charts."""

    def read_chartsheet(self, sheet: Any, _: object) -> None:  # noqa: ANN401 - the same
        """Keep the place of the chart and nothing of it."""
        book: Any = self.wb
        chart: Any = Chartsheet(title=sheet.name)
        chart._parent = book  # noqa: SLF001 - as the library does it
        book._add_sheet(chart)  # noqa: SLF001 - the same


def _refuse_parts(archive: ZipFile) -> None:
    """Refuse by what the parts are, before the library that reads them sees one."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names:
        raise TableFault("ods")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
        raise TableFault("unpacked")
    tags = 0
    for part in parts:
        with archive.open(part) as opened:
            tags += _tags(part, opened)
        if tags > MOST_TAGS:
            raise TableFault("unpacked")


def _tags(part: ZipInfo, opened: IO[bytes]) -> int:
    """Return about how many tags a part has; Fault where it declares a document type.

    Nothing that writes workbooks declares one, and all that expands stands in it.
    """
    prolog: list[bool] = [True]
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = lambda *_: prolog.clear()
    tags = 0
    while chunk := opened.read(1 << 16):
        tags += chunk.count(b"<")
        try:
            if prolog:
                parser.Parse(chunk)
        except expat.ExpatError:
            prolog.clear()
            if part.filename.casefold().endswith(XML_NAMES):  # ASCII: names of parts
                raise
    return tags


def _refuse_type(*_: object) -> None:
    raise TableFault("document_type")


def _cell(value: object) -> str:
    """Return a cell as a person would have typed it; a formula of any sort begins with ``=``."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    return "=" if hasattr(value, "ref") else str(value)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(content: bytes) -> Iterator[list[str] | None]:
    if content.startswith(OLD_EXCEL):
        raise TableFault("old")
    text = _decoded(content).lstrip("\ufeff")
    if "\0" in text or text.startswith("%PDF"):
        raise TableFault("type")
    named = NAMED_DELIMITER.match(text)
    lines = LINE_END.split(text[named.end() :] if named else text)
    first = next((line for line in lines if line.strip()), "")
    delimiter = named[1] if named else max(DELIMITERS, key=first.count)
    return _records(lines, delimiter)


def _decoded(content: bytes) -> str:
    """Return the text of the bytes: UTF-16 by its marks, UTF-8 where it is, else by the letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _by_letters(content)


def _by_letters(content: bytes) -> str:
    """Return the text by whichever of the Turkish encodings makes more sense of the letters."""
    of_a_mac = b"\r" in content and b"\n" not in content
    names = ("mac_turkish", "cp1254") if of_a_mac else ("cp1254", "mac_turkish")
    tried = [_tried(content, name) for name in names]
    odd, text = min((one for one in tried if one is not None), key=lambda one: one[0])
    if odd and odd >= sum(text.count(letter) for letter in TURKISH):
        raise TableFault("encoding")
    return text


def _tried(content: bytes, encoding: str) -> tuple[int, str] | None:
    """Return the text by an encoding, with the number of letters that are odd in Turkish."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    known = TURKISH | NEUTRAL
    counted = Counter(text).items()
    return sum(n for letter, n in counted if not letter.isascii() and letter not in known), text


def _records(lines: list[str], delimiter: str) -> Iterator[list[str] | None]:
    """Yield the cells of each record, None for one that cannot be read; Fault for the heading."""
    width, place = 0, 0
    while place < len(lines):
        found = _record(lines[place : place + MOST_LINES], delimiter, width)
        if found is None and not width:
            raise TableFault("type")
        taken, cells = found or (1, None)
        width = width or len(cells or ())
        place += taken
        yield cells


def _record(lines: Iterable[str], delimiter: str, width: int) -> tuple[int, list[str]] | None:
    """Return how many lines the first record takes, and its cells.

    A quotation mark that nobody closed would take the following rows with it. So a record of
    several lines counts only when it has as many cells as the heading, and when none of its
    further lines is a row by itself.
    """
    joined = ""
    for taken, line in enumerate(lines, start=1):
        if taken > 1 and width > 1 and line.count(delimiter) >= width - 1:
            return None
        joined = f"{joined}\n{line}" if taken > 1 else line
        try:
            cells = next(csv.reader([joined], delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            if "end of data" in str(error):
                continue
            return None
        fits = taken == 1 or not width or len(cells) == width
        return (taken, list(islice(cells, MOST_COLUMNS))) if fits else None
    return None
