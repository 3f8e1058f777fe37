"""The first day of production."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import handlers
from handlers.applications.window import ask_to_check, recompute
from handlers.kit.context import CaseEngine
from handlers.ways.days import opening_day
from states.cases.application import Application
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from tests.handlers.applications.test_published import standing
from tests.handlers.conftest import WORKFLOWS
from tests.kit.handlers.world import SYSTEM, World
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model.clock import start_of_day
from workflow.model.duration import Duration
from workflow.model.request import Tally

TWO_MONTHS = Duration(months=2)


@pytest.mark.parametrize(
    ("ends_on", "opens_on"),
    [
        (date(2027, 4, 17), date(2027, 2, 17)),
        (date(2027, 4, 30), date(2027, 2, 28)),
        (date(2028, 4, 30), date(2028, 2, 29)),
        (date(2027, 1, 31), date(2026, 11, 30)),
        (date(2027, 2, 28), date(2026, 12, 28)),
    ],
)
def test_two_calendar_months_are_clamped_to_the_end_of_the_month(
    ends_on: date, opens_on: date
) -> None:
    assert opening_day(ends_on, TWO_MONTHS) == opens_on


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
def test_the_window_opens_59_to_62_days_before_the_end(ends_on: date) -> None:
    assert 59 <= (ends_on - opening_day(ends_on, TWO_MONTHS)).days <= 62


def test_a_policy_without_a_duration_is_a_broken_definition() -> None:
    with pytest.raises(TypeError, match="not a duration"):
        opening_day(date(2026, 1, 1), 60)


def notes(world: World, case: int, trigger: str) -> list[dict[str, object]]:
    statement = select(JournalEntry.body).where(
        JournalEntry.case_id == case, JournalEntry.trigger == trigger
    )
    with world.engine.database.connect() as connection:
        bodies = connection.execute(statement.order_by(JournalEntry.n)).scalars()
        return [json.loads(body)["details"] for body in bodies]


def test_a_renewal_opens_two_months_before_the_end_and_the_journal_says_so(world: World) -> None:
    me = world.person()
    case = world.file(me, "renewal", world.certificate(me, date(2026, 8, 31)))
    application = world.read(Application, case)
    assert application.production_opens_on == date(2026, 6, 30)
    assert application.window_from == date(2024, 10, 10)
    assert notes(world, case, "file") == [
        {
            "production_opens_on": "2026-06-30",
            "production_opened_on": None,
            "window_from": "2024-10-10",
        }
    ]


def test_other_kinds_open_on_the_day_they_were_filed_and_stay_there(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    assert world.read(Application, case).production_opens_on == date(2026, 3, 2)
    world.clock.advance(days=3)
    world.choose(case, me, "in_person")
    assert world.read(Application, case).production_opens_on == date(2026, 3, 2)


def test_a_day_that_did_not_change_is_not_noted_again(world: World) -> None:
    me = world.person()
    case = world.file(me, "renewal", world.certificate(me, date(2026, 8, 31)))
    world.choose(case, me, "wet_signature")
    assert notes(world, case, "choose_method") == [{"method": "wet_signature"}]


def test_a_changed_end_redates_a_held_application_and_the_journal_keeps_both_days(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.write("UPDATE certificate SET ends_on = '2026-09-10' WHERE id = :id",
                id=held.certificate_id)  # fmt: skip
    world.engine.fire(case, "redate", SYSTEM)
    assert world.read(Application, case).production_opens_on == date(2026, 7, 10)
    assert notes(world, case, "redate")[0] == {
        "production_opens_on": "2026-07-10",
        "production_opened_on": "2026-06-10",
        "window_from": "2024-10-10",
    }


def test_a_certificate_of_unknown_end_opens_the_window_at_once(world: World) -> None:
    me = world.person()
    old = world.certificate(me, date(2026, 8, 31))
    world.write("UPDATE certificate SET ends_on = NULL")
    case = world.file(me, "renewal", old)
    assert world.read(Application, case).production_opens_on == date(2026, 3, 2)


def with_a_later_policy(source: str) -> str:
    """Add a policy row from April: the newest one, but that production opens three months ahead."""
    rows, kinds = source.split("\n# What a kind", 1)
    newest = rows[rows.rindex("  - {from: ") :]
    later = re.sub(r"from: \d{4}-\d\d-\d\d", "from: 2026-04-01", newest, count=1)
    later = re.sub(r"produce_from: \d months", "produce_from: 3 months", later, count=1)
    return f"{rows}{later}\n# What a kind{kinds}"


def held(world: World) -> int:
    me = world.person()
    card = world.card(me, date(2026, 8, 31))
    world.consent(me, card)
    case = world.file(me, "renewal", card.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    return case


def under_a_policy_that_changes(world: World) -> World:
    """Return the world under workflows in which production opens three months ahead from April."""
    source = with_a_later_policy(WORKFLOWS.read_text(encoding="utf-8"))
    world.engine = office_under(world, source)
    return world


def office_under(world: World, source: str) -> CaseEngine:
    """Return an office over the same database under other workflows, which are published."""
    registry = handlers.registry()
    definitions = dict(load(source, registry))
    database = world.engine.database
    publish(database, definitions, world.clock.now())
    library = Library(database, definitions, registry)
    return CaseEngine(database, library, world.clock, world.services)


def test_a_held_renewal_is_planned_anew_on_the_day_its_policy_changes(world: World) -> None:
    case = held(under_a_policy_that_changes(world))
    assert world.read(Application, case).production_opens_on == date(2026, 6, 30)
    world.clock.set(datetime(2026, 3, 31, 20, 59, tzinfo=UTC))
    assert recompute(world.engine).moved == 0
    world.clock.set(datetime(2026, 3, 31, 21, 0, tzinfo=UTC))
    assert recompute(world.engine) == Tally(1)
    application = world.read(Application, case)
    assert (application.production_opens_on, application.state) == (date(2026, 5, 31), "held")
    assert application.due_at == start_of_day(date(2026, 5, 31))
    (said,) = notes(world, case, "redate")
    assert (said["production_opened_on"], said["production_opens_on"]) == (
        "2026-06-30",
        "2026-05-31",
    )
    assert recompute(world.engine) == Tally()


def test_a_case_keeps_the_windows_of_the_definition_it_is_pinned_to(world: World) -> None:
    case = held(world)
    under_a_policy_that_changes(world)
    world.clock.set(datetime(2026, 4, 2, 9, 0, tzinfo=UTC))
    assert recompute(world.engine) == Tally()
    assert world.read(Application, case).production_opens_on == date(2026, 6, 30)


def asked(world: World, day: datetime) -> Tally:
    world.clock.set(day)
    return ask_to_check(world.engine)


def test_the_person_of_a_held_renewal_is_asked_once_whether_address_and_data_hold(
    world: World,
) -> None:
    case = held(world)  # production opens on 30.06.2026
    assert asked(world, datetime(2026, 6, 14, 20, 59, tzinfo=UTC)) == Tally()
    assert asked(world, datetime(2026, 6, 14, 21, 0, tzinfo=UTC)) == Tally(1)
    assert asked(world, datetime(2026, 6, 15, 21, 0, tzinfo=UTC)) == Tally()
    application = world.read(Application, case)
    assert (application.state, application.data_asked_on) == ("held", date(2026, 6, 15))
    assert application.due_at == start_of_day(date(2026, 6, 30))
    world.run_effects("notice.check_data")
    [told] = [row for row in world.all(Notice) if row.template == "check_data"]
    assert "30 Haziran 2026" in told.text
    assert "TEST Sokağı 1, Bursa" in told.text
    assert f"/basvurularim/{application.reference}\n" in told.text


def test_what_was_filed_just_before_is_not_asked_after(world: World) -> None:
    world.clock.set(datetime(2026, 6, 15, 9, 0, tzinfo=UTC))
    held(world)
    assert asked(world, datetime(2026, 6, 29, 9, 0, tzinfo=UTC)) == Tally()


def test_a_held_renewal_of_an_older_definition_is_left_as_it_is(world: World) -> None:
    me = world.person()
    card = world.card(me, date(2026, 8, 31))
    world.consent(me, card)
    case = standing(world, me, "renewal", card.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    assert asked(world, datetime(2026, 6, 20, 9, 0, tzinfo=UTC)) == Tally()
