"""After a move the next case: of one's own first, then of nobody's, the most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.desk import claims
from tests.kit.handlers.world import ISMAIL, officer
from tests.kit.web.staff import approval, path, under_review

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

MERT, ADA = "10000000214", "10000000382"


def approve_and_go_on(second: Visitor, case: int) -> Page:
    """Approve the paper of a case and ask for the next one."""
    form = approval(second, case)
    return second.post(path(case, "islem", "approve_paper"), **form, siradaki="1")


def test_after_a_move_comes_the_next_case_in_which_it_can_be_made(
    world: World, staff: Staff, second: Visitor
) -> None:
    own = under_review(world, staff.second, MERT)  # registered by the one who approves
    first, following = (under_review(world, staff.officer, one) for one in (ISMAIL, ADA))
    page = approve_and_go_on(second, first)
    assert page.heading == "Evrakı onayla"
    assert path(following).removeprefix("/is/") in page.links
    said = f"{path(first).removeprefix('/is/')}: Evrakı onayla yapıldı."
    assert said in page.text
    last = approve_and_go_on(second, following)
    assert last.heading == "İş listem"
    assert "Bu işlem için sırada başka başvuru yok." in last.text
    assert world.state(own) == "paper_received"


def test_what_one_holds_comes_before_what_nobody_does_and_another_s_is_left(
    world: World, staff: Staff, second: Visitor
) -> None:
    first, free, held, other = (
        under_review(world, staff.officer, one) for one in (ISMAIL, MERT, ADA, "10000000450")
    )
    claims.claim(world.engine, held, officer(staff.second))
    claims.claim(world.engine, other, officer(staff.officer))
    shown = [path(one).removeprefix("/is/") for one in (held, free)]
    assert shown[0] in approve_and_go_on(second, first).links
    assert shown[1] in approve_and_go_on(second, held).links
    assert approve_and_go_on(second, free).heading == "İş listem"
