"""Reading documents as people do: the words on the pages of a PDF."""

from __future__ import annotations

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """Give the words of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            page.get_textpage().get_text_range().replace("\r\n", "\n").replace("\ufffe", "")
            for page in document
        ]
    finally:
        document.close()


def words_on_paper(pdf: bytes) -> str:
    """Give the words of all pages, lines joined where the page was too narrow."""
    return "\n".join(pages(pdf)).replace(" \n", " ")
