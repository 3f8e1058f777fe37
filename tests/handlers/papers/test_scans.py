"""Scans: told by their content, drawn apart from us, kept once, and named by the approval."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from sqlalchemy.exc import ProgrammingError

from handlers.kit.sentences import sentence_of
from handlers.papers import scans
from handlers.papers.sandbox import ReaderFailed
from handlers.papers.scans import darkroom
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.papers.scan import Scan, ScanPage
from tests.kit.handlers.world import AYSE, ISMAIL, officer
from workflow.model.actor import Actor
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

PAPERS = [
    {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
    {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
]


def picture(sort: str = "PNG", size: tuple[int, int] = (60, 90), frames: int = 1) -> bytes:
    """Return a picture of some sort; more frames make a TIFF of several pages."""
    out = io.BytesIO()
    sheets = [Image.new("RGB", size, (200, 10 * n, 30)) for n in range(frames)]
    more = {"save_all": True, "append_images": sheets[1:]} if frames > 1 else {}
    sheets[0].save(out, sort, **more)
    return out.getvalue()


def pdf(pages: int = 2, *, script: bool = False) -> bytes:
    """Return a PDF of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 300)
    out = io.BytesIO()
    document.save(out)
    document.close()
    if not script:
        return out.getvalue()
    action = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"
    names = b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>>>"
    return out.getvalue().replace(b"/Type/Catalog", b"/Type/Catalog" + action + names)


def waiting(world: World, tckn: str = AYSE) -> int:
    """Return an application that waits for its signed form."""
    me = world.person(tckn)
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    return case


def keep(world: World, case: int, content: bytes, actor: Actor | None = None) -> int:
    """Keep a scan."""
    database, now = world.engine.database, world.clock.now()
    return scans.keep(database, actor or officer(), case, "application_form", content, now)


@pytest.mark.parametrize(
    ("content", "sort", "pages"),
    [
        (picture("PNG"), "image/png", 1),
        (picture("JPEG"), "image/jpeg", 1),
        (picture("TIFF", frames=3), "image/tiff", 3),
        (pdf(2), "application/pdf", 2),
    ],
    ids=["png", "jpeg", "tiff", "pdf"],
)
def test_a_scan_is_told_by_its_content_and_kept_with_its_pages(
    world: World, content: bytes, sort: str, pages: int
) -> None:
    scan_id = keep(world, waiting(world), content)
    kept = world.read(Scan, scan_id)
    assert (kept.media_type, kept.pages, kept.content) == (sort, pages, content)
    assert kept.uploaded_by == "user:1"
    drawn = world.all(ScanPage, scan_id=scan_id)
    assert [page.n for page in drawn] == list(range(1, pages + 1))
    for page in drawn:
        assert Image.open(io.BytesIO(page.picture)).format == "JPEG"
        assert Image.open(io.BytesIO(page.small)).width <= darkroom.SMALL


def test_the_same_file_is_kept_once_for_a_case(world: World) -> None:
    case, other = waiting(world), waiting(world, ISMAIL)
    first = keep(world, case, picture())
    assert keep(world, case, picture()) == first
    assert keep(world, other, picture()) != first
    assert len(world.all(Scan)) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan.empty"),
        (b"x" * (scans.LARGEST + 1), "scan.too_large"),
        (b"<html><script>alert(1)</script>", "scan.sort"),
        (b"GIF89a" + b"\0" * 50, "scan.sort"),
        (b"%PDF-1.7 nothing of the kind", "scan.unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "scan.unreadable"),
        (picture("JPEG")[:60], "scan.unreadable"),
        (pdf(darkroom.MOST_PAGES + 1), "scan.too_many_pages"),
        (picture("TIFF", frames=darkroom.MOST_PAGES + 1), "scan.too_many_pages"),
        (pdf(1, script=True), "scan.active"),
        (picture("PNG", size=(9_000, 9_000)), "scan.too_many_pixels"),
    ],
    ids=[
        "empty", "large", "html", "gif", "no pdf", "no png", "half a jpeg", "long pdf", "long tiff",
        "script", "huge",
    ],
)  # fmt: skip
def test_what_is_no_plain_scan_is_refused_with_a_sentence_and_leaves_nothing(
    world: World, content: bytes, code: str
) -> None:
    case = waiting(world)
    with pytest.raises(Invalid) as refused:
        keep(world, case, content)
    assert (refused.value.code, sentence_of(refused.value)[-1]) == (code, ".")
    assert world.all(Scan) == []


@pytest.mark.parametrize(
    ("content", "sort", "pages"),
    [(pdf(2), "application/pdf", 2), (picture("TIFF", frames=3), "image/tiff", 3)],
    ids=["pdf", "tiff"],
)
def test_every_page_is_drawn_in_two_sizes(content: bytes, sort: str, pages: int) -> None:
    drawn = darkroom.read(content, sort)["pages"]
    assert isinstance(drawn, list)
    assert len(drawn) == pages
    for page in drawn:
        large, small = (
            Image.open(io.BytesIO(base64.b64decode(page[size]))) for size in ("picture", "small")
        )
        assert (large.format, small.format) == ("JPEG", "JPEG")
        assert small.width <= darkroom.SMALL <= darkroom.WIDTH


@pytest.mark.parametrize(
    ("content", "sort", "fault"),
    [
        (b"%PDF-1.7", "application/pdf", "unreadable"),
        (pdf(0), "application/pdf", "unreadable"),
        (pdf(darkroom.MOST_PAGES + 1), "application/pdf", "too_many_pages"),
        (pdf(1, script=True), "application/pdf", "active"),
        (picture("JPEG")[:60], "image/jpeg", "unreadable"),
        (picture("PNG", size=(9_000, 9_000)), "image/png", "too_many_pixels"),
    ],
    ids=["no pdf", "no page", "long", "script", "half", "huge"],
)
def test_what_is_not_drawn_is_named(content: bytes, sort: str, fault: str) -> None:
    assert darkroom.read(content, sort) == {"fault": fault}


def test_a_pdf_with_a_password_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium, "FPDF_GetLastError", lambda: pdfium.FPDF_ERR_PASSWORD)
    assert darkroom.read(b"%PDF-1.7", "application/pdf") == {"fault": "locked"}


def test_what_needs_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(darkroom, "pictures", run_out)
    assert darkroom.read(picture(), "image/png") == {"fault": "too_many_pixels"}


def test_nothing_but_the_picture_is_left_of_a_file() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret words"
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (60, 90)).save(out, "JPEG", exif=exif)
    pages = darkroom.read(out.getvalue(), "image/jpeg")["pages"]
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
    assert darkroom.read(content, "application/pdf") == {"fault": "active"}


def test_links_that_only_lead_somewhere_are_no_actions() -> None:
    plain = annotated("/Subtype/Link/A<</S/URI/URI(http://a.invalid)>>")
    assert "pages" in darkroom.read(plain, "application/pdf")


def darkest(content: bytes, sort: str) -> tuple[list[int], int]:
    """Return the darkest grey of every page, and the lightest of the first."""
    pages = darkroom.read(content, sort)["pages"]
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
    monkeypatch.setattr(darkroom, "MOST_PIXELS_IN_ALL", 60 * 90 * 3 - 1)
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    content = picture("TIFF", frames=3)
    assert darkroom.read(content, "image/tiff") == {"fault": "too_many_pixels"}


def test_only_an_application_that_waits_for_paper_takes_scans_in(world: World) -> None:
    me = world.person(AYSE)
    draft = world.file(me, "first")
    for case in (draft, 999_999):
        with pytest.raises(Invalid) as refused:
            keep(world, case, picture())
        assert refused.value.code == "scan.state"
    with pytest.raises(Invalid) as refused:
        scans.keep(
            world.engine.database, officer(), draft, "passport", picture(), world.clock.now()
        )
    assert refused.value.code == "scan.kind"


def test_nobody_takes_in_his_own_paper(world: World) -> None:
    case = waiting(world)
    person = world.read(Application, case).person_id
    with pytest.raises(Invalid) as refused:
        keep(world, case, picture(), Actor("user:1", frozenset({"officer"}), "demo", person))
    assert refused.value.code == "scan.own"


def test_a_case_has_room_for_some_scans(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "MOST", 1)
    case = waiting(world)
    keep(world, case, picture())
    with pytest.raises(Invalid) as refused:
        keep(world, case, pdf())
    assert refused.value.code == "scan.too_many"


def test_a_scan_is_never_changed(world: World) -> None:
    keep(world, waiting(world), picture())
    for change in ("UPDATE scan SET kind = 'other'", "DELETE FROM scan_page"):
        with pytest.raises(ProgrammingError):
            world.write(change)


def test_the_approval_is_for_what_was_shown_and_names_every_scan(world: World) -> None:
    case = waiting(world)
    code = (
        "SELECT d.verification_code FROM document d JOIN application a ON a.form_sha256 = d.sha256"
    )
    with world.engine.database.connect() as connection:
        printed = connection.exec_driver_sql(code).scalar_one()
    first = keep(world, case, picture())
    payload = {"documents": PAPERS, "verification_code": printed}
    version = world.engine.fire(case, "register_paper", officer(1), payload).version
    with world.engine.database.connect() as connection:
        view = scans.seen(connection, case, version)
    second = keep(world, case, pdf())
    with pytest.raises(RuleFailed) as refused:
        world.engine.fire(case, "approve_paper", officer(2), {"view": view})
    assert refused.value.verdict.code == "paper.view_changed"
    with world.engine.database.connect() as connection:
        assert scans.seen(connection, case, version + 1) != scans.seen(connection, case, version)
        view = scans.seen(connection, case, version)
    world.engine.fire(case, "approve_paper", officer(2), {"view": view})
    (entry,) = world.all(JournalEntry, case_id=case, trigger="approve_paper")
    named = json.loads(entry.body)["documents"]
    assert named[1:] == [world.read(Scan, scan).sha256 for scan in (first, second)]
