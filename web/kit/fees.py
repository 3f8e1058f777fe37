"""How who pays for an application, and how much, is said on a page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import format_currency

from handlers.kit.fees import charge_of
from web.gate.language import gettext, language

if TYPE_CHECKING:
    from datetime import date

    from handlers.kit.fees import Charge
    from workflow.model.definition import Definition


def fee_words(definition: Definition, kind: str, day: date) -> str:
    """Say in one line who pays for an application that is filed on a day, and how much.

    It is said to the person who files it.
    """
    charge = charge_of(definition, kind, day)
    match charge.payer:
        case "holder":
            return gettext("siz ödersiniz: %(amount)s", amount=_amount(charge))
        case "institution":
            return gettext("kurumunuz öder: %(amount)s", amount=_amount(charge))
    return gettext("ücretsiz")


def fee_told_office(definition: Definition, kind: str, day: date) -> str:
    """Say the same to the office, which reads it of somebody else."""
    charge = charge_of(definition, kind, day)
    match charge.payer:
        case "holder":
            return gettext("başvuran öder: %(amount)s", amount=_amount(charge))
        case "institution":
            return gettext("kurumu öder: %(amount)s", amount=_amount(charge))
    return gettext("ücretsiz")


def _amount(charge: Charge) -> str:
    if charge.kurus is None:
        return gettext("tutarı ofis bildirir")
    worth = Decimal(charge.kurus) / 100
    return str(format_currency(worth, charge.currency, locale=language()))
