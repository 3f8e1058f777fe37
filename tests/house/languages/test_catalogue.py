"""The two languages of the site: every message has its English, and no Turkish stands outside."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from tests.house.languages.catalogue import (
    KEYWORDS,
    catalogue,
    forms,
    missing,
    renewed,
    whole,
    written,
)
from web.gate.language import ENGLISH

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

PLACE = re.compile(r"%(?:\(\w+\)[sd]|%)|\{\w*\}")


def test_every_message_has_its_english() -> None:
    """Fill in ``msgstr`` after ``make catalogue``."""
    assert missing() == {}


def test_the_english_of_a_message_has_the_places_of_the_turkish() -> None:
    wrong = []
    for message in catalogue():
        if message.id and whole(message):
            turkish = message.id if isinstance(message.id, str) else message.id[-1]
            places = set(PLACE.findall(turkish))
            wrong += [text for text in forms(message) if set(PLACE.findall(text)) != places]
    assert wrong == []


def test_no_message_carries_markup() -> None:
    texts = [str(part) for message in catalogue() for part in (message.id, message.string)]
    assert [text for text in texts if re.search(r"<[a-z/]|&[a-z]+;", text)] == []


def test_what_makes_the_catalogue_keeps_the_english_and_takes_in_the_new() -> None:
    kept, again = catalogue(), read_po(BytesIO(renewed()), locale=ENGLISH, abort_invalid=True)
    assert {message.id for message in again if message.id} == set(written())
    english = [message for message in again if message.id and whole(message)]
    assert [one.id for one in english if forms(one) != _forms_in(kept, one)] == []
    assert [one for one in written() if whole(kept.get(one)) != whole(again.get(one))] == []


def _forms_in(kept: Catalog, message: Message) -> tuple[str, ...]:
    found = kept.get(message.id)
    return forms(found) if found else ()


def test_lazy_messages_are_taken_too() -> None:
    assert "lazy_gettext" in KEYWORDS
    assert {"frame"} <= written()["Çıkış yap"]
    assert {"kit"} <= written()["Alınabilecekler"]
