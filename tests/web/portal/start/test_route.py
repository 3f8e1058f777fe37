"""The router's card on the start page: the first thing, with a button that leads on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from states.kit.reference import reference
from tests.kit.handlers.world import applicant
from tests.kit.web.lint import text_of
from tests.web.portal.conftest import signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from tests.web.portal.conftest import Holder


def test_the_card_of_a_holder_leads_to_the_renewal(
    app: Flask, world: World, holder: Holder
) -> None:
    page = holder.browser.get("/basvurularim")
    assert "Yenileme başvurunuzu şimdiden yapabilirsiniz." in page.text
    assert page.links["e-onay ver"] == "/e-onay"
    assert [text_of(link) for link in page.tree.iter("a")].count("e-onay ver") == 1
    world.clock.set(datetime(2026, 7, 25, 9, 0, tzinfo=UTC))
    browser = signed_in(app, holder.person_id)
    page = browser.get("/basvurularim")
    named = reference("certificate", holder.held.certificate_id)
    assert page.text.index("Sertifikanızı bugün yenileyiniz.") < page.text.index("Başvurular (")
    assert "Kurumunuzun istediği son gün (10.07.2026) geçti" in page.text
    assert page.text.count("kartın beklenen günü 01.08.2026") == 2
    address = page.links["Yenileme başvurusu yap"]
    assert address == f"/basvurularim/yeni/yontem?tur=renewal&sertifika={named}"
    assert browser.get(address).heading.startswith("Onaylama yöntemini seç")


def test_the_page_of_a_certificate_shows_the_card_that_is_about_it(
    world: World, holder: Holder
) -> None:
    number = holder.held.certificate_id
    mine = f"/sertifikalarim/{reference('certificate', number)}"
    later = world.certificate(holder.person_id, date(2028, 1, 1), "b2")
    page = holder.browser.get(mine)
    assert "Yenileme başvurunuzu şimdiden yapabilirsiniz." in page.text
    assert "kartın beklenen günü" in page.text
    assert page.links["Yenileme başvurusu yap"].endswith(reference("certificate", number))
    other = holder.browser.get(f"/sertifikalarim/{reference('certificate', later)}")
    assert "Yenileme başvurusu yap" not in other.links
    world.file(holder.person_id, "renewal", number)
    page = holder.browser.get(mine)
    assert "Başvurunuz sizi bekliyor: B" in page.text
    assert "kartın beklenen günü" not in page.text
    assert page.links["Başvuruyu göster"].startswith("/basvurularim/B")


def test_the_card_of_a_certificate_does_not_lead_to_the_page_it_stands_on(
    world: World, holder: Holder
) -> None:
    number = holder.held.certificate_id
    world.write(
        "UPDATE certificate SET state = 'suspended', suspended_by = 'office' WHERE id = :id",
        id=number,
    )
    world.certificate(holder.person_id, date(2026, 4, 1), "b2")
    page = holder.browser.get(f"/sertifikalarim/{reference('certificate', number)}")
    assert "Başvuru ofisini arayınız." in page.text
    assert "kartın beklenen günü" not in page.text
    assert "Sertifikayı göster" not in page.links


def test_an_open_application_and_its_page_are_one_press_apart(world: World, holder: Holder) -> None:
    world.file(holder.person_id, "renewal", holder.held.certificate_id)
    page = holder.browser.get("/basvurularim")
    assert "Başvurunuz sizi bekliyor: B" in page.text
    assert "Yenileme başvurusu yap" not in page.links
    assert page.links["Başvuruyu göster"].startswith("/basvurularim/B")


def test_who_has_none_is_led_to_the_desk(newcomer: Visitor) -> None:
    page = newcomer.get("/basvurularim")
    assert "İlk sertifikanız için başvurunuz." in page.text
    assert "Geçerli sertifikası olmayanlardan bu tarihte ıslak" in page.text
    assert page.links["Başvuruyu aç"].startswith("/basvurularim/yeni/yontem?tur=first")


def test_a_new_card_leads_to_its_certificate(app: Flask, world: World, holder: Holder) -> None:
    assert applicant(holder.person_id).person_id == holder.person_id
    world.write(
        "UPDATE certificate SET state = 'suspended', suspended_by = 'office' WHERE id = :id",
        id=holder.held.certificate_id,
    )  # fmt: skip
    world.certificate(holder.person_id, date(2029, 1, 1), "b2")
    page = signed_in(app, holder.person_id).get("/basvurularim")
    named = reference("certificate", holder.held.certificate_id)
    assert "Başvuru ofisini arayınız." in page.text
    assert page.links["Sertifikayı göster"] == f"/sertifikalarim/{named}"
