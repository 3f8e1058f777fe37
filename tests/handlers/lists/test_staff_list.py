"""Reading staff lists: every good row, a reason for every bad one, and no bad file at all."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.kit.sentences import sentence_of
from handlers.lists import staff_list, uploaded_table
from handlers.lists.sample import as_csv, as_xlsx, sample_rows
from handlers.lists.staff_list import COLUMNS, read_staff_list
from handlers.papers.sandbox import Bounds
from states.kit.invalid import Invalid
from tests.kit.handlers.lists import GOOD, TODAY, fault, read, read_here, refused, workbook


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254"])
def test_a_csv_is_read_in_each_usual_encoding(encoding: str) -> None:
    rows = sample_rows(TODAY, 30)
    staff = read_here(as_csv(rows, encoding))
    assert staff.rejected == ()
    assert [row.tckn for row in staff.rows] == [row["tckn"] for row in rows]
    assert staff == read_here(as_csv(rows))


def test_a_workbook_says_the_same_as_the_csv() -> None:
    rows = sample_rows(TODAY, 30)
    assert read_here(as_xlsx(rows)) == read_here(as_csv(rows))


def test_commas_and_another_order_of_columns_are_fine() -> None:
    text = "soyad , AD,kurum KODU,T.C. Kimlik No,Not\n\nışık,ipek,A-1, 10000000146 ,x\n"
    staff = read_here(text.encode())
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
    [row] = read_here(workbook(heading, line)).rows
    assert (row.tckn, row.ends_on, row.phone) == (
        "10000000146",
        date(2026, 8, 10),
        "+90 500 000 00 00",
    )
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
        ({"ends_on": "31.12.9999"}, "date.far"),
        ({"phone": "=1+1"}, "cell.formula"),
        ({"phone": "#N/A"}, "cell.error"),
        ({"address": "#YOK"}, "cell.error"),
        ({"institution": "#SAYI/0!"}, "cell.error"),
        ({"email": "Hata:502"}, "cell.error"),
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
    [rejected] = read_here(workbook(heading, line)).rejected
    assert (rejected.number, rejected.code) == (2, "cell.formula")


def test_the_second_row_of_a_person_or_a_certificate_is_refused() -> None:
    rows = sample_rows(TODAY, 3)
    rows[1]["serial"] = rows[0]["serial"]
    staff = read_here(as_csv([*rows, {**rows[2], "serial": "", "ends_on": ""}]))
    assert [row.number for row in staff.rows] == [2, 4]
    assert [(row.number, row.code) for row in staff.rejected] == [
        (3, "row.repeated"),
        (5, "row.repeated"),
    ]
    assert "2. satırda" in staff.rejected[0].reason


def test_a_bad_row_spoils_no_other() -> None:
    rows = sample_rows(TODAY, 5)
    rows[2]["tckn"] = "12345678901"
    staff = read_here(as_csv(rows))
    assert [row.number for row in staff.rows] == [2, 3, 5, 6]
    assert [row.number for row in staff.rejected] == [4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 ...", "upload.type"),
        (b"\x89PNG\r\n\x1a\n\0\0", "upload.type"),
        (b"a;b\0c\n", "upload.type"),
        ("T.C. kimlik no;Ad".encode("utf-16"), "upload.columns"),
        (b"\xff\xfea", "upload.type"),
        (b"PK\x03\x04 not a workbook", "upload.type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old or encrypted", "upload.old"),
        (b"Ad;Soyad\nAda;Ornek\n", "upload.columns"),
        (b"\n", "upload.columns"),
        (b"\xd0\x8d\x9d\n", "upload.encoding"),
        (b'T.C. kimlik no;Ad;Soyad;"Kurum kodu\n', "upload.type"),
    ],
)
def test_an_unusable_file_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_no_file_and_one_that_is_too_large_are_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploaded_table, "read_apart", lambda *_: pytest.fail("read"))
    for content, code in ((b"", "empty"), (b"0" * (uploaded_table.LARGEST + 1), "large")):
        with pytest.raises(Invalid) as caught:
            read_staff_list(content)
        assert caught.value.code == f"upload.{code}"


def test_a_heading_that_stands_twice_is_named() -> None:
    rows = as_csv([GOOD]).decode().replace("Soyad;", "Ad;Soyad;", 1).encode()
    with pytest.raises(Invalid) as caught:
        read_here(rows)
    assert (caught.value.code, caught.value.params) == ("upload.heading_twice", {"twice": ["Ad"]})


def test_the_missing_columns_are_named() -> None:
    with pytest.raises(Invalid) as caught:
        read_here(b"T.C. kimlik no;Ad\n")
    assert sentence_of(caught.value) == (
        "Listede şu sütunlar yok: Soyad, Kurum kodu. Örnek listeyi kullanınız."
    )


@pytest.mark.parametrize(
    ("before", "delimiter", "encoding"),
    [
        ("sep=;\r\n", ";", "utf-8"),
        ('"sep=|"\n', "|", "utf-8"),
        ("", "\t", "utf-16"),
        ("", "|", "utf-16"),
        ("\ufeff", ";", "utf-8-sig"),
        ("", ";", "mac_turkish"),
        ("", ",", "cp1254"),
    ],
    ids=["named", "named bar", "tab", "bar", "two marks", "mac", "windows"],
)
def test_a_csv_is_read_however_programs_write_it(
    before: str, delimiter: str, encoding: str
) -> None:
    rows = [{**GOOD, "given_name": "İnci", "surname": "Işıkoğlu", "address": "Çöp Şüş 1"}]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r")
    writer.writerow(COLUMNS.values())
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    [row] = read_here((before + out.getvalue()).encode(encoding)).rows
    assert (row.number, row.given_name, row.surname) == (2, "İNCİ", "IŞIKOĞLU")
    assert row.address == "Çöp Şüş 1"


def test_a_quotation_mark_that_nobody_closed_spoils_its_row_only() -> None:
    rows = [{**row, "address": f'"{n}" Sok.\nNo: 1'} for n, row in enumerate(sample_rows(TODAY, 6))]
    lines = as_csv(rows).decode("utf-8-sig").split("\r\n")
    lines[2] = lines[2].replace(";", ';"', 1)
    lines.insert(4, '"x"y;z')
    lines.append('"' + "a\n" * 30)
    staff = read_here("\r\n".join(lines).encode())
    good = [row.address for row in staff.rows]
    assert good == [f'"{n}" Sok. No: 1' for n in (0, 2, 3, 4, 5)]
    assert {row.code for row in staff.rejected} >= {"row.quotation"}
    assert 3 in [row.number for row in staff.rejected]


@pytest.mark.parametrize("closed_in", ["surname", "address"])
def test_a_quotation_mark_that_another_row_closes_takes_no_row_with_it(closed_in: str) -> None:
    rows = sample_rows(TODAY, 5)
    rows[1]["surname"] = "OPENS" + rows[1]["surname"]
    rows[3][closed_in] += "CLOSES"
    text = as_csv(rows).decode("utf-8-sig").replace("OPENS", '"').replace("CLOSES", '"')
    staff = read_here(text.encode())
    assert [row.number for row in staff.rows] == (
        [2, 4, 6] if closed_in == "surname" else [2, 4, 5, 6]
    )
    assert {row.number for row in staff.rejected} == ({3, 5} if closed_in == "surname" else {3})
    assert staff.rejected[0].code == "row.quotation"


def test_lines_that_are_no_rows_are_joined_to_as_many_cells_as_there_are() -> None:
    heading, good = as_csv([GOOD]).decode("utf-8-sig").splitlines()
    broken = '"a\nb";c\n'
    staff = read_here(f"{heading}\n{broken}{good}\n".encode())
    assert [row.number for row in staff.rows] == [4]
    assert (staff.rejected[0].number, staff.rejected[0].code) == (2, "row.quotation")


@pytest.mark.parametrize(
    ("field", "written", "taken"),
    [
        ("phone", "0312.555.12.34", None),
        ("phone", "0312 555 12 34 dahili 12", "+90 312 555 12 34"),
        ("phone", "0532 111 22 33 / 0312 555 12 34", "+90 532 111 22 33"),
        ("phone", "yok", ""),
        ("email", "Ada Örnek <ada@ornek.invalid>", "ada@ornek.invalid"),
        ("email", "a@b", ""),
        ("email", "ada@ornek.invalid; b@ornek.invalid", "ada@ornek.invalid"),
    ],
)
def test_a_contact_that_is_not_one_leaves_the_person_in_and_is_told(
    field: str, written: str, taken: str | None
) -> None:
    staff = read(**{field: written})
    [row] = staff.rows
    if taken is None:
        assert (row.phone, staff.left_out) == ("+90 312 555 12 34", ())
        return
    [told] = staff.left_out
    codes = {"a@b": "email.domain", "Ada Örnek <ada@ornek.invalid>": "email.local"}
    other = "phone.form" if field == "phone" else "email.at"
    assert (told.number, told.code) == (2, codes.get(written, other))
    assert (getattr(row, field) or "") == taken
    assert told.reason.endswith("alındı." if taken else "alınmadı.")


def test_what_nobody_sees_is_left_out() -> None:
    [row] = read(surname="Ör\u00adnek\u200boğlu", tckn=f"\ufeff{GOOD['tckn']}\u200e").rows
    assert (row.surname, row.tckn) == ("ÖRNEKOĞLU", GOOD["tckn"])
    [row] = read(surname="Örnek\u2010Soy").rows
    assert row.surname == "ÖRNEK-SOY"


def test_the_product_reads_a_list_in_a_program_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sample_rows(TODAY, 3)
    assert read_staff_list(as_xlsx(rows)) == read_here(as_csv(rows))
    tight = replace(uploaded_table.TABLES, bounds=Bounds(1024**2, 1, 10, 1024))
    monkeypatch.setattr(uploaded_table, "TABLES", tight)
    with pytest.raises(Invalid) as caught:
        read_staff_list(as_csv(rows))
    assert caught.value.code == "upload.type"


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_list_has_an_end(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_list, "MOST_ROWS", 3)
    assert callable(write)
    assert len(read_here(write(sample_rows(TODAY, 3))).rows) == 3
    assert refused(write(sample_rows(TODAY, 4))) == "upload.rows"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_here(content)


def test_the_number_shows_in_no_message() -> None:
    assert GOOD["tckn"] not in repr(read())
