"""Invented people: names as they are common, numbers that pass the sums and are nobody's."""

from __future__ import annotations

from states.people.tckn import check_digits

GIVEN = (
    "Ayşe", "Mehmet", "Fatma", "Mustafa", "Emine", "Ahmet", "Hatice", "Ali", "Zeynep", "Hüseyin",
    "Elif", "Hasan", "Meryem", "İbrahim", "Şerife", "İsmail", "Zehra", "Osman", "Sultan", "Yusuf",
    "Hanife", "Murat", "Merve", "Ömer", "Havva", "Ramazan", "Özlem", "Halil", "Işıl", "Gökhan",
)  # fmt: skip
SURNAMES = (
    "Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Yıldırım", "Öztürk", "Aydın", "Özdemir",
    "Arslan", "Doğan", "Kılıç", "Aslan", "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek",
    "Polat", "Korkmaz", "Çakır", "Erdoğan", "Güneş", "Işık", "İnce", "Uçar", "Ünal", "Gül",
)  # fmt: skip
"""Names as they are common, so that many people share one."""


def name_of(number: int) -> tuple[str, str]:
    """Return given name and surname of the person with a number."""
    return GIVEN[number % len(GIVEN)], SURNAMES[number // len(GIVEN) % len(SURNAMES)]


def tckn_of(number: int) -> str:
    """Return a TCKN that passes the sums, for the person with a number; it is nobody's."""
    first_nine = f"{100_000_000 + number}"
    return first_nine + check_digits(first_nine)


def serial_of(number: int) -> str:
    """Return the serial of the certificate that an open renewal with a number is for."""
    return f"a{number:016x}"
