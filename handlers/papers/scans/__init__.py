"""Takes in scans of paper: told by their content, drawn apart, kept once, and shown as pictures."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from handlers.papers.sandbox import Bounds, ReaderFailed, SandboxReader, read_apart
from handlers.papers.scans import rendering
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID
from states.papers.scan import Scan, ScanPage
from workflow.model.definition import Text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from workflow.model.actor import Actor

LARGEST = 10 * 1024 * 1024
"""Bytes of a scan."""

MOST = 10
"""Scans of one application."""

RENDERER = SandboxReader(
    Path(rendering.__file__), Bounds(memory=1536 * 1024**2, cpu=15, wall=25, answer=64 * 1024**2)
)
"""Who draws, and what with: 200 million pixels of a TIFF take some 3 seconds."""

SORTS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
"""What a file begins with, and its sort; what it is called or said to be counts for nothing."""

SUFFIXES = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif",
}  # fmt: skip
"""How the name of a file of each sort ends."""

KINDS = {
    "application_form": Text(
        "İmzalı başvuru formu ve taahhütname", "Signed application form and undertaking"
    ),
    "identity": Text("Kimlik belgesi", "Identity document"),
    "other": Text("Diğer belge", "Another document"),
}
"""What a scan shows."""

NAME_PROOF = "name_proof"
"""What proves another name; it belongs to the change of the name and to no application."""

TITLES = {**KINDS, NAME_PROOF: Text("Ad değişikliğinin belgesi", "Document of the change of name")}
"""What any scan shows."""

TAKEN_IN = ("wet_signature", "in_person", "paper_received")
"""The states of an application in which paper is taken in."""

FAULTS = frozenset({"unreadable", "locked", "active", "too_many_pages", "too_many_pixels"})
"""What the program that draws may say of a file; the code is ``scan.<fault>``."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page as we drew it, large and small (JPEG)."""

    picture: bytes
    small: bytes


@dataclass(frozen=True, slots=True)
class KeptScan:
    """One scan as it is listed: everything but its bytes."""

    id: int
    sha256: str
    kind: str
    media_type: str
    pages: int
    uploaded_at: datetime
    uploaded_by: str


def sort_of(content: bytes) -> str:
    """Return the media type that the content shows; Invalid for what is no scan."""
    if not content:
        raise Invalid("scan.empty")
    if len(content) > LARGEST:
        raise Invalid("scan.too_large", megabytes=LARGEST // 1024**2)
    found = next((sort for mark, sort in SORTS.items() if content.startswith(mark)), None)
    if found is None:
        raise Invalid("scan.sort")
    return found


def draw(content: bytes, sort: str) -> list[Drawn]:
    """Return the pages of a scan, drawn by a program of its own; Invalid."""
    try:
        answer = read_apart(RENDERER, content, sort)
        if "fault" in answer:
            # The program works on a stranger's file: what it says is believed only if it is known.
            raise _fault(answer["fault"] if answer["fault"] in FAULTS else "unreadable")
        return [
            Drawn(base64.b64decode(page["picture"]), base64.b64decode(page["small"]))
            for page in answer["pages"]
        ]
    except (ReaderFailed, KeyError, TypeError, binascii.Error) as error:
        raise _fault("unreadable") from error


def _fault(fault: str) -> Invalid:
    return Invalid(f"scan.{fault}", most=rendering.MOST_PAGES)


@dataclass(frozen=True, slots=True)
class DrawnScan:
    """One file that was found to be a scan and drawn, before it is kept."""

    content: bytes
    kind: str
    media_type: str
    pages: tuple[Drawn, ...]

    @property
    def sha256(self) -> str:
        """The name of the file, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def drawn_scan(content: bytes, kind: str) -> DrawnScan:
    """Return a file as a scan with its pages drawn; Invalid for what is none."""
    sort = sort_of(content)
    if kind not in TITLES:
        raise Invalid("scan.kind")
    return DrawnScan(content, kind, sort, tuple(draw(content, sort)))


def keep(
    database: Engine, actor: Actor, case_id: int, kind: str, content: bytes, now: datetime
) -> int:
    """Keep a scan for an application and return its id, the earlier one's for the same file.

    Invalid for what is no scan, for an application that takes in no paper, and for one's own.
    """
    drawn = drawn_scan(content, kind)
    with database.begin() as connection:
        return store(connection, actor, case_id, drawn, now)


def store(
    connection: Connection, actor: Actor, case_id: int, drawn: DrawnScan, now: datetime
) -> int:
    """Keep a drawn scan in a transaction under way, as ``keep`` does."""
    _taken_in(connection, actor, case_id)
    return add(connection, actor, case_id, drawn, now)


def add(connection: Connection, actor: Actor, case_id: int, drawn: DrawnScan, now: datetime) -> int:
    """Keep a drawn scan of a case that is locked and takes it; return its id, the earlier one's."""
    query = select(Scan.sha256, Scan.id).where(Scan.case_id == case_id)
    known: dict[str, int] = {row.sha256: row.id for row in connection.execute(query)}
    if drawn.sha256 in known:
        return known[drawn.sha256]
    if len(known) >= MOST:
        raise Invalid("scan.too_many", most=MOST)
    values = {
        "case_id": case_id, "sha256": drawn.sha256, "kind": drawn.kind,
        "media_type": drawn.media_type, "pages": len(drawn.pages), "content": drawn.content,
        "uploaded_at": now, "uploaded_by": actor.name,
    }  # fmt: skip
    scan_id: int = connection.execute(insert(Scan).values(values).returning(Scan.id)).scalar_one()
    pages = [
        {"scan_id": scan_id, "n": n, "picture": page.picture, "small": page.small}
        for n, page in enumerate(drawn.pages, start=1)
    ]
    connection.execute(insert(ScanPage), pages)
    return scan_id


def _taken_in(connection: Connection, actor: Actor, case_id: int) -> None:
    """Lock the application; Invalid where no paper is taken in."""
    query = select(Application.state, Application.person_id).where(Application.id == case_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None or row.state not in TAKEN_IN:
        raise Invalid("scan.state")
    if actor.person_id is not None and row.person_id == actor.person_id:
        raise Invalid("scan.own")


def of_case(connection: Connection, case_id: int) -> list[KeptScan]:
    """Return the scans of an application in order, without their bytes."""
    columns = [getattr(Scan, field.name) for field in fields(KeptScan)]
    query = select(*columns).where(Scan.case_id == case_id).order_by(Scan.id)
    return [KeptScan(*row) for row in connection.execute(query)]


def page_of(connection: Connection, case_id: int, scan_id: int, n: int) -> tuple[str, bytes] | None:
    """Return the hash of a scan of a case and its page ``n`` as we drew it; None for none."""
    query = (
        select(Scan.sha256, ScanPage.picture)
        .join(ScanPage, ScanPage.scan_id == Scan.id)
        .where(Scan.id == min(scan_id, MAX_ID), Scan.case_id == case_id)
        .where(ScanPage.n == min(n, rendering.MOST_PAGES + 1))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.sha256, row.picture)


def seen(connection: Connection, case_id: int, version: int) -> str:
    """Return the hash of what a case page shows of the paper: the version and every scan.

    An approval carries it, so that nobody approves what they have not seen.
    """
    hashes = [scan.sha256 for scan in of_case(connection, case_id)]
    return hashlib.sha256("\n".join([str(version), *hashes]).encode()).hexdigest()
