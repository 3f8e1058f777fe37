"""The people of the tests and the steps that bring an application to where a test begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.applications.payloads import CHECK_LIST
from states.cases.application import Application
from states.kit.reference import reference
from states.papers.document import Document
from tests.kit.handlers.paper import lay_scan
from tests.kit.handlers.world import officer

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

PAPERS = [
    {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
    {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
]


@dataclass(frozen=True)
class Staff:
    """The ids of the accounts."""

    officer: int
    second: int
    operator: int
    auditor: int
    coordinator: int


def waiting_for_paper(world: World, tckn: str = "10000000146", surname: str = "Örnekoğlu") -> int:
    """File a first application; it waits for its person to show himself and sign at the desk."""
    me = world.person(tckn, surname=surname)
    case = world.file(me, "first")
    assert world.choose(case, me, "in_person").state == "in_person"
    return case


def printed_code(world: World, case: int) -> str:
    """Return the verification code on the paper of an application."""
    form = world.read(Application, case).form_sha256
    return world.read(Document, form).verification_code


def under_review(world: World, officer_id: int, tckn: str = "10000000146") -> int:
    """Bring a paper application to its review, registered by an officer."""
    case = waiting_for_paper(world, tckn)
    payload = {"documents": PAPERS, "verification_code": printed_code(world, case)}
    actor = officer(officer_id)
    lay_scan(world, case)
    world.engine.fire(case, "register_paper", actor, payload)
    return case


def approval(second: Visitor, case: int) -> dict[str, Any]:
    """Open the page of the approval and each page of paper on it; return its form filled in."""
    page = second.get(path(case, "islem", "approve_paper"))
    for picture in page.tree.iter("img"):
        assert second.client.get(picture.get("src", "")).content_type == "image/jpeg"
    shown = {name: page.value(name) for name in ("seen", "view")}
    return {**shown, "how": "face_to_face", "checked": list(CHECK_LIST), "reason": ""}


def path(case: int, *more: str) -> str:
    """Return the address of a case or of one of its pages."""
    return "/".join((f"/is/{reference('application', case)}", *more))
