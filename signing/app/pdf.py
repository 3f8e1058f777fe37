"""What a person sees of a PDF before the PIN: its pages as pictures, and its words.

PDFium does both (pypdfium2, of the extra `desktop`); it runs no script and loads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signing.app.content import readable
from signing.app.errors import DesktopAbsent
from signing.errors import DocumentUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAGES = 20
"""Our own documents have two or three; a person cannot read more in 300 seconds."""

LONGEST_SIDE = 4000
"""Pixels of the longest side of a picture, whatever the page says of itself."""


@dataclass(frozen=True)
class PdfPage:
    """One page: its words, and its picture as rows of red, green, blue and one unused byte."""

    words: str
    width: int
    height: int
    stride: int
    pixels: bytes


def _library() -> Any:  # noqa: ANN401 - pypdfium2 has no types
    try:
        import pypdfium2  # noqa: PLC0415 - the extra may not be installed
    except ImportError as error:
        raise DesktopAbsent from error
    return pypdfium2


def _pages(document: bytes) -> Iterator[Any]:
    pdfium = _library()
    try:
        opened = pdfium.PdfDocument(document)
    except pdfium.PdfiumError as error:
        raise DocumentUnusable(reason="pdf_unopened") from error
    try:
        if len(opened) > MOST_PAGES:
            raise DocumentUnusable(reason="pdf_too_long", pages=MOST_PAGES)
        yield from opened
    finally:
        opened.close()


def _words(page: Any) -> str:  # noqa: ANN401 - the same
    """Give the words of a page; what a screen could show otherwise becomes a blank."""
    found = page.get_textpage().get_text_range()
    return "".join(letter if readable(letter) else " " for letter in found).strip()


def text_of(document: bytes) -> str:
    """Give the words of all pages; DesktopAbsent, DocumentUnusable."""
    return "\n\n".join(_words(page) for page in _pages(document))


def pictures(document: bytes, width: int) -> list[PdfPage]:
    """Draw each page this many pixels wide; DesktopAbsent, DocumentUnusable."""
    return [_picture(page, width) for page in _pages(document)]


def _picture(page: Any, width: int) -> PdfPage:  # noqa: ANN401 - the same
    scale = min(width / page.get_width(), LONGEST_SIDE / max(page.get_size()))
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    pixels = bytes(bitmap.buffer)
    return PdfPage(_words(page), bitmap.width, bitmap.height, bitmap.stride, pixels)
