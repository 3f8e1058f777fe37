"""The pages of the stock: receive, count, warn, put aside, destroy by two, a card's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from states.cases.card_box import CardBox
from states.cases.chip_card import ChipCard
from states.kit.reference import reference
from tests.kit.handlers.stock import fill_stock, receive_box

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

STOCK = "/ofis/stok"
BOX = {"name": "K1", "maker": "ÖRNEK KART", "first": "", "last": "", "numbers": ""}


def only_box(world: World) -> CardBox:
    (box,) = world.all(CardBox)
    return world.read(CardBox, box.id)


def cards(world: World) -> dict[str, str]:
    with world.engine.database.connect() as connection:
        found = connection.execute(text("SELECT number, state FROM chip_card ORDER BY number"))
        return {row.number: row.state for row in found}


def test_a_box_is_received_by_the_operator_and_counted_by_somebody_else(
    world: World, operator: Visitor, officer: Visitor
) -> None:
    page = operator.post(f"{STOCK}/kutu", 200, **BOX | {"first": "0098", "last": "0100"})
    box = only_box(world)
    place = f"{STOCK}/{box.reference}"
    assert page.response.request.path == place
    assert "Kutu teslim alındı: 3 kart." in page.text
    shown = operator.get(place)
    assert "Kutu K1" in shown.heading
    assert "Say ve stoğa al" in shown.text
    assert "Say ve stoğa al" not in shown.links
    refused = operator.post(f"{place}/count", 403, seen="1", cards="3")
    assert refused.all("p", role="alert")
    assert cards(world) == {}
    assert "Kutuyu açıp kartları siz sayınız" in officer.get(f"{place}/count").text
    wrong = officer.post(f"{place}/count", 422, seen="1", cards="2")
    assert "Sayılan 2 kart" in wrong.text
    assert wrong.title.startswith("Hata:")
    assert "Saydığınız kart sayısını" in officer.post(f"{place}/count", 422, seen="1").text
    officer.post(f"{place}/count", 200, seen="1", cards="3")
    assert cards(world) == {"0098": "in_stock", "0099": "in_stock", "0100": "in_stock"}
    again = officer.post(f"{place}/count", 409, seen="1", cards="3")
    assert again.all("p", role="alert")
    assert len(cards(world)) == 3


def test_each_wrong_box_is_answered_at_its_field_and_changes_nothing(
    world: World, operator: Visitor
) -> None:
    fill_stock(world, "ESKİ", "500", 2)
    for given, words in (
        ({}, "Ya ilk ve son numarayı ya da numara listesini yazınız."),
        ({"first": "1", "last": "2", "numbers": "3"}, "Ya ilk ve son numarayı"),
        ({"first": "1A", "last": "20"}, "“1A” bir kart numarası değil"),
        ({"numbers": "100 100"}, "100 listede birden çok kez geçiyor"),
        ({"first": "000000", "last": "099999"}, "burada 100000"),
        ({"first": "499", "last": "500"}, "1 kart numarası başka bir kutudan biliniyor"),
        ({"numbers": "501"}, "örneğin 501"),
        ({"first": "1", "last": "2", "name": "ESKİ"}, "“ESKİ” adlı kutu daha önce kaydedildi"),
        ({"first": "1", "last": "2", "maker": ""}, "Bu alanı doldurunuz."),
    ):
        page = operator.post(f"{STOCK}/kutu", 422, **BOX | given)
        assert words in page.text, (given, page.text)
        assert page.title.startswith("Hata:")
    assert only_box(world).name == "ESKİ"


def test_a_pasted_list_is_a_box_and_goes_back_with_a_reason(
    world: World, operator: Visitor
) -> None:
    operator.post(f"{STOCK}/kutu", 200, **BOX | {"numbers": "7\n9\n8"})
    box = only_box(world)
    assert (box.numbers, box.quantity, box.first_number) == (["7", "9", "8"], 3, "7")
    place = f"{STOCK}/{box.reference}/send_back"
    assert "Kutu açılmış ya da hasarlı" in operator.get(place).text
    assert "Bir neden seçiniz." in operator.post(place, 422, seen="1").text
    operator.post(place, 200, seen="1", cause="damaged", words="Bandı kesik")
    history = operator.get(f"{STOCK}/{box.reference}").text
    assert "Kutu açılmış ya da hasarlı: Bandı kesik" in history
    assert only_box(world).state == "sent_back"


def test_the_page_counts_boxes_and_warns_once_a_stock_is_kept(
    world: World, operator: Visitor, auditor: Visitor
) -> None:
    assert "Henüz sayılmış kutu yok" in operator.get(STOCK).text
    fill_stock(world, "K1", "100", 3)
    receive_box(world, "K2", "200", 5)
    page = operator.get(STOCK)
    assert "Stok azaldı: 3 boş kart kaldı; sınır 100. Yeni kutu isteyiniz." in page.text
    assert dict(zip(page.all("dt"), page.all("dd"), strict=True))["Boş kart"] == "3"
    assert "Kutu teslim al" in page.links
    assert "Kutu teslim al" not in auditor.get(STOCK).links
    world.write("UPDATE chip_card SET state = 'lost'")
    assert "Yeni bir kutu sayılana kadar üretim başlamaz" in operator.get(STOCK).text


def test_spoilt_cards_are_destroyed_by_two_people(
    world: World, operator: Visitor, officer: Visitor
) -> None:
    fill_stock(world, "K1", "100", 3)
    chips = {one.number: one.reference for one in world.all(ChipCard)}
    for number in ("100", "101"):
        place = f"{STOCK}/{chips[number]}/spoil"
        operator.post(place, 200, seen="1", cause="damaged", words="")
    page = operator.get(STOCK)
    assert "Kart hasar gördü" in page.text
    nothing = operator.post(f"{STOCK}/secilen/set_aside")
    assert "Önce kartları seçiniz" in nothing.text
    both = [chips["100"], chips["101"]]
    operator.post(f"{STOCK}/secilen/set_aside", 200, cards=both)
    assert cards(world) == {"100": "to_be_destroyed", "101": "to_be_destroyed", "102": "in_stock"}
    alone = operator.post(f"{STOCK}/secilen/destroy", 200, cards=both)
    assert "2 kart için yapılmadı" in alone.text
    assert cards(world)["100"] == "to_be_destroyed"
    done = officer.post(f"{STOCK}/secilen/destroy", 200, cards=[chips["100"]])
    assert "1 kart için yapıldı" in done.text
    assert cards(world) == {"100": "destroyed", "101": "to_be_destroyed", "102": "in_stock"}
    officer.post(f"{STOCK}/secilen/destroy", 404, cards=["B000000001"])
    officer.post(f"{STOCK}/secilen/destroy", 404, cards=["kart"])


def test_a_card_is_found_by_its_number_and_shows_its_history(
    world: World, operator: Visitor
) -> None:
    fill_stock(world, "K1", "100", 2)
    page = operator.post(f"{STOCK}/ara", numara=" 101")
    assert "Kart 101" in page.heading
    assert "2. kart" in page.text
    assert "Stoğa al → Stokta" in page.text
    assert "Başvuru" not in page.all("dt")
    missed = operator.post(f"{STOCK}/ara", numara="999")
    assert "“999” numaralı kart stokta hiç olmadı." in missed.text


def test_a_card_leads_to_its_application(world: World, operator: Visitor, made: int) -> None:
    (chip,) = world.all(ChipCard)
    page = operator.get(f"{STOCK}/{chip.reference}")
    assert reference("application", made) in page.links
    assert "başvurunun sayfasında imha ya da kayıp olarak işleyiniz" in page.text
    operator.post(f"{STOCK}/{chip.reference}/spoil", 422, seen="3", cause="damaged", words="")
    assert cards(world) == {"100": "made"}


def test_what_is_no_box_or_card_is_not_shown(world: World, operator: Visitor, made: int) -> None:
    (chip,) = world.all(ChipCard)
    for wrong in (reference("application", made), "T000000999", "kutu-1", "yok"):
        operator.get(f"{STOCK}/{wrong}", 404)
    operator.get(f"{STOCK}/{reference('box', chip.id)}", 404)
    operator.get(f"{STOCK}/{chip.reference}/stock", 404)
    operator.post(f"{STOCK}/{chip.reference}/enclose", 404, seen="3")
    assert "Zarfına koy" not in operator.get(f"{STOCK}/{chip.reference}").links
    assert cards(world) == {"100": "made"}
    operator.get(f"{STOCK}/{chip.reference}/yok", 404)
    operator.post(f"{STOCK}/{chip.reference}/lose", 400, seen="x", cause="other", words="x")
