"""What people read when a check of the handlers refuses a move, by code, in two languages.

A module holds a subject. `workflow.present.sentences` fills the placeholders.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers.kit.sentences.application import APPLICATION
from handlers.kit.sentences.certificate import CERTIFICATE
from handlers.kit.sentences.code import CODE
from handlers.kit.sentences.consent import CONSENT
from handlers.kit.sentences.courier import COURIER
from handlers.kit.sentences.desk import DESK
from handlers.kit.sentences.duties import DUTIES
from handlers.kit.sentences.paper import PAPER
from handlers.kit.sentences.production import PRODUCTION
from handlers.kit.sentences.signature import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Text

SENTENCES: Mapping[str, Text] = MappingProxyType(
    APPLICATION
    | CERTIFICATE
    | CODE
    | CONSENT
    | COURIER
    | DESK
    | DUTIES
    | PAPER
    | PRODUCTION
    | SIGNATURE
)
"""The sentence of every code that a check of the handlers answers with."""
