"""Handing documents out: a PDF with its accepted signature inside, as its reader gets it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.papers import letters
from signing.cms import levels, pades
from signing.cms.contents import carried_by
from signing.errors import ContainerUnusable, DocumentUnusable
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from states.papers.document import Document


def containers(connection: Connection, document: Document) -> list[bytes]:
    """Return the containers over a document in all their forms, the newest first.

    That is the newest accepted one with the evidence and time-stamps it was given later, and last
    as it came; then those before it.
    """
    later = select(Augmentation.container).order_by(Augmentation.n.desc())
    accepted = (
        select(Signature.id, Signature.container)
        .where(Signature.document_sha256 == document.sha256)
        .order_by(Signature.id.desc())
    )
    found: list[bytes] = []
    for number, container in connection.execute(accepted).all():
        lifted = connection.execute(later.where(Augmentation.signature_id == number))
        found += [*lifted.scalars(), container]
    return found


def issued(connection: Connection, document: Document) -> bytes:
    """Return the file that people get: the signed PDF once it is signed, else the frozen bytes."""
    return next(_signed(connection, document), document.content)


def is_copy(connection: Connection, document: Document, file: bytes) -> bool:
    """Say whether a file is this document byte for byte, in its frozen or a signed form."""
    sha256 = hashlib.sha256(file).hexdigest()
    if sha256 == document.sha256:
        return True
    forms = _signed(connection, document)
    return any(sha256 == hashlib.sha256(form).hexdigest() for form in forms)


def signed_pdf(prepared: bytes, container: bytes) -> bytes:
    """Return a PDF with its signature inside, and what that needs where PDF readers look for it.

    The container in the PDF is no more than time-stamped; lists, responses and certificates go into
    the document security store (EN 319 142-1, 5.4). Evidence that would make the file larger than
    is looked at anywhere here stays beside it. Raises ContainerUnusable, and DocumentUnusable for
    a container that does not fit.
    """
    signed = pades.embed(prepared, levels.as_stamped(container))
    whole = _with_evidence(signed, container)
    return whole if len(whole) <= pades.SIZE_LIMIT else signed


def _signed(connection: Connection, document: Document) -> Iterator[bytes]:
    """Yield the signed forms of a prepared PDF, the fuller first, then those of older versions."""
    if document.media_type != letters.PDF_TYPE or not pades.is_prepared(document.content):
        return
    found = containers(connection, document)
    for container in found:
        with suppress(ContainerUnusable, DocumentUnusable):
            yield signed_pdf(document.content, container)
    for container in found:
        with suppress(ContainerUnusable, DocumentUnusable):
            yield pades.embed(document.content, levels.as_stamped(container))
    # Up to 0.3.0 the whole container stood in the PDF; who has such a copy still has a true one.
    for container in found:
        with suppress(DocumentUnusable):
            signed = pades.embed(document.content, container)
            yield _with_evidence(signed, container)
            yield signed


def _with_evidence(signed: bytes, container: bytes) -> bytes:
    """Put what the container carries for its validation into the document security store."""
    pieces = carried_by(container)
    ocsps = [answer.der for answer in pieces.answers]
    if not (pieces.crls or ocsps):
        return signed
    return pades.with_evidence(
        signed, certificates=pieces.certificates, crls=pieces.crls, ocsps=ocsps
    )
