"""Draws a scan as plain pictures: the reader of scans, run apart by ``handlers/papers/sandbox``.

``read`` takes the file and its sort; it returns
``{"pages": [{"picture": base64 JPEG, "small": base64 JPEG}, …]}`` or ``{"fault": code}``. It
imports nothing of the product.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

if TYPE_CHECKING:
    from collections.abc import Iterator

# The library loads its formats when the first is asked for, and no file can be opened by then.
Image.preinit()

MOST_PAGES = 20
MOST_PIXELS = 60_000_000
"""A sheet of A4 at 600 dots an inch has 35 million."""

MOST_PIXELS_IN_ALL = 200_000_000
"""Twenty sheets of A4 at 300 dots an inch have 174 million."""

PHOTOMETRIC = 262
"""The tag of a TIFF that says whether 0 is white or black."""

WIDTH, SMALL = 1_400, 220
"""Pixels of the width of a picture and of its small form."""

ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition",
    "/Movie", "/Sound", "/RichMediaExecute", "/Trans3D", "/GoTo3DView",
})  # fmt: skip
"""Actions (ISO 32000-2, 12.6.4) that run something, send something or open another file."""

CARRIERS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
"""Annotations (12.5.6) that carry a file or play something."""

ENTRIES = frozenset({"/JS", "/EF", "/EmbeddedFiles", "/XFA"})
"""Entries that hold a script, files, or a form that is itself a program."""


class ScanFault(Exception):
    """The file is not drawn; the argument is the code of why."""


def pictures(content: bytes, sort: str) -> Iterator[Image.Image]:
    """Yield the pages of a scan; Fault."""
    yield from (_of_pdf(content) if sort == "application/pdf" else _of_picture(content))


def _of_pdf(content: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD
        raise ScanFault("locked" if locked else "unreadable") from error
    _refuse_number(len(document))
    if _active(document):
        raise ScanFault("active")
    document.init_forms()  # what is typed into the fields of a form is drawn too
    for page in document:
        yield page.render(scale=min(WIDTH / page.get_width(), 6_000 / page.get_height())).to_pil()


def _active(document: Any) -> bool:  # noqa: ANN401 - pypdfium2 has no types
    """Say whether a PDF carries scripts, actions or other files: a scan has none.

    Looked at is the copy that the drawing library writes of what it has read: whole, without a
    cipher, and with a table of its objects that is right, whatever the one of the upload says.
    """
    copy = io.BytesIO()
    document.save(copy, flags=pdfium.FPDF_REMOVE_SECURITY)
    reader = PdfFileReader(copy, strict=False)
    parts = [reader.trailer_view, *_objects(reader)]
    while parts:
        part = parts.pop()
        if isinstance(part, generic.DictionaryObject):
            if _acts(part):
                return True
            parts += [part.raw_get(key) for key in part]
        elif isinstance(part, generic.ArrayObject):
            parts += list.__iter__(part)
    return False


def _objects(reader: Any) -> Iterator[Any]:  # noqa: ANN401 - pyHanko has no types
    return (reader.get_object(one) for one in reader.xrefs.explicit_refs_in_revision(0))


def _acts(part: Any) -> bool:  # noqa: ANN401 - the same
    named = {key: part.raw_get(key) for key in ("/S", "/Subtype") if key in part}
    return (
        not ENTRIES.isdisjoint(part)
        or named.get("/S") in ACTIONS
        or named.get("/Subtype") in CARRIERS
    )


def _of_picture(content: bytes) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF"))
        # Further pictures in a JPEG or PNG are no pages: gain maps of phones, animations.
        pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        _refuse_number(pages)
        _refuse_pixels(picture, pages)
        for frame in range(pages):
            picture.seek(frame)
            yield _seen(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ScanFault("too_many_pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ScanFault("unreadable") from error


def _seen(picture: Image.Image) -> Image.Image:
    """Return one page the right way up, in eight bits, on white."""
    turned = _on_white(_in_eight_bits(ImageOps.exif_transpose(picture)))
    # The library turns round what counts from white, but not where it is finer than 8 bits.
    from_white = getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == 0
    return ImageOps.invert(turned) if from_white and picture.mode == "I;16" else turned


def _refuse_pixels(picture: Image.Image, pages: int) -> None:
    """Refuse by what the pages say of themselves, before any is unpacked."""
    in_all = 0
    for frame in range(pages):
        picture.seek(frame)
        pixels = picture.width * picture.height
        in_all += pixels
        if pixels > MOST_PIXELS or in_all > MOST_PIXELS_IN_ALL:
            raise ScanFault("too_many_pixels")


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture whose greys are finer than 8 bits with its whole range in 8 bits."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    deep = picture.mode.startswith("I;16")
    fine = picture.convert("I") if deep else picture
    found: Any = (0, 0xFFFF) if deep else fine.getextrema()
    least, most = found
    scale = 255 / ((most - least) or 1)
    return fine.point(lambda value: value * scale - least * scale).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in colours with a white ground where it has none."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(ground, seen).convert("RGB")


def _refuse_number(pages: int) -> None:
    if pages < 1:
        raise ScanFault("unreadable")
    if pages > MOST_PAGES:
        raise ScanFault("too_many_pages")


def read(content: bytes, sort: str) -> dict[str, object]:
    """Return the pages as JPEG in base64, with nothing else of the file; or the fault."""
    try:
        pages = [
            {"picture": _jpeg(page, WIDTH), "small": _jpeg(page, SMALL)}
            for page in pictures(content, sort)
        ]
    except ScanFault as fault:
        return {"fault": str(fault)}
    except MemoryError:
        return {"fault": "too_many_pixels"}
    return {"pages": pages}


def _jpeg(page: Image.Image, width: int) -> str:
    fitted = ImageOps.contain(page.convert("RGB"), (width, width * 4))
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=80)
    return base64.b64encode(out.getvalue()).decode()
