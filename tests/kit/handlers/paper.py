"""Paper as people have it: the words of a PDF, a scan, the approval of what was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

from handlers.applications.payloads import CHECK_LIST
from handlers.kit.reads import DataAccess, record_reads
from handlers.papers import scans
from handlers.papers.scans import sightings
from states.cases.application import Application
from workflow.model.actor import system

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor
    from workflow.model.request import Moved

PAGE = scans.Drawn(b"\xff\xd8large", b"\xff\xd8small")
"""A page as it might have been drawn; nobody looks at it."""


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


def lay_scan(world: World, case: int, *, pages: int = 1, kind: str = "application_form") -> None:
    """Lay a scan with an application that waits for paper or has it, drawn by no program."""
    content = f"%PDF-TEST {case} {kind}".encode()
    drawn = scans.DrawnScan(content, kind, "application/pdf", (PAGE,) * pages)
    with world.engine.database.begin() as connection:
        scans.store(connection, system("scanner"), case, drawn, world.clock.now())


def look_through(world: World, case: int, actor: Actor) -> None:
    """Record that somebody has opened every page of the scans of an application."""
    person = world.read(Application, case).person_id
    with world.engine.database.begin() as connection:
        for scan in scans.of_case(connection, case):
            for n in range(1, scan.pages + 1):
                access = DataAccess(sightings.one_page(scan.sha256, n), "TEST")
                record_reads(connection, actor, world.clock.now(), access, [person])


def approve_paper(
    world: World, case: int, actor: Actor, reason: str | None = None, **said: object
) -> Moved:
    """Lay the scan where there is none, look at it, tick the list, and approve."""
    with world.engine.database.connect() as connection:
        there = scans.of_case(connection, case)
    if not there:
        lay_scan(world, case)
    look_through(world, case, actor)
    payload = {"checked": list(CHECK_LIST), **said}
    return world.engine.fire(case, "approve_paper", actor, payload, reason=reason)
