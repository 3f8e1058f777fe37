"""What is drawn of a scan: every page in two sizes, and nothing but its picture."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium
import pytest
from PIL import Image

from handlers.papers import scans
from handlers.papers.sandbox import ReaderFailed
from handlers.papers.scans import rendering
from states.kit.invalid import Invalid
from tests.handlers.papers.test_scans import keep, pdf, picture, waiting

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.mark.parametrize(
    ("content", "sort", "pages"),
    [(pdf(2), "application/pdf", 2), (picture("TIFF", frames=3), "image/tiff", 3)],
    ids=["pdf", "tiff"],
)
def test_every_page_is_drawn_in_two_sizes(content: bytes, sort: str, pages: int) -> None:
    drawn = rendering.read(content, sort)["pages"]
    assert isinstance(drawn, list)
    assert len(drawn) == pages
    for page in drawn:
        large, small = (
            Image.open(io.BytesIO(base64.b64decode(page[size]))) for size in ("picture", "small")
        )
        assert (large.format, small.format) == ("JPEG", "JPEG")
        assert small.width <= rendering.SMALL <= rendering.WIDTH


@pytest.mark.parametrize(
    ("content", "sort", "fault"),
    [
        (b"%PDF-1.7", "application/pdf", "unreadable"),
        (pdf(0), "application/pdf", "unreadable"),
        (pdf(rendering.MOST_PAGES + 1), "application/pdf", "too_many_pages"),
        (pdf(1, script=True), "application/pdf", "active"),
        (picture("JPEG")[:60], "image/jpeg", "unreadable"),
        (picture("PNG", size=(9_000, 9_000)), "image/png", "too_many_pixels"),
    ],
    ids=["no pdf", "no page", "long", "script", "half", "huge"],
)
def test_what_is_not_drawn_is_named(content: bytes, sort: str, fault: str) -> None:
    assert rendering.read(content, sort) == {"fault": fault}


def test_a_pdf_with_a_password_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium, "FPDF_GetLastError", lambda: pdfium.FPDF_ERR_PASSWORD)
    assert rendering.read(b"%PDF-1.7", "application/pdf") == {"fault": "locked"}


def test_what_needs_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(rendering, "pictures", run_out)
    assert rendering.read(picture(), "image/png") == {"fault": "too_many_pixels"}


def test_nothing_but_the_picture_is_left_of_a_file() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret words"
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (60, 90)).save(out, "JPEG", exif=exif)
    pages = rendering.read(out.getvalue(), "image/jpeg")["pages"]
    assert isinstance(pages, list)
    drawn = base64.b64decode(pages[0]["picture"])
    assert b"secret" in out.getvalue()
    assert b"secret" not in drawn
    turned = Image.open(io.BytesIO(drawn))
    assert turned.width > turned.height


@pytest.mark.parametrize("fails", [ReaderFailed(), {"pages": [{"picture": "x"}]}, [], None])
def test_one_who_dies_or_says_nothing_of_use_costs_only_the_scan(
    world: World, monkeypatch: pytest.MonkeyPatch, fails: object
) -> None:
    def answer(*_: object) -> object:
        if isinstance(fails, Exception):
            raise fails
        return fails

    monkeypatch.setattr(scans, "read_apart", answer)
    with pytest.raises(Invalid) as refused:
        keep(world, waiting(world), picture())
    assert refused.value.code == "scan.unreadable"


JAVASCRIPT = "<</S/JavaScript/JS(app.alert\\(1\\))>>"


FILE = "<</Type/Filespec/F(a.exe)/EF<</F 9 0 R>>>>"


def bare(catalog: str = "", page: str = "", more: str = "") -> bytes:
    """Return a PDF of one page, written by hand; the library finds its objects by itself."""
    return f"""%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R{catalog}>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]{page}>>endobj
{more}
9 0 obj<</Type/EmbeddedFile/Length 1>>stream
x
endstream endobj
trailer<</Root 1 0 R>>
%%EOF""".encode()


def annotated(annotation: str) -> bytes:
    return bare(page=f"/Annots[<</Type/Annot/Rect[0 0 9 9]{annotation}>>]")


@pytest.mark.parametrize(
    "content",
    [
        bare(f"/Names<</JavaScript<</Names[(a){JAVASCRIPT}]>>>>"),
        bare(f"/OpenAction{JAVASCRIPT}"),
        bare(f"/AA<</WC{JAVASCRIPT}>>"),
        bare(page=f"/AA<</O{JAVASCRIPT}>>"),
        annotated(f"/Subtype/Link/A{JAVASCRIPT}"),
        annotated("/Subtype/Link/A<</S/GoTo/D[3 0 R/Fit]/Next<</S/#4caunch/F(a.exe)>>>>"),
        bare("/OpenAction 8 0 R", more="8 0 obj<</S/Launch/F(a.exe)>>endobj"),
        bare(f"/Names<</EmbeddedFiles<</Names[(a){FILE}]>>>>"),
        bare(f"/AF[{FILE}]"),
        annotated(f"/Subtype/FileAttachment/FS{FILE}"),
        annotated("/Subtype/RichMedia"),
        bare("/AcroForm<</Fields[]/XFA(x)>>"),
        bare("/OpenAction<</S/SubmitForm/F(a)>>"),
    ],
    ids=[
        "script by name", "opening", "document", "page", "link", "next", "launch", "embedded",
        "associated", "attached", "rich media", "xfa", "submit",
    ],
)  # fmt: skip
def test_a_pdf_that_acts_or_carries_files_is_no_scan(content: bytes) -> None:
    assert rendering.read(content, "application/pdf") == {"fault": "active"}


def test_links_that_only_lead_somewhere_are_no_actions() -> None:
    plain = annotated("/Subtype/Link/A<</S/URI/URI(http://a.invalid)>>")
    assert "pages" in rendering.read(plain, "application/pdf")


def darkest(content: bytes, sort: str) -> tuple[list[int], int]:
    """Return the darkest grey of every page, and the lightest of the first."""
    pages = rendering.read(content, sort)["pages"]
    assert isinstance(pages, list)
    greys: list[Any] = [
        Image.open(io.BytesIO(base64.b64decode(page["picture"]))).convert("L").getextrema()
        for page in pages
    ]
    return [grey[0] for grey in greys], greys[0][1]


@pytest.mark.parametrize("appearance", [True, False])
def test_what_was_typed_into_a_form_is_drawn(appearance: bool) -> None:  # noqa: FBT001 - a case
    shown = "/AP<</N 8 0 R>>" if appearance else ""
    field = (
        "5 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(AYSE)/DA(/Helv 24 Tf 0 g)"
        f"/Rect[20 100 180 140]/P 3 0 R{shown}>>endobj\n"
        "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "8 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 160 40]/Length 20>>stream\n"
        "0 g 10 10 99 20 re f\nendstream endobj"
    )
    form = "/AcroForm<</Fields[5 0 R]/DR<</Font<</Helv 6 0 R>>>>/DA(/Helv 24 Tf 0 g)>>"
    content = bare(form, "/Annots[5 0 R]", field)
    [ink], _ = darkest(content, "application/pdf")
    assert ink < 100


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
@pytest.mark.parametrize("sort", ["PNG", "TIFF"])
def test_greys_finer_than_eight_bits_keep_their_text(mode: str, sort: str) -> None:
    if (mode, sort) in {("F", "PNG"), ("I", "PNG")}:
        mode = "I;16"
    grey = Image.new("I", (60, 90), 60_000)
    grey.paste(2_000, (10, 10, 40, 40))
    out = io.BytesIO()
    grey.convert(mode).save(out, sort)
    [ink], ground = darkest(out.getvalue(), f"image/{sort}".lower())  # ASCII: a media type
    assert ink < 30
    assert ground > 200


def test_a_fine_grey_that_counts_from_white_is_turned_round() -> None:
    grey = Image.new("I;16", (60, 90), 5_000)
    out = io.BytesIO()
    grey.save(out, "TIFF")
    counts_from_black = b"\x06\x01\x03\x00\x01\x00\x00\x00\x01\x00"  # tag 262, one short: 1
    turned = out.getvalue().replace(counts_from_black, counts_from_black[:-2] + b"\0\0")
    assert turned != out.getvalue()
    _, ground = darkest(turned, "image/tiff")
    assert ground > 200


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_ink_on_nothing_is_drawn_on_white(mode: str) -> None:
    sheet = Image.new("RGBA", (60, 90), (0, 0, 0, 0))
    sheet.paste((0, 0, 0, 255), (10, 10, 40, 40))
    out = io.BytesIO()
    if mode in {"P", "PA"}:
        sheet.quantize(4).save(out, "PNG")
    else:
        sheet.convert(mode).save(out, "PNG")
    [ink], ground = darkest(out.getvalue(), "image/png")
    assert ink < 30
    assert ground > 240


@pytest.mark.parametrize(("sort", "frames"), [("MPO", 2), ("PNG", 3)])
def test_further_pictures_of_a_phone_are_no_pages(sort: str, frames: int) -> None:
    out = io.BytesIO()
    sheets = [Image.new("RGB", (60, 90), (10, 80 * n, 30)) for n in range(frames)]
    sheets[0].save(out, sort, save_all=True, append_images=sheets[1:])
    told = "image/png" if sort == "PNG" else "image/jpeg"
    ink, _ = darkest(out.getvalue(), told)
    assert len(ink) == 1


def test_many_large_pages_are_refused_before_one_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rendering, "MOST_PIXELS_IN_ALL", 60 * 90 * 3 - 1)
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    content = picture("TIFF", frames=3)
    assert rendering.read(content, "image/tiff") == {"fault": "too_many_pixels"}
