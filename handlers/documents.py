"""Owns handing documents out: a PDF with its accepted signature inside, as its reader gets it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers import letters
from signing import pades
from states.signature import Signature

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from states.document import Document


def containers(connection: Connection, document: Document) -> list[bytes]:
    """Return the accepted containers over a document, the newest first."""
    statement = (
        select(Signature.container)
        .where(Signature.document_sha256 == document.sha256)
        .order_by(Signature.id.desc())
    )
    return list(connection.execute(statement).scalars())


def issued(connection: Connection, document: Document) -> bytes:
    """Return the file that people get: the signed PDF once it is signed, else the frozen bytes."""
    return next(iter(_signed(connection, document)), document.content)


def is_copy(connection: Connection, document: Document, file: bytes) -> bool:
    """Say whether a file is this document byte for byte, in its frozen or a signed form."""
    sha256 = hashlib.sha256(file).hexdigest()
    forms = [hashlib.sha256(form).hexdigest() for form in _signed(connection, document)]
    return sha256 in {document.sha256, *forms}


def _signed(connection: Connection, document: Document) -> list[bytes]:
    if document.media_type != letters.PDF_TYPE or not pades.is_prepared(document.content):
        return []
    found = containers(connection, document)
    return [pades.embed(document.content, container) for container in found]
