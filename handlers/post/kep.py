"""Registered e-mail (KEP): signed mail, with the sealed papers of the move, by submission.

The provider takes only mail that its sender has signed (S/MIME), and only for addresses of
registered e-mail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_

from handlers.papers.letters import PDF_TYPE
from handlers.post.carrier import Attachment, CarrierAway
from handlers.post.channels import KEP, is_kep
from handlers.post.smtp import SmtpCarrier
from signing.cms.smime import sign_mail
from signing.errors import SigningError
from states.kit.mail_address import BadMailAddress
from states.papers.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
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


def papers_of(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[Attachment, ...]]:
    """Return the papers that the moves made which messages tell of, oldest first, by their keys.

    A key is that of a message (case/n/name); a paper bears case and n in its own. A message
    without papers, or of no move, is left out.
    """
    moves = {key: (*key.split("/"), "")[:2] for key in keys if key.partition("/")[0].isdecimal()}
    move = func.split_part(Document.made_by, "/", 1), func.split_part(Document.made_by, "/", 2)
    made = select(Document).where(
        Document.case_id.in_({int(case) for case, _ in moves.values()}),
        tuple_(*move).in_(set(moves.values())),
        Document.media_type == PDF_TYPE,
    )
    found: dict[tuple[str, ...], list[Attachment]] = {}
    for row in connection.execute(made.order_by(Document.created_at, Document.code)):
        paper = Attachment(f"{row.code}.pdf", PDF_TYPE, row.content)
        found.setdefault(tuple(row.made_by.split("/")[:2]), []).append(paper)
    return {key: tuple(found[made_in]) for key, made_in in moves.items() if made_in in found}
