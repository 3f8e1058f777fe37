"""What people read when a check refuses a move or a value is invalid, by code, in two languages.

A module holds a subject. `workflow.present.sentences` fills the placeholders for a move, `fill` for
a value.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers.kit.sentences.application import APPLICATION
from handlers.kit.sentences.certificate import CERTIFICATE
from handlers.kit.sentences.code import CODE
from handlers.kit.sentences.consent import CONSENT
from handlers.kit.sentences.contact import CONTACT
from handlers.kit.sentences.courier import COURIER
from handlers.kit.sentences.desk import DESK
from handlers.kit.sentences.duties import DUTIES
from handlers.kit.sentences.institutions import INSTITUTIONS
from handlers.kit.sentences.paper import PAPER
from handlers.kit.sentences.parcel_desk import PARCEL_DESK
from handlers.kit.sentences.production import PRODUCTION
from handlers.kit.sentences.records import RECORDS
from handlers.kit.sentences.signature import SIGNATURE
from handlers.kit.sentences.staff_list import STAFF_LIST
from handlers.kit.sentences.station import STATION
from handlers.kit.sentences.stock import STOCK
from handlers.kit.sentences.texts import TEXTS
from handlers.kit.sentences.upload import UPLOAD
from handlers.kit.sentences.value import VALUE
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from states.kit.invalid import Invalid

SENTENCES: Mapping[str, Text] = MappingProxyType(
    APPLICATION
    | CERTIFICATE
    | CODE
    | CONSENT
    | CONTACT
    | COURIER
    | DESK
    | DUTIES
    | INSTITUTIONS
    | PAPER
    | PARCEL_DESK
    | PRODUCTION
    | RECORDS
    | SIGNATURE
    | STAFF_LIST
    | STATION
    | STOCK
    | TEXTS
    | UPLOAD
    | VALUE
)
"""The sentence of every code that a check answers with or an invalid value is refused with."""


def sentence_of(invalid: Invalid, language: str = "tr") -> str:
    """Return the sentence for whoever gave an invalid value."""
    return fill(invalid.code, invalid.params, language)


def fill(code: str, params: Mapping[str, object], language: str = "tr") -> str:
    """Return the sentence of a code; what was typed stands in it as it was typed.

    That is why this is not `workflow.present.sentences.sentence`, which writes a text that looks
    like a date as people write dates. Raises KeyError for a code or parameter that is not there.
    """
    written = {name: _written(value, language) for name, value in params.items()}
    return _written(SENTENCES[code], language).format_map(written)


def _written(value: object, language: str) -> str:
    if isinstance(value, list):
        return ", ".join(_written(one, language) for one in value)
    if isinstance(value, Text):
        return value.en if language == "en" else value.tr
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
