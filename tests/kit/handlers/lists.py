"""How tests read staff lists: in this process, with one row changed, or as a workbook."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from handlers.kit.sentences import sentence_of
from handlers.lists import staff_list
from handlers.lists.sample import as_csv, sample_rows
from handlers.lists.staff_list import StaffList, from_table
from handlers.papers.sandbox import tables
from states.kit.invalid import Invalid

TODAY = date(2026, 3, 2)
GOOD = sample_rows(TODAY, 1)[0]


def read_here(content: bytes) -> StaffList:
    """Read in this process what the product reads in another one."""
    return from_table(tables.read(content, str(staff_list.MOST_ROWS)))


def read(**changes: str) -> StaffList:
    return read_here(as_csv([{**GOOD, **changes}]))


def fault(**changes: str) -> str:
    [rejected] = read(**changes).rejected
    assert rejected.number == 2
    assert rejected.reason.endswith(".")
    return rejected.code


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_here(content)
    assert sentence_of(caught.value).endswith(".")
    return caught.value.code


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
