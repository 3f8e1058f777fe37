"""The first page: what this is, three doors, and the ways in behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

WAYS = "Kartla giriş (e-imza)"


@pytest.mark.usefixtures("staff")
def test_the_first_page_has_three_doors_each_with_the_people_behind_it(
    world: World, visitor: Visitor
) -> None:
    world.person()
    page = visitor.get("/")
    assert page.heading == "Nitelikli elektronik sertifika (NES) işlemleri"
    assert page.all("h2")[:3] == ["Başvuru sahibi", "Kurum yetkilisi", "Ofis çalışanı"]
    assert "Kartla gir (e-imza)" in page.all("button")
    for text, roles in (
        ("Deneme kişisi seç", ["Başvuru sahibi"]),
        ("Kurum girişi", ["Kurum yetkilisi"]),
        ("Ofis girişi", ["Başvuru görevlisi", "Üretim görevlisi", "Denetçi"]),
    ):
        assert visitor.get(page.links[text]).all("h2") == [WAYS, *roles]
    assert "Kurum yetkilisi olarak giriş." in visitor.get("/giris?kapi=kurum").text
    assert visitor.get("/giris?kapi=yok").all("h2") == visitor.get("/giris").all("h2")


def test_who_is_signed_in_goes_from_the_first_page_to_the_start_page(officer: Visitor) -> None:
    assert officer.get("/").heading == "İş listem"
