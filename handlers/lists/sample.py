"""The sample staff list: invented people of invented schools, the same for the same seed."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from openpyxl import Workbook

from handlers.lists.staff_list import COLUMNS
from handlers.people.register import enter_institution
from states.people.tckn import check_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

SEED = 5070
COUNT = 200

TREE = (
    ("TEST", "TEST Bakanlığı", ""),
    ("TEST-16", "TEST Bursa İl Müdürlüğü", "TEST"),
    ("TEST-16-01", "TEST Mudanya İlçe Müdürlüğü", "TEST-16"),
    ("TEST-16-01-1", "TEST Zeytinlik İlkokulu", "TEST-16-01"),
    ("TEST-16-01-2", "TEST Işıklı Ortaokulu", "TEST-16-01"),
    ("TEST-16-02", "TEST İnegöl İlçe Müdürlüğü", "TEST-16"),
    ("TEST-16-02-1", "TEST Çınaraltı Lisesi", "TEST-16-02"),
    ("TEST-06", "TEST Ankara İl Müdürlüğü", "TEST"),
    ("TEST-06-01", "TEST Çankaya İlçe Müdürlüğü", "TEST-06"),
    ("TEST-06-01-1", "TEST Gülbahçe Anaokulu", "TEST-06-01"),
)
"""The institutions of the sample, parents first: code, name, code of the parent."""

_GIVEN = (
    "Ada", "Bilge", "Cihan", "Çağla", "Deniz", "Ege", "Ferah", "Güneş", "Ilgın", "Işıl", "İmge",
    "İpek", "Kıvanç", "Mavi", "Nehir", "Ozan", "Özgür", "Pınar", "Rüya", "Sarp", "Şimal", "Toprak",
    "Umut", "Ülkü", "Yağmur", "Zeytin",
)  # fmt: skip
_SURNAMES = (
    "Örnekoğlu", "Denemeci", "Sınamaz", "Taslakçı", "Varsayım", "Uydurukçu", "İmgelem", "Kurmaca",
    "Şablonlu", "Provacı", "Çizelgeci", "Iraksak", "Müsvedde", "Yapıntı", "Gösterimlik",
)  # fmt: skip


def enter_tree(connection: Connection) -> None:
    """Enter the institutions of the sample, which a list of their people builds on."""
    for code, name, parent in TREE:
        enter_institution(connection, code, name, parent or None)


def sample_rows(today: date, count: int = COUNT, seed: int = SEED) -> list[dict[str, str]]:
    """Return people with valid numbers nobody was given, certificates ending within 14 months."""
    chance = random.Random(seed)  # noqa: S311 - invented people need no secrets
    leaves = [row for row in TREE if row[0].count("-") >= 2]  # noqa: PLR2004 - district and below
    return [_person(chance, place, today, leaves) for place in range(count)]


def _person(
    chance: random.Random, place: int, today: date, leaves: list[tuple[str, str, str]]
) -> dict[str, str]:
    code, institution, parent = chance.choice(leaves)
    ends_on = today + timedelta(days=chance.randrange(5, 420))
    first_nine = f"{990_000_000 + place:09}"
    return {
        "tckn": first_nine + check_digits(first_nine),
        "given_name": chance.choice(_GIVEN),
        "surname": chance.choice(_SURNAMES),
        "institution_code": code,
        "institution": institution,
        "parent_code": parent,
        "serial": f"{0x7E57 << 64 | chance.getrandbits(64):x}",
        "ends_on": f"{ends_on:%d.%m.%Y}",
        "email": f"kisi{place + 1}@ornek.invalid",
        "phone": f"+90 000 000 {place:04}",
        "address": f"{institution}, TEST Sokağı No: {place + 1}, Örnekşehir",
    }


def as_csv(rows: Iterable[dict[str, str]], encoding: str = "utf-8-sig") -> bytes:
    """Write rows as a semicolon-separated list that spreadsheets open as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS.values())
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[dict[str, str]]) -> bytes:
    """Write rows as a workbook whose cells are all text, so that no number loses a digit."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Personel"
    sheet.append(list(COLUMNS.values()))
    for row in rows:
        sheet.append([row[name] for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
