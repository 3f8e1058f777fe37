"""E-mail by SMTP submission (RFC 6409): TLS, a password, notices of delivery asked for (RFC 3461).

All messages of a bout go over one connection. A server that closes in the middle is called again;
one that does so three times in a row, or takes nothing in our name, is away.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING

from handlers.post.carrier import CarrierAway, HandedOver
from handlers.post.mail import mail_bytes
from states.cases.notice import TryOutcome
from states.kit.mail_address import BadMailAddress, envelope_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from handlers.kit.post.mail_server import MailServer
    from handlers.post.carrier import OutgoingMessage

PATIENCE = 30.0
"""Seconds for which a silent server is waited for at each step."""

BROKEN = 3
"""Connections that broke in a row, after which the server counts as away."""

_OK = range(200, 300)
_LATER = range(400, 500)
_GONE = frozenset({-1, 421})
"""No SMTP at all, and a server that closes (RFC 5321, 3.8)."""
_POLICY = "5.7."
"""Enhanced codes (RFC 3463) of what is refused for its content or its sender, not its address."""


class _Broken(Exception):
    """The connection is gone, and whether the message was taken is not known."""


@dataclass(slots=True)
class SmtpCarrier:
    """The mail server of the settings; one object for each worker, used by one thread at a time."""

    server: MailServer
    now: Callable[[], datetime]
    channel: str = "email"
    _broken: int = field(default=0, init=False)

    @property
    def rate(self) -> int:
        """How many messages a minute the server is given."""
        return self.server.rate

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> Iterator[HandedOver]:
        """Send messages in their order on one connection; CarrierAway when that cannot be had."""
        line: smtplib.SMTP | None = None
        try:
            for message in messages:
                try:
                    to = self.address_of(message)
                except BadMailAddress as bad:
                    words = f"address: {bad.params['reason']}"
                    yield HandedOver(message.id, TryOutcome.BAD_ADDRESS, words)
                    continue
                line = line or self._open()
                try:
                    said = self._send(line, message, to)
                    self._broken = 0
                except _Broken as broken:
                    _leave(line)
                    line, said = None, self._lost(message, broken)
                if line is not None and line.sock is None:  # it has closed after its answer
                    line = None
                yield said
        finally:
            if line is not None:
                _leave(line)

    def address_of(self, message: OutgoingMessage) -> str:
        """Return the address of a message in ASCII; BadMailAddress."""
        return envelope_address(message.to)

    def content_of(self, message: OutgoingMessage, to: str) -> bytes:
        """Return a message as it is sent."""
        return mail_bytes(message, self.server.sender, to, self.now())

    def _lost(self, message: OutgoingMessage, broken: _Broken) -> HandedOver:
        """Say that a message is tried again; CarrierAway where no connection lasts."""
        self._broken += 1
        if self._broken >= BROKEN:
            self._broken = 0
            raise CarrierAway(reason="broken", words=str(broken)) from broken
        return HandedOver(message.id, TryOutcome.TRY_LATER, str(broken))

    def _open(self) -> smtplib.SMTP:
        """Return a connection over TLS on which we are known; CarrierAway."""
        try:
            return self._greeted()
        except (OSError, smtplib.SMTPException) as error:
            words = getattr(error, "smtp_error", b"")
            code = getattr(error, "smtp_code", type(error).__name__)
            raise CarrierAway(reason=str(code), words=_text(words)) from error

    def _greeted(self) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context(cafile=server.anchors)
        if server.implicit_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE, context=context
            )
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            line.ehlo()
            if not server.implicit_tls and (not server.here or line.has_extn("starttls")):
                line.starttls(context=context)
                line.ehlo()
            if server.user and server.password is not None:
                line.login(server.user, server.password.get_secret_value())
        except BaseException:
            line.close()
            raise
        return line

    def _send(self, line: smtplib.SMTP, message: OutgoingMessage, to: str) -> HandedOver:
        """Hand one message over; _Broken when the connection does not last, CarrierAway."""
        content = self.content_of(message, to)
        try:
            return self._transact(line, message, to, content)
        except (OSError, smtplib.SMTPException) as error:
            raise _Broken(f"{type(error).__name__}: {_text(error)}") from error

    def _transact(
        self, line: smtplib.SMTP, message: OutgoingMessage, to: str, content: bytes
    ) -> HandedOver:
        dsn = line.has_extn("dsn")
        envelope = message.message_id.strip("<>").partition("@")[0]
        asked = [f"ENVID={envelope}", "RET=HDRS"] if dsn else []
        code, said = line.mail(parseaddr(self.server.sender)[1], asked)
        if code not in _OK:
            return _not_ours(message, code, said)
        notify = ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(to)}"] if dsn else []
        code, said = line.rcpt(to, notify)
        if code not in _OK:
            return _refused(line, message, code, said, TryOutcome.BAD_ADDRESS)
        code, said = _data(line, content)
        if code not in _OK:
            return _refused(line, message, code, said, TryOutcome.REFUSED)
        return HandedOver(message.id, TryOutcome.TAKEN, f"{code} {_text(said)}")


def sender_header(name: str, address: str) -> str:
    """Return a From header in ASCII; BadMailAddress for an address that is none."""
    return formataddr((name, envelope_address(address)))


def _data(line: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Send a message after its envelope; the library raises what refuses it before its text."""
    try:
        code, said = line.data(content)
    except smtplib.SMTPDataError as refused:
        return refused.smtp_code, _bytes(refused.smtp_error)
    return code, said


def _not_ours(message: OutgoingMessage, code: int, said: bytes) -> HandedOver:
    """Judge a MAIL FROM that was not taken: for good, it concerns all that we send."""
    if code in _GONE:
        raise _Broken(f"{code} {_text(said)}")
    if code not in _LATER:
        raise CarrierAway(reason=str(code), words=_text(said))
    return HandedOver(message.id, TryOutcome.TRY_LATER, f"{code} {_text(said)}")


def _refused(
    line: smtplib.SMTP, message: OutgoingMessage, code: int, said: bytes, for_good: TryOutcome
) -> HandedOver:
    """Judge an answer to the address or the message, and leave the connection usable."""
    words = f"{code} {_text(said)}"
    if code in _GONE:
        raise _Broken(words)
    outcome = TryOutcome.TRY_LATER if code in _LATER else for_good
    if outcome is TryOutcome.BAD_ADDRESS and _POLICY in words:
        outcome = TryOutcome.REFUSED
    with suppress(smtplib.SMTPServerDisconnected):
        line.rset()
    return HandedOver(message.id, outcome, words)


def _xtext(text: str) -> str:
    """Return a text as RFC 3461, 4 writes it."""
    return "".join(f"+{ord(sign):02X}" if sign in "+=" else sign for sign in text)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _leave(line: smtplib.SMTP) -> None:
    """End a connection, politely where that is possible."""
    with suppress(OSError, smtplib.SMTPException):
        line.quit()
    line.close()
