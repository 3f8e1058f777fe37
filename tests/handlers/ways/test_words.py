"""The sentences of a card, in both languages: filled in, and none of a day that is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.ways.durations import STATED
from handlers.ways.router import RouteCard, Situation, route
from handlers.ways.way import RoutingDay
from handlers.ways.words import STEPS, WORDS, told, told_refusal, told_way
from tests.handlers.ways.people import NOW, application, certificate, person

if TYPE_CHECKING:
    from handlers.ways.facts import PersonFacts
    from workflow.model.definition import Definition


@pytest.fixture
def day(definitions: dict[str, Definition]) -> RoutingDay:
    """Give the shipped definition on 30 November 2026."""
    return RoutingDay(definitions["application"], NOW, STATED)


def card(day: RoutingDay, mine: PersonFacts) -> RouteCard:
    """Return the card of a person."""
    return route(mine, day).card


SAID = {
    400: ("Şimdi yapmanız gereken bir şey yok.", "04.10.2027", ""),
    100: ("Yenileme başvurunuzu şimdiden yapabilirsiniz.", "10.02.2027", "10.01.2027"),
    40: ("Sertifikanızı yenileyiniz.", "En geç 09.12.2026 günü", "07.12.2026"),
    20: ("Sertifikanızı bugün yenileyiniz.", "(20.11.2026) geçti", "07.12.2026"),
    1: ("Sertifikanızı bugün yenileyiniz.", "01.12.2026", "02.12.2026 ile 07.12.2026"),
    0: ("Bugün sertifikanızın son günü", "23:59", "01.12.2026 ile 07.12.2026"),
    -1: ("Yeni sertifika için başvuru ofisine geliniz.", "29.11.2026", "10.12.2026"),
}


@pytest.mark.parametrize("ends_in", SAID)
def test_each_holder_reads_what_when_and_which_day(day: RoutingDay, ends_in: int) -> None:
    what, when, expected = SAID[ends_in]
    found = told(card(day, person(certificate(ends_in))))
    assert found.what.startswith(what)
    assert when in found.when
    assert expected in found.expected
    assert bool(found.expected) == bool(expected)
    english = told(card(day, person(certificate(ends_in))), "en")
    assert english.what.isascii()
    assert bool(english.otherwise) == bool(found.otherwise) == (ends_in != 400)


def test_an_e_onay_in_force_makes_it_one_press(day: RoutingDay) -> None:
    mine = person(certificate(40))
    assert "e-onay verirseniz" in told(card(day, mine)).how
    assert "bir kez onaylamanız yeter" in told(card(day, replace(mine, has_consent=True))).how
    assert told(card(day, replace(mine, has_consent=True)), "en").how.startswith("Your e-onay")


def test_where_paper_is_accepted_it_is_said(
    definitions: dict[str, Definition],
) -> None:
    early = RoutingDay(definitions["application"], NOW.replace(year=2020), STATED)
    found = route(person(), early)
    assert [way.method for way in found.open] == ["in_person", "wet_signature"]
    assert "ofisine geliniz" in told(found.card).how
    paper = replace(found.card, way=found.open[1])
    assert "kimlik belgenizin örneğiyle" in told(paper).how


@pytest.mark.parametrize("state", STEPS)
def test_an_application_says_its_step(day: RoutingDay, state: str) -> None:
    mine = application(state, old_certificate_id=1, due_at=NOW + timedelta(days=20))
    found = told(card(day, person(certificate(40), applications=(mine,))))
    assert found.what == "Başvurunuz sizi bekliyor: B000000009."
    assert (found.when, found.how) == ("Son gün: 19.12.2026.", STEPS[state].tr)
    still = state in {"returned_to_applicant", "certificate_unseen"}
    assert ("şimdiden söylemek" in found.expected) == still
    assert "kapanır" in found.otherwise
    endless = told(card(day, person(applications=(replace(mine, due_at=None),))))
    assert (endless.when, endless.otherwise) == ("", "")


def test_every_situation_has_its_words_and_every_step_its_state(
    definitions: dict[str, Definition],
) -> None:
    assert WORDS.keys() == set(Situation)
    states = definitions["application"].states.values()
    assert STEPS.keys() == {state.name for state in states if state.next == "applicant"}


def test_cards_without_a_day_say_none(day: RoutingDay) -> None:
    nobody = told(RouteCard(Situation.UNDER_WAY))
    assert (nobody.when, nobody.expected) == ("", "")
    left = told(card(day, person(standing="left")))
    assert "görevde değilsiniz" in left.when
    activate = told(RouteCard(Situation.ACTIVATE, certificate(900), by=date(2026, 12, 8)))
    assert activate.when == "En geç 08.12.2026."
    assert told(RouteCard(Situation.ACTIVATE, certificate(900))).when == ""
    begins = told(RouteCard(Situation.BEGINS_LATER, certificate(900), begins=NOW))
    assert begins.what == "Yeni kartınızı saklayınız; 30.11.2026 günü etkinleştiriniz."
    nowhere = replace(card(day, person(certificate(40))), way=None, expected=None)
    assert told(nowhere).expected == ""


def test_a_way_says_its_day_and_a_closed_one_why(day: RoutingDay) -> None:
    found = route(person(certificate(1)), day)
    assert told_way(found.open[0]) == (
        "kartın beklenen günü 07.12.2026; 5 gün sertifikasız kalırsınız"
    )
    assert told_way(route(person(), day).open[0], "en") == "card expected on 10 Dec 2026"
    (paper,) = found.closed
    assert "en erken 08.12.2026 tarihinde onaylanabilir" in told_refusal(
        day.definition, paper.verdict
    )
    ended = route(person(certificate(-1)), day)
    assert told_refusal(day.definition, ended.closed[0].verdict, "en").startswith(
        "Paper is not accepted"
    )
