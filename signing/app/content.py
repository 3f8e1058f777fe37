"""What of a document is signed, and which texts may be shown: the same for both faces."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from signing.app.errors import AnswerMalformed
from signing.cms import pades

LINE_CONTROLS = frozenset("\n\t\r")
# Control and format characters could make a screen show another text than is signed.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class MediaType(StrEnum):
    """The sorts of documents that are signed."""

    TEXT = "text/plain"
    PDF = "application/pdf"


def readable(text: str) -> bool:
    """Say whether a screen shows the text as it is: no control, no direction override."""
    return all(
        character in LINE_CONTROLS or unicodedata.category(character) not in HIDDEN
        for character in text
    )


def signable(media_type: MediaType, document: bytes) -> bytes:
    """Give the bytes that a container must cover: all of a text, the byte range of a PDF.

    AnswerMalformed when a text is not readable UTF-8, or when a PDF has more than the empty gap
    for the container outside its range: what is shown must be what is signed. DocumentUnusable
    for what is no PDF prepared for a signature.
    """
    if media_type is MediaType.PDF:
        return _covered(document)
    try:
        text = document.decode()
    except UnicodeDecodeError as error:
        raise AnswerMalformed(field="document") from error
    if not text or not readable(text):
        raise AnswerMalformed(field="document")
    return document


def _covered(document: bytes) -> bytes:
    content = pades.covered(document)
    # A later update would show another page than the range that is signed has.
    gap = b"<" + b"0" * (len(document) - len(content) - len(b"<>")) + b">"
    if document.replace(gap, b"", 1) != content:
        raise AnswerMalformed(field="document")
    return content
