"""The page of who has how much in hand, and the page that gives a case to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.cases.application import Application
from tests.kit.web.staff import path, under_review

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor


def test_a_case_is_given_to_a_colleague_from_its_page(
    world: World, staff: Staff, officer: Visitor, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    assert officer.get(path(case)).links["Başka görevliye ver"] == path(case, "ver")
    page = officer.get(path(case, "ver"))
    options = [option.text for option in page.tree.iter("option")]
    assert options == ["İlker Görevli (0, 0)"]
    said = officer.post(path(case, "ver"), kime=str(staff.second))
    assert "Başvuru görevliye verildi." in said.text
    assert world.read(Application, case).holder_id == staff.second
    assert "Başka görevliye ver" not in said.links
    loads = officer.get("/is-yuku")
    rows = [
        [cell.text for cell in row if cell.tag in {"th", "td"}] for row in loads.tree.iter("tr")
    ]
    assert ["İlker Görevli", "1", "0", "0"] in rows
    assert "Başka görevliye ver" in second.get(path(case)).links
    assert "İlker Görevli" in officer.get(path(case, "gecmis")).text


def test_what_cannot_be_given_is_said_and_odd_forms_are_not_understood(
    world: World, staff: Staff, officer: Visitor, operator: Visitor
) -> None:
    case = under_review(world, staff.officer)
    officer.get(path(case, "ver"))
    said = officer.post(path(case, "ver"), kime=str(staff.operator))
    assert "Bu başvuru o görevliye verilemez" in said.text
    officer.post(path(case, "ver"), status=400, kime="x")
    assert world.read(Application, case).holder_id is None
    consent = f"/is/O{world.offer(world.read(Application, case).person_id):09}/ver"
    officer.get(consent, status=404)
    officer.post(consent, status=404, kime="1")
    assert "Bu görevde başka bir görevli yok." in operator.get(path(case, "ver")).text
