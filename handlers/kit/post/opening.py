"""The servers that take messages, as the settings name them; nothing is opened here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.kit.post.kep_server import KepServer
from handlers.kit.post.mail_server import MailServer
from handlers.kit.post.sms_gateway import SmsGateway
from signing.cms.smime import MailSigner
from states.kit.outbound_hosts import host_of, on_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from signing.network.fetch import Fetcher
    from signing.tokens.slots import TokenStore
    from states.kit.settings import Settings


def mail_server_of(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings, None where there is none."""
    if settings.smtp_server is None or settings.smtp_from is None:
        return None
    return MailServer(
        *_place(settings.smtp_server),
        settings.smtp_from,
        implicit_tls=settings.smtp_server.startswith("smtps:"),
        here=on_this_machine(host_of(settings.smtp_server)),
        user=settings.smtp_user or "",
        password=settings.smtp_password,
        anchors=settings.smtp_trusted,
        rate=settings.smtp_rate,
    )


def kep_server_of(
    settings: Settings, store: Callable[[], TokenStore], seal: Callable[[bytes, datetime], bytes]
) -> KepServer | None:
    """Return the provider of registered e-mail; the demo signs with its own seal."""
    if settings.kep_server is None or settings.kep_from is None:
        return None
    mail = MailServer(
        *_place(settings.kep_server),
        settings.kep_from,
        implicit_tls=settings.kep_server.startswith("smtps:"),
        here=on_this_machine(host_of(settings.kep_server)),
        user=settings.kep_user or "",
        password=settings.kep_password,
        anchors=settings.kep_trusted,
    )
    if settings.kep_token is None or settings.kep_pin is None:
        return KepServer(mail, seal)
    signer = MailSigner(store, settings.kep_token, settings.kep_pin.get_secret_value())
    return KepServer(mail, signer.sign)


def _place(server: str) -> tuple[str, int]:
    parts = urlsplit(server)
    return parts.hostname or "", parts.port or 0


def sms_gateway_of(settings: Settings, fetcher: Fetcher, site: str) -> SmsGateway | None:
    """Return the SMS provider of the settings, None where there is none."""
    if settings.sms_url is None or settings.sms_provider is None or settings.sms_secret is None:
        return None
    return SmsGateway(
        settings.sms_url,
        settings.sms_provider,
        settings.sms_sender,
        settings.sms_secret,
        fetcher,
        site,
        rate=settings.sms_rate,
        quiet=settings.quiet_hours,
    )
