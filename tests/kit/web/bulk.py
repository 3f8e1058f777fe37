"""Bulk moves of the tests: cases ticked on a list, and the batch that comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from states.cases.batch import Batch
from states.kit.reference import reference
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

    Many = Callable[..., list[int]]


HELD = "/toplu?liste=hepsi&durum=held"


WHY: dict[str, Any] = {"islem": "reject", "code": "duplicate", "reason": ""}


def refs(ids: Iterable[int]) -> list[str]:
    return [reference("application", number) for number in ids]


def asked(officer: Visitor, ids: Iterable[int], **more: Any) -> Page:  # noqa: ANN401 - fields of a form
    """Ask for a rehearsal of cases that were ticked."""
    officer.get("/basvurular")
    return officer.post("/toplu", kapsam="secili", basvuru=refs(ids), **{**WHY, **more})


def address(page: Page) -> str:
    return urlsplit(page.response.request.path).path


def batch(world: World) -> Batch:
    """Return the newest batch as it stands."""
    newest = world.all(Batch)[-1].id
    found = batches.read(world.engine.database, newest)
    assert found is not None
    return found


def options(page: Page) -> list[str]:
    return [text for text in page.all("option") if text]
