"""Registered e-mail (KEP): signed mail, with the sealed papers of the move, by submission.

The provider takes only mail that its sender has signed (S/MIME), and only for addresses of
registered e-mail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.papers.letters import PDF_TYPE
from handlers.post.carrier import Attachment, CarrierAway
from handlers.post.channels import KEP, is_kep
from handlers.post.smtp import SmtpCarrier
from signing.cms.smime import sign_mail
from signing.errors import SigningError
from states.kit.mail_address import BadMailAddress
from states.papers.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.post.kep_server import KepServer
    from handlers.post.carrier import OutgoingMessage


@dataclass(slots=True)
class KepCarrier(SmtpCarrier):
    """The carrier of the channel ``kep``."""

    sign: Callable[[bytes, datetime], bytes] = field(kw_only=True)
    channel: str = KEP

    def address_of(self, message: OutgoingMessage) -> str:
        """Return the address in ASCII; BadMailAddress for one that is not of registered e-mail."""
        if not is_kep(message.to.strip()):
            raise BadMailAddress(reason="not_kep")
        return SmtpCarrier.address_of(self, message)

    def content_of(self, message: OutgoingMessage, to: str) -> bytes:
        """Return the signed mail; CarrierAway while the token cannot sign."""
        at = self.now()
        mail = SmtpCarrier.content_of(self, message, to)
        try:
            return sign_mail(mail, lambda content: self.sign(content, at))
        except SigningError as refused:
            raise CarrierAway(reason=refused.code, words="") from refused


def kep_carrier(server: KepServer, now: Callable[[], datetime]) -> KepCarrier:
    """Return the carrier of a provider; nothing is opened yet."""
    return KepCarrier(server.mail, now, sign=server.sign)


def papers_of(connection: Connection, key: str) -> tuple[Attachment, ...]:
    """Return the papers that the move made which a message tells of, oldest first.

    ``key`` is that of the message (case/n/name); a paper bears case and n in its own.
    """
    case, n = key.split("/")[:2]
    if not case.isdecimal():
        return ()
    made = select(Document).where(
        Document.case_id == int(case),
        Document.made_by.startswith(f"{case}/{n}/", autoescape=True),
        Document.media_type == PDF_TYPE,
    )
    rows = connection.execute(made.order_by(Document.created_at, Document.code))
    return tuple(Attachment(f"{row.code}.pdf", PDF_TYPE, row.content) for row in rows)
