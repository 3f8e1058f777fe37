"""The list of a unit as a workbook: the lines of the sealed list, to be sorted and filtered."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from handlers.unit_letters.people import UnitPeople

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CUT = "Liste çok uzun olduğu için yalnız bitişi en yakın olanlar gösterilmiştir."
"""The last row where there are more lines than a list holds."""

TITLES = ("Sıra", "Ad soyad", "Sertifika", "Bitiş günü", "Son başvuru günü", "Durum")
WIDTHS = (8, 36, 16, 14, 18, 26)


def workbook(head: Sequence[tuple[str, str]], people: UnitPeople) -> bytes:
    """Return a workbook: what it belongs to in its first rows, then a line for each certificate.

    The last row says where there are more than it holds.

    Every cell is a text, so that no name is taken for a formula.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Liste"
    for line in head:
        _put(sheet, line)
    _put(sheet, TITLES)
    for number, one in enumerate(people.lines, start=1):
        _put(
            sheet,
            (str(number), one.name, one.certificate, one.ends_on, one.apply_by, one.standing),
        )
    if people.cut:
        _put(sheet, (CUT,))
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: Worksheet, values: Sequence[str]) -> None:
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        cell.data_type = TYPE_STRING
