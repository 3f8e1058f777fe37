"""The servers that take messages, as the settings name them; nothing is opened here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asn1crypto import pem

from handlers.kit.post.kep_server import KepServer
from handlers.kit.post.mail_server import MailServer
from handlers.kit.post.receipt_sources import KepSigners, ReceiptSources
from handlers.kit.post.sms_gateway import SmsGateway
from signing.cms.smime import MailSigner
from states.kit.outbound_hosts import host_of, on_this_machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from pydantic import SecretStr

    from signing.network.fetch import Fetcher
    from signing.tokens.slots import TokenStore
    from signing.x509.policy import AllowedAlgorithms
    from states.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class _MailAccount:
    """One server of submission as the settings describe it: where, in whose name, how often."""

    server: str
    sender: str
    user: str | None
    password: SecretStr | None
    anchors: Path | None
    rate: int = 0

    def opened(self) -> MailServer:
        """Return it as carriers take it."""
        parts = urlsplit(self.server)
        return MailServer(
            parts.hostname or "",
            parts.port or 0,
            self.sender,
            implicit_tls=parts.scheme == "smtps",
            here=on_this_machine(host_of(self.server)),
            user=self.user or "",
            password=self.password,
            anchors=self.anchors,
            rate=self.rate,
        )


def mail_server_of(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings, None where there is none."""
    if settings.smtp_server is None or settings.smtp_from is None:
        return None
    return _MailAccount(
        settings.smtp_server,
        settings.smtp_from,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_trusted,
        settings.smtp_rate,
    ).opened()


def kep_server_of(
    settings: Settings, store: Callable[[], TokenStore], seal: Callable[[bytes, datetime], bytes]
) -> KepServer | None:
    """Return the provider of registered e-mail; the demo signs with its own seal."""
    if settings.kep_server is None or settings.kep_from is None:
        return None
    mail = _MailAccount(
        settings.kep_server,
        settings.kep_from,
        settings.kep_user,
        settings.kep_password,
        settings.kep_trusted,
    ).opened()
    if settings.kep_token is None or settings.kep_pin is None:
        return KepServer(mail, seal)
    signer = MailSigner(store, settings.kep_token, settings.kep_pin.get_secret_value())
    return KepServer(mail, signer.sign)


def receipt_sources_of(settings: Settings, allowed: AllowedAlgorithms) -> ReceiptSources:
    """Return where receipts are read; without a signer in the settings no evidence counts."""
    signers = KepSigners(allowed=allowed)
    if settings.kep_signers is not None:
        blocks = pem.unarmor(settings.kep_signers.read_bytes(), multiple=True)
        signers = KepSigners(frozenset(der for _, _, der in blocks), allowed)
    return ReceiptSources(settings.receipts_maildir, signers)


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
