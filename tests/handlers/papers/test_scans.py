"""Scans: told by their content, drawn apart from us, kept once, and named by the approval."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy.exc import ProgrammingError

from handlers.kit.sentences import sentence_of
from handlers.papers import scans
from handlers.papers.scans import rendering
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.papers.scan import Scan, ScanPage
from tests.kit.handlers.paper import approve_paper
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
        assert Image.open(io.BytesIO(page.small)).width <= rendering.SMALL


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
        (pdf(rendering.MOST_PAGES + 1), "scan.too_many_pages"),
        (picture("TIFF", frames=rendering.MOST_PAGES + 1), "scan.too_many_pages"),
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
    approve_paper(world, case, officer(2), view=view)
    (entry,) = world.all(JournalEntry, case_id=case, trigger="approve_paper")
    named = json.loads(entry.body)["documents"]
    assert named[1:] == [world.read(Scan, scan).sha256 for scan in (first, second)]
