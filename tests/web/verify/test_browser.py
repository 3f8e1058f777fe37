"""The public page of documents in a real browser: axe finds nothing, and it fits a small screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload

from states.cases.application import Application
from states.papers.document import Document
from tests.web.test_browser import look, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


def test_asking_and_comparing_are_accessible(page: Page, site: str, world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    form = world.read(Document, world.read(Application, case).form_sha256)
    asked = f"/dogrula?kod={form.verification_code}"
    assert look(page, site, "/dogrula", "/dogrula?kod=1", asked) == []
    for content, answer in ((form.content, "Dosya aynı."), (form.content[:-1], "Dosya farklı.")):
        page.goto(f"{site}{asked}")
        file = FilePayload(name="form.pdf", mimeType="application/pdf", buffer=content)
        page.get_by_label("Elinizdeki dosya").set_input_files(file)
        page.get_by_role("button", name="Karşılaştır").click()
        page.get_by_text(answer).wait_for()
        assert violations(page) == []
