"""Reading staff lists: every good row, a reason for every bad one, and no bad file at all."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from handlers import staff_list
from handlers.sample import as_csv, as_xlsx, sample_rows
from handlers.staff_list import COLUMNS, StaffList, read_staff_list
from states.invalid import Invalid

TODAY = date(2026, 3, 2)
GOOD = sample_rows(TODAY, 1)[0]


def read(**changes: str) -> StaffList:
    return read_staff_list(as_csv([{**GOOD, **changes}]))


def fault(**changes: str) -> str:
    [rejected] = read(**changes).rejected
    assert rejected.number == 2
    assert rejected.reason.endswith(".")
    return rejected.code


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_staff_list(content)
    assert caught.value.sentence.endswith(".")
    return caught.value.code


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254"])
def test_a_csv_is_read_in_each_usual_encoding(encoding: str) -> None:
    rows = sample_rows(TODAY, 30)
    staff = read_staff_list(as_csv(rows, encoding))
    assert staff.rejected == ()
    assert [row.tckn for row in staff.rows] == [row["tckn"] for row in rows]
    assert staff == read_staff_list(as_csv(rows))


def test_a_workbook_says_the_same_as_the_csv() -> None:
    rows = sample_rows(TODAY, 30)
    assert read_staff_list(as_xlsx(rows)) == read_staff_list(as_csv(rows))


def test_commas_and_another_order_of_columns_are_fine() -> None:
    text = "soyad , AD,kurum KODU,T.C. Kimlik No,Not\n\nışık,ipek,A-1, 10000000146 ,x\n"
    staff = read_staff_list(text.encode())
    [row] = staff.rows
    assert (row.number, row.given_name, row.surname) == (3, "İPEK", "IŞIK")
    assert (row.institution_code, row.institution, row.parent_code) == ("A-1", "A-1", None)
    assert (row.serial, row.ends_on, row.email, row.phone, row.address) == (None,) * 5


def test_numbers_and_days_of_a_workbook_are_read_as_typed() -> None:
    heading: list[object] = list(COLUMNS.values())
    line: list[object] = [
        10000000146, "Ada", "Örnek", "A-1", "Okul", None, "1a2b", date(2026, 8, 10), None,
        905000000000, 1e22,
    ]  # fmt: skip
    [row] = read_staff_list(workbook(heading, line)).rows
    assert (row.tckn, row.ends_on, row.phone) == ("10000000146", date(2026, 8, 10), "905000000000")
    assert row.address == "1" + "0" * 22


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tckn": "12345678901"}, "tckn.checksum"),
        ({"tckn": "1000000014a"}, "tckn.form"),
        ({"tckn": "11111111110"}, "tckn.repeated"),
        ({"given_name": ""}, "given_name.form"),
        ({"surname": "R2D2"}, "surname.form"),
        ({"given_name": "A" * 65}, "name.long"),
        ({"institution_code": "a b"}, "institution.code"),
        ({"parent_code": "a/b"}, "institution.code"),
        ({"serial": "xyz"}, "serial.form"),
        ({"serial": "0"}, "serial.form"),
        ({"serial": "f" * 41}, "serial.form"),
        ({"serial": ""}, "serial.form"),
        ({"ends_on": ""}, "ends_on.missing"),
        ({"ends_on": "31.02.2026"}, "date.absent"),
        ({"ends_on": "yakında"}, "date.form"),
        ({"email": "a@b"}, "email.form"),
        ({"phone": "=1+1"}, "phone.form"),
        ({"address": "=HYPERLINK(1)"}, "cell.formula"),
        ({"address": "@SUM(1)"}, "cell.formula"),
        ({"given_name": "+cmd"}, "cell.formula"),
        ({"institution": "-2+3"}, "cell.formula"),
        ({"address": "x" * 501}, "cell.long"),
    ],
)
def test_a_faulty_row_comes_back_with_its_number_and_reason(
    changes: dict[str, str], code: str
) -> None:
    assert fault(**changes) == code


def test_a_row_without_a_certificate_is_fine() -> None:
    [row] = read(serial="", ends_on="").rows
    assert (row.serial, row.ends_on) == (None, None)


def test_a_serial_number_is_read_however_it_is_written() -> None:
    [row] = read(serial="00:1A:2B 3c").rows
    assert row.serial == "1a2b3c"


def test_a_formula_in_a_workbook_is_refused_as_one() -> None:
    heading: list[object] = list(COLUMNS.values())
    line: list[object] = [GOOD[name] for name in COLUMNS]
    line[-1] = "=1+1"
    [rejected] = read_staff_list(workbook(heading, line)).rejected
    assert (rejected.number, rejected.code) == (2, "cell.formula")


def test_the_second_row_of_a_person_or_a_certificate_is_refused() -> None:
    rows = sample_rows(TODAY, 3)
    rows[1]["serial"] = rows[0]["serial"]
    staff = read_staff_list(as_csv([*rows, {**rows[2], "serial": "", "ends_on": ""}]))
    assert [row.number for row in staff.rows] == [2, 4]
    assert [(row.number, row.code) for row in staff.rejected] == [
        (3, "row.repeated"),
        (5, "row.repeated"),
    ]
    assert "2. satırda" in staff.rejected[0].reason


def test_a_bad_row_spoils_no_other() -> None:
    rows = sample_rows(TODAY, 5)
    rows[2]["tckn"] = "12345678901"
    staff = read_staff_list(as_csv(rows))
    assert [row.number for row in staff.rows] == [2, 3, 5, 6]
    assert [row.number for row in staff.rejected] == [4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload.empty"),
        (b"0" * (staff_list.LARGEST + 1), "upload.large"),
        (b"%PDF-1.7 ...", "upload.type"),
        (b"\x89PNG\r\n\x1a\n\0\0", "upload.type"),
        ("T.C. kimlik no;Ad".encode("utf-16"), "upload.type"),
        (b"PK\x03\x04 not a workbook", "upload.type"),
        (b"Ad;Soyad\nAda;Ornek\n", "upload.columns"),
        (b"\n", "upload.columns"),
        (b"\xd0\x8d\x9d\n", "upload.encoding"),
        (as_csv([GOOD]) + b'"a"b;\n', "upload.type"),
    ],
)
def test_an_unusable_file_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_the_missing_columns_are_named() -> None:
    with pytest.raises(Invalid, match="Soyad, Kurum kodu"):
        read_staff_list(b"T.C. kimlik no;Ad\n")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    assert refused(out.getvalue()) == "upload.type"


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)
    monkeypatch.setattr(staff_list, "LARGEST_UNPACKED", 99_999)
    monkeypatch.setattr(staff_list, "load_workbook", lambda *_, **__: pytest.fail("unpacked"))
    assert refused(out.getvalue()) == "upload.type"


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_list_has_an_end(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_list, "MOST_ROWS", 3)
    assert callable(write)
    assert len(read_staff_list(write(sample_rows(TODAY, 3))).rows) == 3
    assert refused(write(sample_rows(TODAY, 4))) == "upload.rows"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_staff_list(content)


def test_the_number_shows_in_no_message() -> None:
    assert GOOD["tckn"] not in repr(read())
