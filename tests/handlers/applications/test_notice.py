"""What people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from handlers.applications import message, notice
from handlers.papers import letters
from handlers.papers.letters import long_date
from handlers.ways.asked import routing_day
from handlers.ways.facts import read
from handlers.ways.router import expected_day
from states.cases.application import Application
from states.cases.notice import Notice
from tests.conftest import BEGINNING
from tests.kit.handlers.world import World, applicant, coordinator, officer
from workflow.model import context
from workflow.model.actor import Actor
from workflow.model.refusal import OwnCase, ReasonMissing, RoleNotAllowed
from workflow.model.registry import Registry

if TYPE_CHECKING:
    from handlers.kit.context import EffectContext

TEMPLATES = sorted(file.stem for file in (Path(letters.__file__).parent / "notices").glob("*.txt"))


REMINDERS = {"activate_in_time", "still_on_hold"}
"""Templates of what no move tells (handlers/cards/reminders.py)."""


IN_FOLDERS = {"question_answered": "question/answered"}
"""Effects whose template stands beside others of its subject."""


def context_of(world: World, name: str, person: int, reason: str | None) -> EffectContext:
    case = {
        "id": 77, "person_id": person, "reference": "B000000077", "tracking_number": "YK1",
        "production_opens_on": datetime(2026, 6, 10, tzinfo=UTC).date(),
        "ends_on": datetime(2026, 8, 10, tzinfo=UTC).date(),
        "state": "e_onay", "delivery_address": "TEST Sokağı 1, Bursa",
        "serial": "a1b2c3", "issuer": "TEST Başka Kuruluş", "der": None, "chain": None,
        "activate_by": datetime(2026, 4, 1, tzinfo=UTC),
        "activation_opens_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
        "kind": "renewal", "method": "e_onay", "old_certificate_id": None, "certificate_id": None,
        "entered_at": BEGINNING, "due_at": None, "definition": "",
    }  # fmt: skip
    definition = world.engine.library.workflow("application")
    return context.EffectContext(
        world.engine.database, definition, case, 3, f"notice.{name}", world.clock.now(), reason,
        MappingProxyType({}), world.services,
    )  # fmt: skip


def test_there_is_a_template_for_each_effect_and_an_effect_for_each_template() -> None:
    effects = [name.partition(".")[2] for name in Registry.of_modules([notice])]
    assert sorted({*effects, *REMINDERS} - IN_FOLDERS.keys()) == TEMPLATES
    assert not REMINDERS & set(effects)
    for name in IN_FOLDERS.values():
        assert Path(letters.__file__).with_name("notices").joinpath(f"{name}.txt").is_file()


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - REMINDERS))
def test_each_notice_greets_names_the_case_and_ends_as_a_sentence(world: World, name: str) -> None:
    me = world.person()
    Registry.of_modules([notice])[f"notice.{name}"].function(
        context_of(world, name, me, "belge eksik.")
    )
    [row] = world.all(Notice)
    assert (row.key, row.case_id, row.person_id) == (f"77/3/notice.{name}", 77, me)
    assert (row.template, row.state) == (name, "written")
    assert row.created_at == world.clock.now()
    assert row.text.startswith("Sayın AYŞE ÖRNEKOĞLU,\n")
    assert "B000000077" in row.text
    assert row.text.endswith(".\n")
    assert row.subject
    assert not row.subject.endswith(".")
    assert "{" not in row.text + row.subject


def test_a_repeated_effect_tells_once(world: World) -> None:
    context = context_of(world, "held", world.person(), None)
    notice.held(context)
    notice.held(context)
    [row] = world.all(Notice)
    assert "10 Haziran 2026" in row.text


def test_a_held_application_is_told_the_day_of_its_card_as_its_page_shows_it(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.run_effects()
    assert world.state(case) == "held"
    [row] = world.all(Notice, template="held")
    assert _shown_day(world, me) == date(2026, 6, 17)
    assert row.text.endswith(
        "\n2 Mart 2026 günündeki hesaba göre kartınızın size ulaşması beklenen gün:"
        " 17 Haziran 2026.\n"
    )


def _shown_day(world: World, person: int) -> date | None:
    day = routing_day(world.engine)
    with world.engine.database.connect() as connection:
        facts = read(connection, person)
    assert facts is not None
    return expected_day(facts.applications[-1], day)


@pytest.mark.parametrize(
    ("state", "days_ago", "told"),
    [
        ("couriered", 0, date(2026, 3, 6)),
        ("couriered", 3, date(2026, 3, 3)),
        ("awaiting_collection", 30, date(2026, 3, 2)),
        ("courier_returned", 0, None),
        ("delivered", 0, None),
    ],
)
def test_no_day_that_is_over_is_called_expected_and_none_where_nobody_can_say(
    world: World, state: str, days_ago: int, told: date | None
) -> None:
    context_now = context_of(world, "couriered", world.person(), None)
    since = world.clock.now() - timedelta(days=days_ago)
    case = {**context_now.case, "state": state, "entered_at": since}
    notice.couriered(replace(context_now, case=case))
    [row] = world.all(Notice)
    assert ("beklenen gün: " in row.text) == (told is not None)
    if told:
        assert row.text.endswith(f" beklenen gün: {long_date(told)}.\n")


def test_a_message_that_speaks_of_no_card_to_come_reckons_no_day(world: World) -> None:
    told = message.day_of_card(
        world.engine.database, world.engine.library.workflow("application"), "delivered", {},
        world.clock.now(),
    )  # fmt: skip
    assert told == {}


def test_the_preview_of_a_hand_over_reckons_from_the_state_that_it_leads_to(world: World) -> None:
    seen = context_of(world, "couriered", world.person(), None)
    case = {**seen.case, "state": "booked", "entered_at": seen.now - timedelta(days=9)}
    [letter] = message.preview(
        seen.database, seen.definition, "hand_to_courier", case, "", seen.now
    )
    assert letter.text.endswith(" beklenen gün: 6 Mart 2026.\n")


def test_the_reason_of_the_officer_reaches_the_applicant(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    world.engine.fire(case, "return_to_applicant", officer(), reason="imza eksik")
    world.run_effects()
    [row] = world.all(Notice)
    assert "imza eksik" in row.text


def test_the_code_of_a_reason_reaches_the_applicant_in_words(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    world.engine.fire(case, "return_to_applicant", officer(), reason="not_signed: ikinci sayfa")
    world.run_effects()
    [row] = world.all(Notice)
    assert "\nFormdaki imza eksik ya da yanlış yerde: ikinci sayfa\n" in row.text
    assert "not_signed" not in row.text


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        ("return_to_applicant", "not_signed: ikinci sayfa"),
        ("return_to_applicant", "other: ikinci sayfa"),
        ("cancel_by_office", "asked_for"),
    ],
)
def test_the_preview_of_a_move_is_the_text_that_it_sends(
    world: World, trigger: str, reason: str
) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    composition, row = world.engine, vars(world.read(Application, case))
    definition = composition.library.workflow("application")
    [shown] = message.preview(
        composition.database, definition, trigger, row, reason, world.clock.now()
    )
    assert world.all(Notice) == []
    composition.fire(case, trigger, officer(), reason=reason)
    world.run_effects()
    [sent] = world.all(Notice)
    assert (shown.template, shown.subject, shown.text) == (sent.template, sent.subject, sent.text)


def test_a_move_that_tells_nobody_has_no_preview(world: World) -> None:
    me = world.person()
    case = vars(world.read(Application, world.file(me, "first")))
    definition = world.engine.library.workflow("application")
    found = message.preview(
        world.engine.database, definition, "finish_production", case, "", world.clock.now()
    )
    assert found == []


def test_the_office_cancels_with_a_reason_and_only_for_others(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    with pytest.raises(ReasonMissing):
        world.engine.fire(case, "cancel_by_office", officer())
    own = Actor("user:1", frozenset({"officer"}), "demo", me)
    with pytest.raises(OwnCase):
        world.engine.fire(case, "cancel_by_office", own, reason="asked_for")
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(case, "cancel", officer())
    assert world.state(case) == "draft"


@pytest.mark.parametrize(("himself", "told"), [(True, []), (False, ["come_to_desk"])])
def test_who_was_not_there_when_it_was_filed_is_told_to_come_to_the_desk(
    world: World, *, himself: bool, told: list[str]
) -> None:
    me = world.person()
    actor = applicant(me) if himself else coordinator()
    case = world.engine.open("application", "file", actor, {"kind": "first", "person_id": me})
    world.engine.fire(case, "choose_method", actor, {"method": "in_person"})
    world.run_effects()
    assert world.state(case) == "in_person"
    assert [row.template for row in world.all(Notice)] == told
