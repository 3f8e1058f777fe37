"""Every upload that is read or kept goes through the virus scanner first."""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from handlers.lists.sample import as_csv, sample_rows
from states.papers.scan import Scan
from states.people.person import Person
from tests.handlers.papers.test_scans import picture
from tests.kit.scanner import BAD, Scanner, scanning
from tests.kit.web.staff import waiting_for_paper
from tests.web.institution.conftest import coordinator_at
from web.gate.composition import KEY
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


@pytest.fixture
def scanner(app: Flask) -> Iterator[Scanner]:
    """Give the scanner that the site asks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        one = stack.enter_context(scanning(folder))
        composition = app.extensions[KEY]
        settings = composition.settings.model_copy(update={"clamd": one.address})
        app.extensions[KEY] = replace(composition, settings=settings)
        yield one


def test_a_scan_with_a_virus_is_refused_in_words_and_in_the_log(
    world: World, officer: Visitor, scanner: Scanner
) -> None:
    address = f"/is/B{waiting_for_paper(world):09}/taramalar"
    for content, code in ((picture() + BAD, "upload.infected"), (BAD, "upload.infected")):
        officer.get(address)
        with capture_logs() as lines:
            page = officer.post(
                address, 422, tur="other", dosya=(io.BytesIO(content), "a.png", "image/png")
            )
        assert "zararlı yazılım bulundu" in page.text
        (line,) = [line for line in lines if line["event"] == "upload_refused"]
        assert (line["code"], line["found"]) == (code, "Test.Word-1")
        assert line["actor"].startswith("user:")
    assert world.all(Scan) == []
    officer.get(address)
    officer.post(address, tur="other", dosya=(io.BytesIO(picture()), "a.png", "image/png"))
    assert b"".join(scanner.pieces) == picture()
    assert len(world.all(Scan)) == 1


def test_a_scan_that_nobody_examined_is_not_kept(
    world: World, officer: Visitor, scanner: Scanner
) -> None:
    scanner.says = b""
    address = f"/is/B{waiting_for_paper(world):09}/taramalar"
    officer.get(address)
    file = (io.BytesIO(picture()), "a.png", "image/png")
    assert (
        "Virüs denetimi şu an yapılamıyor"
        in officer.post(address, 422, tur="other", dosya=file).text
    )
    assert world.all(Scan) == []


def test_a_staff_list_with_a_virus_enters_nobody(
    app: Flask, world: World, scanner: Scanner
) -> None:
    coordinator = coordinator_at(app, world, "TEST-16-01")
    before = len(world.all(Person))
    content = as_csv(sample_rows(day_in_istanbul(world.clock.now())))
    page = coordinator.upload(content + BAD, status=422)
    assert "zararlı yazılım bulundu" in page.text
    assert len(world.all(Person)) == before
    assert b"".join(scanner.pieces) == content + BAD
