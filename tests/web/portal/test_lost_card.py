"""A lost card at the portal: its certificate stops at once, and a new card is applied for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.certificate import Certificate
from states.kit.reference import reference
from states.logs.journal import JournalEntry
from tests.web.portal.conftest import ENDS_ON, signed_in
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor
    from tests.web.portal.conftest import Holder

PAGE = "/kartim-kayboldu"

LOST = "Kart kayboldu ya da çalındı"


def own(holder: Holder) -> str:
    return reference("certificate", holder.held.certificate_id)


def chosen(page: Page) -> list[str]:
    """Return the certificates that are ticked already."""
    boxes = [one for one in page.tree.iter("input") if one.get("name") == "sertifika"]
    return [one.get("value", "") for one in boxes if "checked" in one.attrib]


@pytest.mark.parametrize(
    ("choice", "state", "told"),
    [
        ("suspend", "suspended", "Sertifikanız askıya alındı."),
        ("revoke", "revoked", "Sertifikanız iptal edildi."),
    ],
)
def test_a_lost_card_is_stopped_at_once_and_leads_to_the_new_one(
    world: World, holder: Holder, choice: str, state: str, told: str
) -> None:
    home = holder.browser.get("/basvurularim")
    page = holder.browser.get(home.links["Kartım kayboldu"])
    assert "Bu, geçerli tek sertifikanız." in page.text
    assert chosen(page) == [own(holder)]
    onward = holder.browser.post(PAGE, sertifika=own(holder), islem=choice)
    assert world.read(Certificate, holder.held.certificate_id).state == state
    assert f"{own(holder)}: {told} Şimdi yeni kart için başvurunuz." in onward.text
    assert "Kayıp veya çalıntı" in onward.text
    assert "Kimliğinizle başvuru ofisine gelir" in onward.text
    assert ("Verdiğiniz e-onaya dayanır" in onward.text) is (state == "suspended")
    moves = world.all(JournalEntry, case_id=holder.held.certificate_id, trigger=choice)
    assert [parsed(move.body)["reason"] for move in moves] == [LOST]


def test_one_that_is_on_hold_already_goes_on_to_the_new_card(world: World, holder: Holder) -> None:
    holder.browser.post(PAGE, sertifika=own(holder), islem="suspend")
    again = holder.browser.post(PAGE, sertifika=own(holder), islem="suspend")
    assert f"{own(holder)}: sertifika zaten askıda." in again.text
    assert world.read(Certificate, holder.held.certificate_id).state == "suspended"


def test_a_card_that_is_found_again_is_taken_off_its_suspension(holder: Holder) -> None:
    holder.browser.post(PAGE, sertifika=own(holder), islem="suspend")
    page = holder.browser.get(f"/sertifikalarim/{own(holder)}")
    assert "Etkinleştir" not in page.links
    text = holder.browser.get(page.links["Askıdan indir"])
    assert text.heading == "Sertifikayı askıdan indir"
    assert "anında askıya alınmıştır. Kartım bendedir" in text.text


def test_what_is_left_for_the_new_card_follows_from_the_e_onay(
    world: World, holder: Holder
) -> None:
    assert "Yürürlükte bir e-onayınız olmadığından" in holder.browser.get(PAGE).text
    world.consent(holder.person_id, holder.held)
    page = holder.browser.get(PAGE)
    assert "olmadığından" not in page.text
    assert "askıya alırsanız başvurunuzu e-onayınızla buradan onaylayabilirsiniz" in page.text


def test_nothing_is_stopped_without_both_answers(world: World, holder: Holder) -> None:
    page = holder.browser.post(PAGE, 422, sertifika=own(holder))
    assert page.title.startswith("Hata:")
    assert "Askıya almayı ya da iptali seçiniz." in page.text
    holder.browser.post(PAGE, 422, sertifika="S999999999", islem="revoke")
    assert world.read(Certificate, holder.held.certificate_id).state == "active"


def test_beside_a_second_certificate_nobody_is_warned_of_the_last(
    world: World, holder: Holder
) -> None:
    other = reference("certificate", world.certificate(holder.person_id, ENDS_ON))
    page = holder.browser.get(f"{PAGE}?sertifika={other}")
    assert "geçerli tek sertifikanız" not in page.text
    assert f"{other}: Bu sertifikayı bu kuruluş üretmedi" in page.text
    assert chosen(page) == [], "what is stopped elsewhere is no choice here"


def test_a_card_of_another_authority_is_stopped_there(
    world: World, app: Flask, newcomer_id: int
) -> None:
    foreign = world.certificate(newcomer_id, ENDS_ON)
    world.write("UPDATE certificate SET issuer = 'Başka Kuruluş' WHERE id = :id", id=foreign)
    page = signed_in(app, newcomer_id).get(PAGE)
    assert "Hemen veren kuruluşu arayınız: Başka Kuruluş." in page.text
    assert "Durdur ve yeni karta başvur" not in page.buttons


def test_who_has_no_certificate_is_led_to_an_application(newcomer: Visitor) -> None:
    page = newcomer.get(PAGE)
    assert "Durdurulacak geçerli bir sertifikanız yok." in page.text


def test_a_revocation_says_what_is_lost_with_it(world: World, holder: Holder) -> None:
    case = world.file(holder.person_id, "renewal", holder.held.certificate_id)
    path = f"/sertifikalarim/{own(holder)}/iptal-et"
    page = holder.browser.get(path)
    assert "Bu, geçerli tek sertifikanız." in page.text
    assert f"açık başvurunuz var: {reference('application', case)}." in page.text
    world.certificate(holder.person_id, ENDS_ON)
    assert "geçerli tek sertifikanız" not in holder.browser.get(path).text
