"""The head of a desk: made and unmade by two administrators like every other right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.admin.conftest import account, newest

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.web.admin.conftest import Administrator


def test_two_administrators_make_and_unmake_a_head(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    number = staff.officer
    shown = first.browser.get(f"/yonetim/hesap/{number}")
    assert "Birim sorumlusu olmasını öner" in shown.links
    page = first.propose(number, "lead")
    assert page.heading.startswith("Birim sorumluluğunun verilmesi")
    assert (newest(world).role, account(world, number).leads) == ("officer", False)
    first.decide(newest(world).id, "approve", status=403)
    assert "09.03.2026" in first.browser.get(f"/yonetim/hesap/{number}").text  # it lapses then
    other.decide(newest(world).id, "approve")
    assert account(world, number).leads
    shown = first.browser.get(f"/yonetim/hesap/{number}")
    assert "Birim sorumluluğunun alınmasını öner" in shown.links
    again = first.propose(number, "lead", 422)
    assert "Hesap zaten böyle; değişecek bir şey yok." in again.text
    first.propose(number, "unlead")
    other.decide(newest(world).id, "approve")
    assert not account(world, number).leads
    assert "Hesap zaten böyle" in first.propose(number, "unlead", 422).text


def test_who_works_at_no_desk_leads_none(
    first: Administrator, third: Administrator, staff: Staff, world: World
) -> None:
    assert (
        "Birim sorumlusu olmasını öner"
        not in first.browser.get(f"/yonetim/hesap/{third.number}").links
    )
    page = first.propose(third.number, "lead", 422)
    assert "Birim sorumlusu yalnız başvuru ya da üretim görevlisi olabilir." in page.text
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=staff.officer)
    assert "Hesap kapalı" in first.propose(staff.officer, "lead", 422).text


@pytest.mark.parametrize(("act", "fields"), [("close", {}), ("role", {"rol": "operator"})])
def test_who_leaves_the_desk_leads_it_no_more(
    world: World,
    first: Administrator,
    other: Administrator,
    staff: Staff,
    act: str,
    fields: dict[str, str],
) -> None:
    first.propose(staff.officer, "lead")
    other.decide(newest(world).id, "approve")
    first.propose(staff.officer, act, 200, **fields)
    other.decide(newest(world).id, "approve")
    assert not account(world, staff.officer).leads
