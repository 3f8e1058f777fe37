"""How who pays for an application, and how much, is said on a page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import format_currency

from handlers.kit.fees import charge_of
from web.gate.language import gettext, language

if TYPE_CHECKING:
    from datetime import date

    from workflow.model.definition import Definition


def fee_words(definition: Definition, kind: str, day: date) -> str:
    """Say in one line who pays for an application that is filed on a day, and how much."""
    charge = charge_of(definition, kind, day)
    if charge.kurus is None:
        amount = gettext("tutarı ofis bildirir")
    else:
        worth = Decimal(charge.kurus) / 100
        amount = str(format_currency(worth, charge.currency, locale=language()))
    match charge.payer:
        case "holder":
            return gettext("siz ödersiniz: %(amount)s", amount=amount)
        case "institution":
            return gettext("kurumunuz öder: %(amount)s", amount=amount)
    return gettext("ücretsiz")
