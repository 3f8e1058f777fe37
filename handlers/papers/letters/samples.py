"""An invented case by which the text of a message is shown before it is sent to anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = "B000000123"
_PAGE = f"https://ofis.example/basvurularim/{REFERENCE}"

CASE: Mapping[str, object] = MappingProxyType(
    {
        "reference": REFERENCE,
        "serial": "0a1b2c3d",
        "issuer": "TEST Sertifika Makamı",
        "delivery_address": "TEST Mahallesi, Deneme Sokağı 1, Ankara",
        "tracking_number": "TEST123456",
        "production_opens_on": date(2027, 3, 1),
        "ends_on": date(2030, 3, 1),
        "activate_by": datetime(2027, 4, 1, 14, tzinfo=UTC),
        "activation_opens_at": datetime(2027, 3, 2, 6, tzinfo=UTC),
        "suspended_at": datetime(2027, 3, 3, 7, 30, tzinfo=UTC),
    }
)
"""What a text may show of a case."""

VALUES: Mapping[str, object] = MappingProxyType(
    {
        "name": "AYŞE ÖRNEKOĞLU",
        "today": date(2027, 2, 1),
        "expected": date(2027, 3, 8),
        "reason": "…",
        "url": _PAGE,
        "until": datetime(2027, 2, 8, 14, tzinfo=UTC),
        "waiting": ((REFERENCE, _PAGE),),
        "application": "B000000124",
        "contact": "TEST, 0000 000 00 00",
        "what": "email",
        "code": "123456",
        "task": "Sertifikanızı yenileyiniz.",
        "limit": "En geç 01.02.2030 günü başvurunuz.",
        "how": "e-onayınız yürürlükte: formu bir kez onaylamanız yeter.",
        "card_day": "Kartınızın beklenen günü: 08.03.2027.",
        "otherwise": "01.03.2030 gününden sonra elektronik imza atamazsınız.",
        "count": 12,
        "number": "E-TEST-16-710.03-1",
        "title": "Yenileme başvuruları",
        "first_end": date(2027, 4, 1),
        "days_in": lambda _state: 30,
    }
)
"""What a text may show beside the case."""

HIDDEN = frozenset({"delivery_address"})
"""Fields of a real case that are shown invented to whoever only writes texts."""


def sample(name: str = "", row: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    """Return the values of a case: an invented one, or ``row`` as far as it may be shown.

    ``name`` is what is shown in place of the name of the person whom the case is about.
    """
    shown = {field: row[field] for field in CASE if field in row and field not in HIDDEN}
    values = {**VALUES, "case": {**CASE, **shown}}
    return {**values, "name": name} if name else values
