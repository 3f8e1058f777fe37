"""Reading workbooks: what spreadsheets really write, and what somebody made to do harm."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from handlers.lists import staff_list
from handlers.lists.sample import as_csv, as_xlsx, sample_rows
from handlers.lists.staff_list import COLUMNS
from handlers.papers.sandbox import tables
from states.kit.invalid import Invalid
from tests.kit.handlers.lists import GOOD, TODAY, read_here, refused

if TYPE_CHECKING:
    from collections.abc import Callable


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook with its parts changed."""
    with ZipFile(io.BytesIO(content)) as packed:
        return archive(**{name: change(name, packed.read(name)) for name in packed.namelist()})


SHEET = "xl/worksheets/sheet1.xml"


def in_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a workbook with something else in its sheet."""

    def change(name: str, part: bytes) -> bytes:
        assert name != SHEET or old in part
        return part.replace(old, new) if name == SHEET else part

    return changed(content, change)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert refused(archive(a=b"a")) == "upload.type"
    assert refused(archive(mimetype=b"application/vnd.oasis")) == "upload.ods"


@pytest.mark.parametrize("bound", ["LARGEST_UNPACKED", "MOST_TAGS", "MOST_PARTS"])
def test_a_workbook_that_unpacks_without_end_is_refused_before_it_is_read(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, bound, 2)
    monkeypatch.setattr(tables, "_Reader", lambda *_, **__: pytest.fail("unpacked"))
    assert refused(as_xlsx([GOOD])) == "upload.unpacked"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [SHEET, "xl/theme/theme1.xml", "xl/styles.xml", "_rels/.rels"])
def test_a_document_type_in_any_part_is_refused_before_it_is_read(
    part: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_Reader", lambda *_, **__: pytest.fail("read"))
    prolog = '<!DOCTYPE a [<!ENTITY a "aaaa">]>'

    def declare(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        text = re.sub(r"^<\?xml[^>]*>\s*", "", content.decode())
        return f'<?xml version="1.0" encoding="{encoding}"?>{prolog}{text}'.encode(encoding)

    assert refused(changed(as_xlsx([GOOD]), declare)) == "upload.document_type"


def encrypted(content: bytes) -> bytes:
    """Return an archive that says its parts are encrypted."""
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        pieces = content.split(mark)
        content = mark.join(
            [pieces[0], *(p[: flags - 4] + b"\1" + p[flags - 3 :] for p in pieces[1:])]
        )
    return content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: in_sheet(content, b"</sheetData>", b"&</sheetData>"),
        lambda content: in_sheet(content, b"</sheetData>", b"\x0b</sheetData>"),
        lambda content: in_sheet(content, b"</sheetData>", b"</sheet"),
        lambda content: content[: len(content) // 2] + b"\xff" * 40 + content[len(content) // 2 :],
        lambda content: content.replace(b"PK\x01\x02\x14\x03\x14\0\0\0\x08\0",
                                        b"PK\x01\x02\x14\x03\x14\0\0\0\x09\0"),
        encrypted,
        lambda content: content[:-40],
        lambda content: changed(content, lambda _, part: part[: len(part) // 2]),
        lambda content: changed(content, lambda _, part: part.replace(b'"visible"', b'"hidden"')),
    ],
    ids=["amp", "control", "cut", "bytes", "method", "encrypted", "half", "parts", "all hidden"],
)  # fmt: skip
def test_a_damaged_workbook_is_refused_whatever_its_library_raises(
    spoil: Callable[[bytes], bytes],
) -> None:
    content = spoil(as_xlsx([GOOD]))
    assert content != as_xlsx([GOOD])
    assert refused(content) == "upload.type"


def test_what_needs_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(tables, "_Reader", run_out)
    assert refused(as_xlsx([GOOD])) == "upload.unpacked"


def test_a_workbook_that_says_it_is_smaller_is_read_whole() -> None:
    rows = sample_rows(TODAY, 30)
    small = in_sheet(as_xlsx(rows), b'ref="A1:K31"', b'ref="A1:D6"')
    assert read_here(small) == read_here(as_csv(rows))


def test_the_first_sheet_that_shows_is_the_list() -> None:
    book = Workbook()
    hidden, shown = book.worksheets[0], book.create_sheet("Liste")
    hidden.append(list(COLUMNS.values()))
    hidden.append([sample_rows(TODAY, 2)[1][name] for name in COLUMNS])
    hidden.sheet_state = "hidden"
    shown.append(list(COLUMNS.values()))
    shown.append([GOOD[name] for name in COLUMNS])
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    [row] = read_here(out.getvalue()).rows
    assert row.tckn == GOOD["tckn"]


def test_a_chart_before_the_list_does_not_matter() -> None:
    book = Workbook()
    book.create_chartsheet("Grafik", 0)
    book.worksheets[0].append(list(COLUMNS.values()))
    book.worksheets[0].append([GOOD[name] for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    assert len(read_here(out.getvalue()).rows) == 1


def test_blank_rows_and_what_stands_far_to_the_right_are_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staff_list, "MOST_ROWS", 3)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(COLUMNS.values()))
    sheet.append([GOOD[name] for name in COLUMNS])
    sheet.cell(3, 2).value = "  "
    sheet.cell(30_000, 3).font = Font(bold=True)
    sheet.cell(2, 16_384).value = "far"
    out = io.BytesIO()
    book.save(out)
    staff = read_here(out.getvalue())
    assert ([row.number for row in staff.rows], staff.rejected) == ([2], ())


@pytest.mark.parametrize("cell", ["A", "B"])
def test_a_formula_that_fills_an_array_is_a_formula(cell: str) -> None:
    column = {"A": "address", "B": "institution"}[cell]
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(COLUMNS.values()))
    sheet.append([GOOD[name] for name in COLUMNS])
    place = sheet.cell(2, 1 + list(COLUMNS).index(column)).coordinate
    sheet[place] = ArrayFormula(place, '=_xlfn.TEXTJOIN(" ",1,A1:B1)')
    out = io.BytesIO()
    book.save(out)
    [rejected] = read_here(out.getvalue()).rejected
    assert rejected.code == "cell.formula"


@given(
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]),
    st.integers(0, 10_000),
    st.binary(max_size=8),
)
def test_no_change_of_a_workbook_makes_the_reader_fail_otherwise(
    part: str, place: int, put: bytes
) -> None:
    def spoil(name: str, content: bytes) -> bytes:
        at = place % (len(content) + 1)
        return content[:at] + put + content[at + len(put) :] if name == part else content

    with suppress(Invalid):
        read_here(changed(BOOK, spoil))


BOOK = as_xlsx([GOOD])
