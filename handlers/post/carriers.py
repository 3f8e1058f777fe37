"""Which carriers this office has, by its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.post.kep import kep_carrier
from handlers.post.sms import SmsCarrier
from handlers.post.smtp import SmtpCarrier

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handlers.kit.services import Services
    from handlers.post.carrier import Carrier


def carriers_of(services: Services, now: Callable[[], datetime]) -> tuple[Carrier, ...]:
    """Return one carrier for each channel that is configured; nothing is opened yet."""
    carriers: list[Carrier] = []
    if services.mail is not None:
        carriers.append(SmtpCarrier(services.mail, now))
    if services.sms is not None:
        carriers.append(SmsCarrier(services.sms, now))
    if services.kep is not None:
        carriers.append(kep_carrier(services.kep, now))
    return tuple(carriers)
