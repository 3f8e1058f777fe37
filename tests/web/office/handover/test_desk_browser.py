"""The desk of parcels in a browser: a reader that types, the keyboard alone, axe, a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handlers.parcels.tracking_file import COLUMNS
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from tests.kit.handlers.courier.parcel_desk import fill_house, number
from tests.web.test_browser import look, overflow, sign_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover

DESK = "/ofis/kurye"


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Give the folder of pictures."""
    folder = Path(request.config.getoption("--pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def faults(page: Page, picture: Path) -> list[str]:
    """Return what is wrong with the page as it stands, wide and narrow; take both pictures."""
    page.screenshot(path=picture.with_suffix(".png"), full_page=True)
    wrong = violations(page)
    wide = overflow(page)
    page.screenshot(path=picture.with_name(f"{picture.name}-320.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong + ([f"too wide by {wide}"] if wide > 0 else [])


def test_a_reader_that_types_fills_a_list_without_a_mouse(
    page: Page, site: str, world: World, staff: Staff, pictures: Path
) -> None:
    assert staff.operator
    fill_house(world, 12)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    sign_in(page, site, "Işık Üretim")
    page.goto(f"{site}{DESK}")
    page.get_by_role("button", name="Liste başlat").press("Enter")
    field = page.get_by_label("Çizgi kod ya da takip numarası")
    field.wait_for()
    assert field.evaluate("one => one === document.activeElement")
    # Faster than any answer: what is read meanwhile waits for its turn.
    for code in (number(3), number(1), number(3), "YK99999999999999", number(2)):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    spoken = page.locator("#tarama-durumu")
    page.locator("#tarama-durumu", has_text=f"{number(2)} alındı.").wait_for()
    assert spoken.get_attribute("role") == "status"
    assert spoken.text_content() == f"{number(2)} alındı."
    assert field.evaluate("one => one === document.activeElement && one.value === ''")
    assert page.locator("#okutulan").text_content() == "3"
    assert page.locator("#bekleyen").text_content() == "9"
    assert page.locator("[data-kod]").count() == 9
    assert page.locator("#tarama-gunlugu li").all_text_contents() == [
        f"{number(2)} alındı.",
        "YK99999999999999 diye bir gönderimiz yok; çizgi kodu yeniden okutunuz.",
        f"{number(3)} zaten okutulmuştu.",
        f"{number(1)} alındı.",
        f"{number(3)} alındı.",
    ]
    assert faults(page, pictures / "kurye-liste") == []
    page.get_by_role("button", name="Listeyi kapat").press("Enter")
    page.get_by_text("Liste kapandı. Kurye görevlisine imzalatınız.").wait_for()
    assert faults(page, pictures / "kurye-kapanan-liste") == []
    [listing] = world.all(Handover)
    assert (listing.state, listing.scanned) == ("closed", 3)
    assert errors == []


def test_a_scan_that_could_not_be_sent_is_said_and_not_lost(
    page: Page, site: str, world: World, staff: Staff
) -> None:
    assert staff.operator
    fill_house(world, 1)
    sign_in(page, site, "Işık Üretim")
    page.goto(f"{site}{DESK}")
    page.get_by_role("button", name="Liste başlat").press("Enter")
    page.get_by_label("Çizgi kod ya da takip numarası").wait_for()
    page.route("**/tara", lambda route: route.abort())
    page.keyboard.type(number(1))
    page.keyboard.press("Enter")
    text = f"{number(1)} gönderilemedi; bağlantıyı denetleyip yeniden okutunuz."
    page.locator("#tarama-durumu", has_text=text).wait_for()
    assert {row.state for row in world.all(Parcel)} == {"booked"}


def test_returns_and_the_couriers_file_go_by_keyboard(
    page: Page, site: str, world: World, staff: Staff, pictures: Path, tmp_path: Path
) -> None:
    assert staff.operator
    fill_house(world, 3)
    sign_in(page, site, "Işık Üretim")
    page.goto(f"{site}{DESK}")
    page.get_by_role("button", name="Liste başlat").press("Enter")
    page.get_by_label("Çizgi kod ya da takip numarası").wait_for()
    for place in (1, 2):
        page.keyboard.type(number(place))
        page.keyboard.press("Enter")
    page.locator("#okutulan", has_text="2").wait_for()
    page.goto(f"{site}{DESK}/iadeler")
    page.get_by_label("İadenin nedeni").select_option("refused")
    page.get_by_label("Çizgi kod ya da takip numarası").focus()
    page.keyboard.type(number(1))
    page.keyboard.press("Enter")
    page.locator("#tarama-durumu", has_text=f"{number(1)} alındı.").wait_for()
    assert faults(page, pictures / "kurye-iade") == []
    lines = [
        ";".join(COLUMNS.values()),
        f"{number(2)};İade;02.03.2026 12:00;Taşınmış;;;;",
        f"{number(3)};Kayıp;02.03.2026 12:00;;;;;",
        f"{number(2)};yolda;02.03.2026 12:00;;;;;",
    ]
    file = tmp_path / "kurye.csv"
    file.write_text("\n".join(lines), "cp1254")
    page.goto(f"{site}{DESK}/teslimler")
    assert faults(page, pictures / "kurye-dosya") == []
    page.get_by_label("Kuryenin dosyası (CSV ya da XLSX)").set_input_files(file)
    page.get_by_role("button", name="Provaya geç").press("Enter")
    page.get_by_text("1 olay işlenebilir, 0 olay zaten kayıtlı, 2 satır alınmıyor.").wait_for()
    assert faults(page, pictures / "kurye-prova") == []
    page.get_by_role("button", name="İşle").press("Enter")
    page.get_by_text("1 olay işlendi").wait_for()
    assert faults(page, pictures / "kurye-sonuc") == []
    assert look(page, site, f"{DESK}/gecikenler", f"{DESK}/zarflar") == []
