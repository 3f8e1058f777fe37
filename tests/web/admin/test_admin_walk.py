"""Rights are granted by two administrators, each at a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.people.user import User
from tests.kit.handlers.world import AYSE, open_account
from tests.kit.web.desk import seats, seen, templates
from tests.web.admin.conftest import account, newest

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

YAPRAK, SEVGI = "Yaprak Yönetici", "Sevgi Yönetici"


@pytest.fixture(autouse=True)
def administrators(world: World) -> None:
    """Enter three administrators: with fewer than two nobody could be closed."""
    with world.engine.database.begin() as connection:
        for name in (YAPRAK, SEVGI, "Çetin Yönetici"):
            open_account(
                connection, name, "administrator", world.clock.now(), subject=f"sub-{name}"
            )


def proposed(yaprak: Seat) -> None:
    """Propose that an officer becomes an auditor."""
    yaprak.follow("İlker Görevli")
    yaprak.look()
    yaprak.follow("Rol değişikliği öner")
    yaprak.press("Öner")
    assert yaprak.page.title().startswith("Hata:")
    yaprak.page.get_by_label("Rol", exact=True).select_option(label="Denetçi")
    yaprak.page.get_by_label("Gerekçe").fill("Denetim birimine geçti.")
    yaprak.look()
    yaprak.press("Öner")


def proposed_text(world: World, yaprak: Seat) -> None:
    """Look at another wording of a message, and propose it."""
    yaprak.menu("İleti metinleri")
    yaprak.look("admin-texts")
    yaprak.follow("IM.32")
    yaprak.look()
    yaprak.follow("Değişiklik öner")
    yaprak.page.get_by_label("Türkçe konu").fill("Başvurunuz gününü bekliyor")
    yaprak.press("Önizle")
    yaprak.look("admin-text-form")
    yaprak.page.get_by_label("Yürürlük günü").fill(f"{world.clock.now():%Y-%m-%d}")
    yaprak.page.get_by_label("Gerekçe").fill("Kısa ve açık.")
    yaprak.press("Öner")
    assert yaprak.heading.startswith("Metin değişikliği")
    yaprak.look("admin-text-change")


def test_a_role_is_proposed_by_one_and_granted_by_another(
    world: World, staff: Staff, seats: Seats
) -> None:
    ilker = seats("İlker Görevli")
    yaprak = seats(YAPRAK)
    assert yaprak.heading == "Hesaplar"
    yaprak.look("admin-accounts")
    proposed(yaprak)
    assert "Neden karar veremiyorum?" in yaprak.text
    assert yaprak.button("Onayla ve uygula").count() == 0
    assert account(world, staff.second).roles == ["officer"]
    yaprak.look()

    sevgi = seats(SEVGI)
    sevgi.menu("Yetki önerileri")
    sevgi.look()
    sevgi.follow(newest(world).reference)
    sevgi.look("admin-proposal")
    sevgi.button("Onayla ve uygula").dblclick()
    sevgi.menu("Yetki önerileri")
    assert "Karar bekleyen öneri yok." in sevgi.text
    assert account(world, staff.second).roles == ["auditor"]

    ilker.menu("Tüm başvurular")
    assert ilker.heading == "Giriş"
    assert "Hesabınızın yetkileri değişti" in ilker.text
    ilker.press("İlker Görevli")
    assert ilker.heading == "Bu işlem için yetkiniz yok"
    ilker.look()
    ilker.follow("Başlangıç sayfasına dön")
    assert ilker.heading == "Günlük"


def test_a_new_account_is_proposed_and_every_page_of_an_administrator_looked_at(
    world: World, seats: Seats
) -> None:
    yaprak = seats(YAPRAK)
    yaprak.follow("Yeni hesap öner")
    yaprak.press("Öner")
    assert yaprak.page.get_by_role("alert").get_by_role("listitem").count() == 4
    yaprak.look()
    yaprak.page.get_by_label("Ad", exact=True).fill("Gülşah")
    yaprak.page.get_by_label("Soyad", exact=True).fill("Yılmaz")
    yaprak.page.get_by_label("Giriş hizmetindeki kimlik").fill("sub-gulsah")
    yaprak.page.get_by_label("Rol", exact=True).select_option(label="Başvuru görevlisi")
    yaprak.page.get_by_label("Gerekçe").fill("İşe başladı.")
    yaprak.press("Öner")
    assert "Bu rol için kimlik numarası gerekir" in yaprak.text
    yaprak.look()
    yaprak.page.get_by_label("T.C. kimlik numarası").fill(AYSE)
    yaprak.press("Öner")
    assert newest(world).name == "Gülşah Yılmaz"
    assert "Gülşah Yılmaz (yeni)" in yaprak.text
    yaprak.look()
    for entry, name in (("Hesaplar", "Yaprak Yönetici"), ("Yetki önerileri", "Gülşah Yılmaz")):
        yaprak.menu(entry)
        assert name in yaprak.text
        yaprak.look()
    yaprak.go(f"/yonetim/hesap/{world.all(User)[1].id}")
    yaprak.look()
    yaprak.follow("Kapatılmasını öner")
    yaprak.look()
    proposed_text(world, yaprak)
    assert templates("admin") - yaprak.seen.looked_at == set()
