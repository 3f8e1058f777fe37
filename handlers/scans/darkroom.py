"""Draws a scan as plain pictures: a program of its own, so that a hostile file harms nobody else.

Reads the file from standard input and its sort from the command line; writes one JSON object:
``{"pages": [{"picture": base64 JPEG, "small": base64 JPEG}, …]}`` or ``{"fault": code}``. It has a
bounded share of memory and time, opens no file and imports nothing of the product.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, ImageSequence

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAGES = 20
MOST_PIXELS = 60_000_000
"""A sheet of A4 at 600 dots an inch has 35 million."""

WIDTH, SMALL = 1_400, 220
"""Pixels of the width of a picture and of its small form."""

MEMORY = 2 * 1024**3
SECONDS = 20


class Fault(Exception):
    """The file is not drawn; the argument is the code of why."""


def pictures(content: bytes, sort: str) -> Iterator[Image.Image]:
    """Yield the pages of a scan; Fault."""
    yield from (_of_pdf(content) if sort == "application/pdf" else _of_picture(content))


def _of_pdf(content: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD
        raise Fault("locked" if locked else "unreadable") from error
    if _active(document):
        raise Fault("active")
    _refuse_number(len(document))
    for page in document:
        yield page.render(scale=min(WIDTH / page.get_width(), 6_000 / page.get_height())).to_pil()


def _active(document: Any) -> bool:  # noqa: ANN401 - pypdfium2 has no types
    """Say whether a PDF carries scripts or other files: a scan has none."""
    scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw)
    return bool(scripts or pdfium.FPDFDoc_GetAttachmentCount(document.raw))


def _of_picture(content: bytes) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF"))
        _refuse_number(getattr(picture, "n_frames", 1))
        for frame in ImageSequence.Iterator(picture):
            if frame.width * frame.height > MOST_PIXELS:
                raise Fault("too_many_pixels")
            yield ImageOps.exif_transpose(frame).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Fault("too_many_pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Fault("unreadable") from error


def _refuse_number(pages: int) -> None:
    if pages < 1:
        raise Fault("unreadable")
    if pages > MOST_PAGES:
        raise Fault("too_many_pages")


def drawn(content: bytes, sort: str) -> dict[str, object]:
    """Return the pages as JPEG in base64, with nothing else of the file; or the fault."""
    try:
        pages = [
            {"picture": _jpeg(page, WIDTH), "small": _jpeg(page, SMALL)}
            for page in pictures(content, sort)
        ]
    except Fault as fault:
        return {"fault": str(fault)}
    except MemoryError:
        return {"fault": "too_many_pixels"}
    return {"pages": pages}


def _jpeg(page: Image.Image, width: int) -> str:
    fitted = ImageOps.contain(page.convert("RGB"), (width, width * 4))
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=80)
    return base64.b64encode(out.getvalue()).decode()


def main() -> None:  # pragma: no cover - runs in the process of its own
    """Bound this process, draw, answer."""
    bounds = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS))
    for kind, bound in (*bounds, (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 16)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))
    json.dump(drawn(sys.stdin.buffer.read(), sys.argv[1]), sys.stdout)


if __name__ == "__main__":  # pragma: no cover - the same
    main()
