"""What comes back of messages: reports of delivery, and evidence that a provider has signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.post.receipt_sources import KepSigners
from handlers.post.keyed import envelope_id
from handlers.post.tries import TriedMessage, write_tries
from signing.cms.smime import sign_mail
from states.cases.notice import Notice, TryOutcome

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

STRANGE_ID = f"nes.1.{'0' * 32}"
"""An id of our shape that nobody here has made."""


@dataclass(frozen=True)
class Report:
    """A report of delivery; its fields are those of RFC 3464, ``id`` that of the message."""

    id: str
    action: str = "failed"
    status: str = "5.1.1"
    said: str = "smtp; 550 5.1.1 <a@ornek.invalid>: no such user"
    returned: str = ""
    """The id among the headers that came back; that of the message where it is empty."""
    more: str = ""
    """Groups of further readers."""

    def mail(self) -> bytes:
        """Return it as a mail server sends it."""
        returned = self.returned or self.id
        return f"""\
Return-Path: <>
From: MAILER-DAEMON@posta.test
To: nes@ofis.test
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="edge/1"

This is a MIME message.
--edge/1
Content-Type: text/plain; charset=us-ascii

I'm sorry.

--edge/1
Content-Type: message/delivery-status

Reporting-MTA: dns; posta.test
Original-Envelope-Id: {self.id}

Final-Recipient: rfc822; a@ornek.invalid
Action: {self.action}
Status: {self.status}
Diagnostic-Code: {self.said}
{self.more}
--edge/1
Content-Type: text/rfc822-headers

From: nes@ofis.test
Subject: =?utf-8?b?S29udQ==?=
Message-ID: <{returned}@ofis.test>

--edge/1--
""".encode()


def evidence(message_id: str, kind: str, event: str) -> bytes:
    """Return a mail with evidence (ETSI TS 102 640-2), not yet signed."""
    return f"""\
From: delil@hs01.kep.tr
To: nes@hs01.kep.tr
Subject: KEP delili
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m-1"

--m-1
Content-Type: text/plain

Delil ektedir.
--m-1
Content-Type: application/xml; name="delil.xml"

<?xml version="1.0" encoding="UTF-8"?>
<rem:{kind} xmlns:rem="http://uri.etsi.org/02640/v2#" version="1">
  <rem:EventCode>http:uri.etsi.org/REM/Event#{event}</rem:EventCode>
  <rem:SenderMessageDetails isNotification="false">
    <rem:MessageSubject>Konu</rem:MessageSubject>
    <rem:UAMessageIdentifier>&lt;{message_id}@ofis.test&gt;</rem:UAMessageIdentifier>
    <rem:MessageIdentifierByREMMD>x-1@hs01.kep.tr</rem:MessageIdentifierByREMMD>
  </rem:SenderMessageDetails>
</rem:{kind}>
--m-1--
""".encode()


def signed(world: World, mail: bytes) -> bytes:
    """Return a mail that the provider has signed; its certificate is the one of our seal."""
    assert world.services.seal is not None
    seal = world.services.seal()
    crlf = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return sign_mail(crlf, lambda content: seal.sign(content, world.clock.now()))


def signers(world: World) -> KepSigners:
    """Return what says that this provider's signature counts."""
    assert world.services.seal is not None
    return KepSigners(frozenset({world.services.seal().certificate.der}))


def sent(world: World, notice_id: int, outcome: TryOutcome = TryOutcome.TAKEN) -> str:
    """Write that a message was handed over, and return its id on the way."""
    vault, now = world.services.vault, world.clock.now()
    [notice] = world.all(Notice, id=notice_id)
    tried = TriedMessage(notice_id, outcome, "250 2.0.0 taken", "0123456789abcdef")
    with world.engine.database.begin() as connection:
        write_tries(connection, notice.channel, [tried], now)
    return envelope_id(vault, notice_id, notice.key)
