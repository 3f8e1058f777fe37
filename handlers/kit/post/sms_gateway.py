"""Which SMS provider takes the short messages of the office, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr

    from handlers.kit.courier_company import Exchange
    from states.kit.quiet_hours import QuietHours
    from states.kit.sms_provider import SmsProvider


@dataclass(frozen=True)
class SmsGateway:
    """Where a provider is asked, how, in whose name, and when it is left alone.

    ``site`` is where a reader finds the rest; ``rate`` is how many messages a minute the provider
    is given, 0 without a bound; in the ``quiet`` hours it is given none.
    """

    url: str
    provider: SmsProvider
    sender: str
    secret: SecretStr
    fetcher: Exchange
    site: str
    rate: int = 0
    quiet: QuietHours | None = None
