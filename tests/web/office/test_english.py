"""What the modules of the office say, in both languages of the site."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.parcels.matching import EventOutcome
from web.kit import formats
from web.kit.batches import messages
from web.office import outside
from web.office.cases import drawing, tabs, verdicts
from web.office.handover import words
from web.office.production import queue, shift
from web.office.queues import catalogue, filter_address, worklist

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SAID: list[tuple[Callable[[], object], str, str]] = [
    (lambda: drawing.span(timedelta(days=1, hours=2)), "1 gün 2 saat", "1 day 2 hours"),
    (lambda: drawing.span(timedelta(days=2)), "2 gün", "2 days"),
    (lambda: drawing.span(timedelta(hours=1, minutes=1)), "1 saat 1 dakika", "1 hour 1 minute"),
    (lambda: drawing.span(timedelta(minutes=2)), "2 dakika", "2 minutes"),
    (lambda: drawing.span(timedelta(seconds=-3)), "0 saniye", "0 seconds"),
    (lambda: outside.why("reader_absent"), "Kart okuyucu yok", "No card reader"),
    (lambda: outside.why("strange"), "Beklenmeyen hata (strange)", "Unexpected error (strange)"),
    (lambda: outside.TITLES["courier"], "Kurye", "Courier"),
    (lambda: messages.foretold(None), "Bakılmadı", "Not looked at"),
    (lambda: messages.foretold(messages.MOVED), "Yapılabilir", "Can be done"),
    (lambda: messages.foretold("wrong_state"), "Yapılamaz", "Cannot be done"),
    (lambda: messages.OUTCOMES["failed"], "Hata oldu", "Failed"),
    (lambda: tabs.TABS[0][0], "Özet", "Summary"),
    (lambda: verdicts.ANSWERS["allow"], "sağlandı", "holds"),
    (lambda: verdicts.ANSWERS["deny"], "sağlanmadı", "does not hold"),
    (
        lambda: verdicts.CONDITIONS["paper.complete"],
        "İmzalı form ve kimlik belgesi var",
        "There is a signed form and an identity document",
    ),
    (lambda: words.OUTCOMES[EventOutcome.TAKEN], "İşlendi", "Processed"),
    (lambda: words.list_states["cancelled"], "Vazgeçildi", "Given up"),
    (lambda: queue.BANDS["later"], "30 günden çok", "More than 30 days"),
    (lambda: shift.SERIES[shift.SPOILT], "Bozulan kart", "Cards spoilt"),
    (
        lambda: next(iter(shift.as_table(shift.ShiftFigures([]), "x")))[1:],
        "('Yapılan kart', 'Başarısız deneme', 'Bozulan kart', 'Kuryeye verilen gönderi')",
        "('Cards made', 'Failed tries', 'Cards spoilt', 'Parcels handed to the courier')",
    ),
    (lambda: worklist.TITLES["late"], "Süresi geçti", "Overdue"),
    (lambda: filter_address.HOLDERS["ben"], "Benim üzerimde", "Held by me"),
    (lambda: filter_address.SORTED["son-tarih"], "Son tarih", "Deadline"),
    (lambda: catalogue.QUEUES["queued"], "Üretim sırası", "Production queue"),
]


@pytest.mark.parametrize(("tell", "turkish", "english"), SAID)
def test_a_word_of_the_office_is_told_in_the_language_of_its_reader(
    app: Flask, tell: Callable[[], object], turkish: str, english: str
) -> None:
    for tongue, expected in (("tr", turkish), ("en", english)):
        with app.test_request_context(headers={"Accept-Language": tongue}):
            assert str(tell()) == expected


def test_a_day_of_a_shift_is_written_as_its_reader_writes_days(app: Flask) -> None:
    for tongue, expected in (("tr", "22.11.2026"), ("en", "22 Nov 2026")):
        with app.test_request_context(headers={"Accept-Language": tongue}):
            assert formats.day(date(2026, 11, 22)) == expected
