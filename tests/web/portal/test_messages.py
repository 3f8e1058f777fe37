"""Mesajlarım: what the office has told somebody, where it went, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from handlers.post.keyed import to_mark
from handlers.post.tries import TriedMessage, write_tries
from states.cases.notice import Notice, TryOutcome
from states.people.person import Person
from states.people.user import User
from tests.kit.handlers.world import ISMAIL, officer
from tests.kit.web.visitor import Visitor
from tests.web.portal.conftest import signed_in
from web.portal.messages import CHANNELS, OUTCOMES, PER_PAGE

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

MAIL = "ayse@ornek.invalid"


@pytest.fixture
def told(world: World, holder: Holder) -> Notice:
    """Give the message that tells Ayşe, at an address, that her application came back."""
    _lives_at(world, holder.person_id, email=MAIL, phone="+90 532 123 45 67")
    case = world.file(holder.person_id, "fault", holder.held.certificate_id)
    world.choose(case, holder.person_id, "wet_signature")
    world.engine.fire(case, "return_to_applicant", officer(), reason="İmza eksik.")
    world.run_effects()
    notice: Notice = world.all(Notice)[-1]
    return notice


def _lives_at(world: World, person_id: int, **values: str) -> None:
    with world.engine.database.begin() as connection:
        connection.execute(update(Person).where(Person.id == person_id).values(values))


def _tried(world: World, notice: Notice, *outcomes: TryOutcome, address: str = MAIL) -> None:
    mark = to_mark(world.engine.services.vault, address) if address else ""
    with world.engine.database.begin() as connection:
        for outcome in outcomes:
            one = [TriedMessage(notice.id, outcome, "550 words", mark)]
            write_tries(connection, notice.channel, one, world.clock.now())


def test_a_message_is_listed_with_its_way_and_read_as_it_was_sent(
    world: World, holder: Holder, told: Notice
) -> None:
    _tried(world, told, TryOutcome.TRY_LATER, TryOutcome.TAKEN)
    page = holder.browser.get("/mesajlarim")
    assert page.heading == "Mesajlarım"
    assert page.all("td") == [
        "02.03.2026 12:00", "E-posta a***@ornek.invalid", "Posta sunucusuna verildi"
    ]  # fmt: skip
    one = holder.browser.get(page.links[told.subject])
    assert one.heading == told.subject
    assert one.all("pre") == [" ".join(told.text.split())]
    assert one.all("td")[2::3] == ["Sunucu şimdi almadı; yeniden denenir", "Sunucu aldı"]
    assert "Adresimi nasıl düzeltirim?" not in one.text
    assert "/basvurularim/B" in " ".join(one.links.values())
    assert "550" not in one.text
    assert MAIL not in one.text


def test_what_did_not_reach_its_reader_says_so_and_leads_to_the_address(
    world: World, holder: Holder, told: Notice
) -> None:
    _tried(world, told, TryOutcome.BAD_ADDRESS)
    _lives_at(world, holder.person_id, email="yeni@ornek.invalid")
    page = holder.browser.get("/mesajlarim")
    assert page.all("td")[1:] == [
        "E-posta o günkü adresiniz", "Adrese ulaşmadı Adresinizi denetleyiniz."
    ]  # fmt: skip
    one = holder.browser.get(page.links[told.subject])
    assert "Bu ileti adresinize ulaşmadı." in one.text
    assert one.links["Adresimi nasıl düzeltirim?"]


def test_a_message_without_an_address_is_read_on_this_page_only(
    world: World, holder: Holder, told: Notice
) -> None:
    _tried(world, told, TryOutcome.NO_ADDRESS, address="")
    cells = holder.browser.get("/mesajlarim").all("td")
    assert cells[1:] == ["Yalnız bu sayfa", "Gönderilmedi; yalnız sayfalarda okunur"]


def test_an_sms_goes_to_the_telephone(world: World, holder: Holder, told: Notice) -> None:
    with world.engine.database.begin() as connection:
        connection.execute(update(Notice).values(channel="sms"))
    _tried(world, told, TryOutcome.TAKEN, address="+90 532 123 45 67")
    assert holder.browser.get("/mesajlarim").all("td")[1] == "SMS *** 67"


def test_older_messages_are_reached_page_by_page(
    world: World, holder: Holder, told: Notice
) -> None:
    with world.engine.database.begin() as connection:
        for number in range(PER_PAGE):
            row = {
                "key": f"more/{number}", "case_id": told.case_id, "person_id": holder.person_id,
                "template": "returned", "subject": f"Konu {number}", "text": "-",
                "created_at": told.created_at,
            }  # fmt: skip
            connection.execute(insert(Notice).values(row))
    first = holder.browser.get("/mesajlarim")
    assert len(first.all("th", scope="row")) == PER_PAGE
    assert first.all("th", scope="row")[0] == f"Konu {PER_PAGE - 1}"
    second = holder.browser.get(first.links["Daha eskiler"])
    assert second.all("th", scope="row") == [told.subject]
    assert "Daha eskiler" not in second.links
    assert second.links["En yeniler"] == "/mesajlarim"
    assert holder.browser.get("/mesajlarim?once=" + "9" * 30).heading == "Mesajlarım"
    assert "Size gönderilmiş" in holder.browser.get("/mesajlarim?once=-" + "9" * 30).text
    holder.browser.get("/mesajlarim/" + "9" * 30, 404)
    assert holder.browser.get("/mesajlarim?once=x").links["Daha eskiler"]


def test_nobody_reads_what_another_was_told(world: World, app: Flask, told: Notice) -> None:
    other = signed_in(app, world.person(ISMAIL, "İsmail", "Iraksak"))
    assert "Size gönderilmiş bir ileti yok." in other.get("/mesajlarim").text
    other.get(f"/mesajlarim/{told.id}", 404)
    other.get("/mesajlarim/999999999", 404)


def test_a_coordinator_reads_what_they_were_told_without_the_pages_of_holders(
    world: World, app: Flask, holder: Holder, told: Notice
) -> None:
    with world.engine.database.begin() as connection:
        row = {
            "name": "Kerem", "sort_key": "KEREM", "roles": ["coordinator"],
            "created_at": told.created_at,
        }  # fmt: skip
        statement = insert(User).returning(User.id)
        unknown = connection.execute(statement.values(row)).scalar_one()
        known = connection.execute(statement.values({**row, "person_id": holder.person_id}))
        number = known.scalar_one()
    nobody, kerem = Visitor(app), Visitor(app)
    nobody.be("user", unknown)
    assert "Size gönderilmiş bir ileti yok." in nobody.get("/mesajlarim").text
    kerem.be("user", number)
    page = kerem.get(kerem.get("/mesajlarim").links[told.subject])
    assert page.heading == told.subject
    assert not [one for one in page.links.values() if one.startswith("/basvurularim")]


def test_each_channel_and_outcome_has_its_words() -> None:
    assert set(OUTCOMES) == {one.value for one in TryOutcome}
    assert set(CHANNELS) == {"email", "sms", "kep"}


def test_how_one_is_told_is_chosen_and_shown(world: World, holder: Holder) -> None:
    page = holder.browser.get("/bildirim-tercihlerim")
    assert page.heading == "Bildirim tercihlerim"
    assert "Bildirim tercihlerim" in holder.browser.get("/mesajlarim").text
    holder.browser.get("/bildirim-tercihlerim")
    done = holder.browser.post("/bildirim-tercihlerim", dil="en", yol="both")
    assert "Tercihleriniz kaydedildi" in done.text
    me = world.read(Person, holder.person_id)
    assert (me.language, me.told_by) == ("en", "both")
    refused = holder.browser.post("/bildirim-tercihlerim", 422, dil="de", yol="both")
    assert refused.text.count("Hata:") <= 1
    assert world.read(Person, holder.person_id).language == "en"
