"""In which language and by which channels a person is told: as they choose, or the law wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.papers.letters.message_texts import CODES, first_wording
from handlers.people import preferences
from handlers.post.carrier import OutgoingMessage
from handlers.post.channels import STATUTORY, channels_for
from handlers.post.html import PARTING, html_of
from handlers.post.mail import mail_bytes
from handlers.post.outbox import NoticeLetter, PostWay, letter_of, put
from handlers.post.sms import short_text
from states.cases.notice import Notice
from states.people.person import Person
from tests.kit.handlers.world import applicant, officer
from workflow.model.definition import Text
from workflow.model.refusal import NotTheSubject

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

MAIL, MOBILE = "a@ornek.invalid", "+90 532 111 22 33"
ALL = frozenset({"email", "sms", "kep"})


def test_a_person_chooses_for_themselves_and_nobody_else_does(world: World) -> None:
    me = world.person()
    before = world.read(Person, me)
    assert (before.language, before.told_by) == ("tr", "usual")
    preferences.choose(world.engine, applicant(me), "en", "both")
    after = world.read(Person, me)
    assert (after.language, after.told_by) == ("en", "both")
    with pytest.raises(NotTheSubject):
        preferences.choose(world.engine, officer(), "tr", "usual")
    for language, told_by in (("de", "usual"), ("tr", "taube")):
        with pytest.raises(ValueError, match="nobody is told"):
            preferences.choose(world.engine, applicant(me), language, told_by)
    assert world.read(Person, me).told_by == "both"


@pytest.mark.parametrize(
    ("told_by", "email", "phone", "have", "template", "channels"),
    [
        ("usual", MAIL, MOBILE, ALL, "held", ("email",)),
        ("sms", MAIL, MOBILE, ALL, "held", ("sms",)),
        ("sms", MAIL, MOBILE, ALL, "certificate_revoked", ("email", "sms")),
        ("both", MAIL, MOBILE, ALL, "held", ("email", "sms")),
        ("both", "a@x.kep.tr", MOBILE, ALL, "held", ("kep", "sms")),
        ("both", None, MOBILE, ALL, "held", ("sms",)),
        ("sms", MAIL, MOBILE, frozenset({"email"}), "held", ("email",)),
        ("sms", MAIL, "+90 312 555 12 34", ALL, "held", ("email",)),
        ("both", MAIL, None, ALL, "held", ("email",)),
    ],
)
def test_the_channels_follow_from_the_choice_and_from_what_there_is(
    told_by: str,
    email: str | None,
    phone: str | None,
    have: frozenset[str],
    template: str,
    channels: tuple[str, ...],
) -> None:
    person = Person(email=email, phone=phone, told_by=told_by)
    assert channels_for(person, template, have) == channels


def test_what_changes_the_status_of_a_certificate_is_told_in_writing() -> None:
    assert set(CODES) >= STATUTORY
    assert {"certificate_revoked", "certificate_suspended", "not_activated"} <= STATUTORY


def test_of_two_channels_each_has_its_message_and_there_is_no_third(world: World) -> None:
    me = world.person()
    world.write("UPDATE person SET told_by = 'both', email = :m, phone = :p", m=MAIL, p=MOBILE)
    letter = NoticeLetter("held", "Konu", "Metin", 1, "en")
    for _ in range(2):
        with world.engine.database.begin() as connection:
            case = {"id": 77, "person_id": me}
            put(connection, case, "77/1/held", letter, world.clock.now(), PostWay(ALL))
    rows = {row.channel: row for row in world.all(Notice)}
    assert {channel: row.key for channel, row in rows.items()} == {
        "email": "77/1/held", "sms": "sms/77/1/held",
    }  # fmt: skip
    assert {(row.revision, row.language, row.subject) for row in rows.values()} == {
        (1, "en", "Konu")
    }


def test_who_has_chosen_english_reads_it_above_the_turkish(world: World) -> None:
    wording = first_wording("returned")
    values = {
        "name": "AYŞE", "case": {"reference": "B1"}, "reason": Text("imza eksik", "no signature"),
    }  # fmt: skip
    turkish = letter_of("returned", 1, wording, "tr", values)
    english = letter_of("returned", 1, wording, "en", values)
    assert (turkish.subject, turkish.language) == (wording.subject_tr, "tr")
    assert "no signature" not in turkish.text
    assert (english.subject, english.language) == (wording.subject_en, "en")
    first, _, second = english.text.partition(PARTING)
    assert first.startswith("Dear AYŞE,")
    assert "no signature" in first
    assert second == f"{wording.subject_tr}\n\n{turkish.text}"
    assert "imza eksik" in second

    page = html_of(english.subject, english.text, "en")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert f'<hr>\n<div lang="tr">\n<p>{wording.subject_tr}</p>' in page
    assert "<hr>" not in html_of(turkish.subject, turkish.text)
    for language, header in (("en", b"Content-Language: en, tr\r"), ("tr", b"Language: tr\r")):
        message = OutgoingMessage(1, "<a@b>", MAIL, "Konu", "Metin", language=language)
        assert header in mail_bytes(message, "o@ornek.invalid", MAIL, world.clock.now())
    assert short_text("Your card.", "https://x", "en") == "Your card. Details: https://x"
    assert short_text("Kartınız", "https://x") == "Kartınız. Ayrıntı: https://x"
