"""The line of production: what waits and why, what is made, what stands still, the forecast."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from handlers.desk import claims as desk
from handlers.desk.batches import work_off_batches
from states.cases.batch import Batch, BatchItem
from states.kit.reference import reference
from tests.handlers.cards.conftest import queued
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import operator as operator_of
from tests.web.office.queues.test_list_plans import heard
from tests.web.office.queues.test_overview import rows_of
from web.gate.composition import KEY
from web.office.production.line import Forecast, Output, forecast
from web.office.production.queue import tray
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor
    from web.gate.composition import Composition

    Many = Callable[..., list[int]]

LINE = "/ofis/uretim"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ends(world: World, case: int, days: int) -> None:
    """Have the old certificate of a case end in so many days."""
    world.write(
        "UPDATE application SET old_ends_on = CAST(:day AS date) WHERE id = :case",
        day=TODAY + timedelta(days=days), case=case,
    )  # fmt: skip


def refused(world: World, case: int, code: str, trigger: str = "start_production") -> None:
    """Note a refused attempt: an operator's, or a wait as older versions wrote it."""
    world.write(
        "INSERT INTO refused_attempt (at, case_id, workflow, trigger, actor, code, params)"
        " VALUES (:now, :case, 'application', :trigger, 'system:timer', :code, '{}')",
        now=world.clock.now(), case=case, code=code, trigger=trigger,
    )  # fmt: skip


def stands(world: World, case: int, code: str) -> None:
    """Note what the timer of a case waits for."""
    world.write(
        "INSERT INTO timer_wait (case_id, at, workflow, state, trigger, code, tried)"
        " VALUES (:case, :now, 'application', 'queued', 'start_production', :code, '{}')",
        now=world.clock.now(), case=case, code=code,
    )  # fmt: skip


def entry(
    world: World, case: int, trigger: str, at: datetime, reason: str | None = None, n: int = 90
) -> None:
    """Write an entry of the journal that speaks of a case."""
    world.write(
        "INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)"
        " VALUES (:case, :n, 'application', :trigger, 'system:x', :at, :body, '', '')",
        case=case, n=n, trigger=trigger, at=at, body=json.dumps({"reason": reason}),
    )  # fmt: skip


def fact(visitor: Visitor, title: str) -> str:
    """Return the figure under a title of the head of the page."""
    page = visitor.get(LINE)
    return dict(zip(page.all("dt"), page.all("dd"), strict=True))[title]


def test_the_queue_is_counted_by_the_days_that_the_old_certificate_has_left(
    world: World, many: Many, operator: Visitor
) -> None:
    cases = many(7, "queued")
    for case, days in zip(cases, (-1, 0, 7, 8, 30, 31), strict=False):
        ends(world, case, days)
    found = rows_of(operator.get(LINE))
    assert ["Süresi doldu", "1"] in found
    assert ["7 gün ya da daha az", "2"] in found
    assert ["8–30 gün", "2"] in found
    assert ["30 günden çok", "1"] in found
    assert ["Eski sertifika yok", "1"] in found
    assert fact(operator, "Sırada") == "7"


def test_it_says_what_the_cases_of_the_queue_wait_for(
    world: World, many: Many, staff: Staff, operator: Visitor
) -> None:
    ready, waits, taken, held, before, elsewhere, old = many(7, "queued")
    soon = world.clock.now() + timedelta(minutes=10)
    world.write("UPDATE application SET due_at = :soon WHERE id = :case", soon=soon, case=ready)
    stands(world, waits, "release.waits")
    stands(world, held, "production.person_unsound")
    refused(world, old, "production.person_unsound")
    refused(world, elsewhere, "wrong_state", "reject")
    world.clock.advance(minutes=-5)
    refused(world, before, "person_stands")
    stands(world, before, "person_stands")
    refused(world, held, "person_stands")  # what was said later tells
    world.clock.advance(minutes=5)
    desk.claim(world.engine, taken, operator_of(staff.operator))
    rows = {row[0]: row[1] for row in rows_of(operator.get(LINE)) if len(row) == 2}
    first = "Başlamaya hazır; kendiliğinden de başlar"
    (told,) = [words for words in rows if words.startswith(first)]
    assert rows[told] == "3"
    assert "02.03.2026 12:10:00" in told
    assert rows["Üretim görevlisinin başlatmasını bekliyor"] == "1"
    assert rows["Bir görevlinin üzerinde"] == "1"
    (why,) = [words for words in rows if words.startswith("Başlatılamadı:")]
    assert rows[why] == "2"
    assert "Kişi bilgileri sertifikaya yazılamaz" in why


def test_a_tray_holds_the_most_urgent_and_last_what_was_refused(
    world: World, many: Many, staff: Staff
) -> None:
    cases = many(6, "queued")
    for case, days in zip(cases, (40, 5, -3, 1, 20, -9), strict=True):
        ends(world, case, days)
    a, b, c, d, e, f = cases
    refused(world, f, "production.person_unsound")
    stands(world, a, "production.person_unsound")
    stands(world, b, "release.waits")
    desk.claim(world.engine, d, operator_of(staff.operator))
    definition = world.engine.library.workflow("application")

    def chosen(most: int, user: int) -> list[int]:
        with world.engine.database.connect() as connection:
            return list(connection.scalars(tray(definition, TODAY, user, most)))

    assert chosen(3, staff.operator) == [c, d, b]
    assert chosen(9, staff.operator) == [c, d, b, e, f, a]
    assert chosen(9, staff.second) == [c, b, e, f, a]


def test_a_press_rehearses_a_tray_and_a_second_one_starts_it(
    world: World, many: Many, operator: Visitor
) -> None:
    real = [
        queued(world, person, world.card(person, date(2026, 4, day)), "renewal")
        for day, person in enumerate((world.person(), world.person(ISMAIL)), start=8)
    ]
    ends(world, many(1, "queued")[0], 300)
    assert operator.get(LINE).value("cards") == "200"
    page = operator.post(f"{LINE}/tepsi", cards="2")
    assert "2 başvuruda yapılabilir, 0 başvuruda yapılamaz." in page.text
    assert "Üretim sırası, en acil 2 başvuru" in page.text
    assert "(sıranın en acilleri)" in page.text
    assert [world.state(case) for case in real] == ["queued", "queued"]
    (batch,) = world.all(Batch)
    operator.post(f"/toplu/{batch.id}/baslat")
    work_off_batches(world.engine)
    assert [world.state(case) for case in real] == ["in_production", "in_production"]
    with world.engine.database.connect() as connection:
        assert set(connection.scalars(select(BatchItem.case_id))) == set(real)
    assert fact(operator, "Yapılıyor") == "2"
    world.run_effects("production.make")
    assert fact(operator, "Bugün yapılan") == "2"
    assert ["Üretildi", "2"] in rows_of(operator.get(LINE))


@pytest.mark.parametrize("typed", ["", "0", "1001", "-3", "on", "9" * 40, "2.5"])
def test_a_number_that_is_no_tray_gets_a_sentence_and_begins_nothing(
    world: World, many: Many, operator: Visitor, typed: str
) -> None:
    many(1, "queued")
    operator.get(LINE)
    page = operator.post(f"{LINE}/tepsi", status=422, cards=typed)
    assert "1 ile 1.000 arasında bir sayı yazınız." in page.text
    assert page.title.startswith("Hata:")
    assert world.all(Batch) == []


def test_an_empty_queue_says_so(world: World, operator: Visitor) -> None:
    page = operator.get(LINE)
    assert "Sırada başvuru yok." in page.text
    assert "Duran başvuru yok." in page.text
    page = operator.post(f"{LINE}/tepsi", cards="5")
    assert "Üretim sırasında başlatabileceğiniz başvuru yok." in page.text
    assert world.all(Batch) == []


def test_an_officer_reads_the_page_and_starts_nothing(officer: Visitor) -> None:
    assert officer.get(LINE).heading == "Üretim hattı"
    assert "Tepsi başlat" not in officer.get(LINE).text
    officer.post(f"{LINE}/tepsi", status=403, cards="5")


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
def test_nobody_else_sees_it(visitor: Visitor, staff: Staff, role: str) -> None:
    visitor.sign_in("user", getattr(staff, role))
    visitor.get(LINE, status=403)
    visitor.get(f"{LINE}/izle", status=403)


def test_the_demo_says_that_nobody_handles_a_card(
    app: Flask, composition: Composition, operator: Visitor
) -> None:
    said = "Bu bir gösterimdir: kartlar bir okuyucuda değil"
    assert said in operator.get(LINE).text
    real = composition.settings.model_copy(update={"demo": False})
    app.extensions[KEY] = replace(composition, settings=real)
    assert said not in operator.get(LINE).text


def test_what_stands_still_is_told_with_its_reason_and_what_may_be_done(
    world: World, many: Many, operator: Visitor
) -> None:
    (stopped,), (parked,) = many(1, "production_stopped"), many(1, "awaiting_token")
    words = "issuer_refused: Sertifika makamı isteği reddetti"
    entry(world, stopped, "stop_production", world.clock.now(), words, n=1)
    entry(world, parked, "await_token", world.clock.now(), "token_absent: Kart yok", n=1)
    found = {row[0].split("02.")[0].strip(): row[1:] for row in rows_of(operator.get(LINE))}
    state, why, steps = found[reference("application", stopped)]
    assert (state, why) == ("Üretim durdu", "Sertifika makamı isteği reddetti")
    assert "Yeniden üretim sırasına al" in steps
    assert found[reference("application", parked)][1] == "Kart yok"
    assert fact(operator, "Bakılması gereken") == "2"


def test_tries_that_failed_today_are_told_with_where_the_case_is_now(
    world: World, many: Many, operator: Visitor
) -> None:
    (case,) = many(1, "queued")
    now = world.clock.now()
    entry(world, case, "production_failed", now, "card_in_use: Kart kullanımda", n=91)
    entry(world, case, "production_failed", now - timedelta(days=1), "x: Dünkü", n=92)
    page = operator.get(LINE)
    (row,) = [row for row in rows_of(page) if "Kart kullanımda" in row]
    assert row[2] == "Üretim sırasında"
    assert "Dünkü" not in page.text
    assert fact(operator, "Bugün başarısız deneme") == "1"


def test_a_move_without_a_stated_reason_is_told_by_its_title(
    world: World, many: Many, operator: Visitor
) -> None:
    (case,) = many(1, "production_stopped")
    entry(world, case, "production_overdue", world.clock.now(), n=1)
    (row,) = [row for row in rows_of(operator.get(LINE)) if "Süresi geçen üretimi durdur" in row]
    assert row[0].startswith(reference("application", case))


def test_the_output_of_the_hour_and_of_the_day_is_read_from_the_journal(
    world: World, many: Many, operator: Visitor
) -> None:
    case, now = many(1, "couriered")[0], world.clock.now()
    for n, minutes in enumerate((4, 59, 61, 13 * 60), start=60):
        entry(world, case, "finish_production", now - timedelta(minutes=minutes), n=n)
    entry(world, case, "hand_to_courier", now, n=70)
    assert fact(operator, "Son bir saatte yapılan") == "2"
    assert fact(operator, "Bugün yapılan") == "3"
    assert fact(operator, "Bugün kuryeye verilen") == "1"
    page = operator.get(LINE).text
    assert "Yapılacak kart kalmadı." in page
    world.clock.advance(minutes=30)
    page = operator.get(LINE).text
    assert "Son 5 dakikada kart yapılmadı; bitiş için tahmin yok." in page
    assert "Son kart: 02.03.2026 11:56:00." in page


def test_just_after_midnight_the_last_hour_is_no_part_of_the_day(
    world: World, many: Many, staff: Staff, operator: Visitor
) -> None:
    world.clock.set(datetime(2026, 3, 2, 21, 10, tzinfo=UTC))
    operator.sign_in("user", staff.operator)
    case = many(1, "couriered")[0]
    entry(world, case, "finish_production", world.clock.now() - timedelta(minutes=20))
    assert fact(operator, "Son bir saatte yapılan") == "1"
    assert fact(operator, "Bugün yapılan") == "0"


def test_the_page_foretells_the_end_at_the_pace_of_the_last_minutes(
    world: World, many: Many, operator: Visitor
) -> None:
    case, now = many(1, "couriered")[0], world.clock.now()
    for n in range(10):
        entry(world, case, "finish_production", now - timedelta(minutes=n / 3), n=60 + n)
    many(20, "queued")
    page = operator.get(LINE)
    assert "saatte 200 kart" in page.text
    assert "02.03.2026 12:06" in page.text


def test_the_forecast_is_none_while_nothing_is_made_or_left() -> None:
    made = Output(today=9, hour=9, recent=3, first=NOW - timedelta(minutes=4))
    assert forecast(made, 15, NOW) == Forecast(45, NOW + timedelta(minutes=20))
    assert forecast(made, 0, NOW) is None
    assert forecast(Output(today=9, hour=9), 10, NOW) is None
    just = Output(recent=2, first=NOW - timedelta(seconds=3))
    assert forecast(just, 240, NOW) == Forecast(120, NOW + timedelta(hours=2))


def test_what_a_worker_has_in_hand_is_named(world: World, operator: Visitor) -> None:
    for status, number in (("doing", 1), ("todo", 2), ("succeeded", 3)):
        world.write(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock)"
            " VALUES ('production', 'effect', CAST(:status AS procrastinate_job_status), :lock)",
            status=status, lock=f"{number}/3/production.make",
        )  # fmt: skip
    page = operator.get(LINE)
    assert "Elde olan: B000000001" in page.text
    assert "B000000002" not in page.text


def test_the_page_that_asks_by_itself_shows_the_same(operator: Visitor) -> None:
    page = operator.get(f"{LINE}/izle")
    assert page.heading == "Üretim hattı"
    assert f'data-poll="{LINE}/izle"' in page.response.text
    assert 'id="canli-ozet"' in page.response.text


def test_what_the_sweep_was_refused_holds_back(
    world: World, staff: Staff, operator: Visitor
) -> None:
    person = world.person()
    case = queued(world, person, world.card(person, date(2026, 4, 8)), "renewal")
    world.write("UPDATE person SET tckn_sealed = :none WHERE id = :p", p=person,
                none=world.services.vault.seal("123", "tckn"))  # fmt: skip
    world.clock.advance(minutes=11)
    sweep(world.engine)
    assert world.state(case) == "queued"
    operator.sign_in("user", staff.operator)
    text = operator.get(LINE).text
    assert "Başlatılamadı: Kişi bilgileri sertifikaya yazılamaz" in text
    assert "yeniden denenecek: 03.03.2026" in text


def test_it_asks_as_often_for_many_cases_as_for_few(
    world: World, many: Many, operator: Visitor
) -> None:
    many(1, "queued")
    operator.get(LINE)
    with heard(world) as few:
        operator.client.get(LINE)
    many(300, "queued")
    with heard(world) as lots:
        operator.client.get(LINE)
    assert len(lots) == len(few) <= 14
