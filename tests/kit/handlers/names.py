"""The proof of another name, as two officers handle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.kit.reads import record_read
from handlers.papers import scans
from handlers.papers.scans import sightings
from handlers.people import name_proof
from tests.handlers.papers.test_scans import picture
from tests.kit.handlers.world import officer

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


def scan_proof(world: World, case: int, frames: int = 1) -> int:
    """Let the first officer scan the document of a proposal; return the scan's id."""
    sort = "TIFF" if frames > 1 else "PNG"
    return name_proof.keep(world.engine, officer(), case, picture(sort, frames=frames))


def read_proof(world: World, case: int, number: int = 2, pages: int | None = None) -> None:
    """Let an officer open the first pages of each scan of a proposal, all by default."""
    with world.engine.database.connect() as connection:
        person = connection.scalar(
            text("SELECT person_id FROM contact_change WHERE id = :case"), {"case": case}
        )
        kept = scans.of_case(connection, case)
    for scan in kept:
        for n in range(1, (scan.pages if pages is None else pages) + 1):
            what = sightings.one_page(scan.sha256, n)
            record_read(world.engine, officer(number), what, "review", person)


def approve_name(world: World, case: int) -> None:
    """Let the proof be scanned and read, and the second officer approve."""
    scan_proof(world, case)
    read_proof(world, case)
    world.engine.fire(case, "approve", officer(2), workflow="contact_change")
