"""The overview: figures the worker counts, charts that say what the tables say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from handlers.upkeep import figures
from handlers.upkeep.token_faults import TokenFault
from states.kit.reference import reference
from tests.kit.handlers.world import ISMAIL, open_account
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import Staff, under_review, waiting_for_paper
from web.kit.charts import Bar, Column, bars, columns
from web.office import outside
from web.site.chores import chores
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

HELD = "UPDATE application SET state = 'held', production_opens_on = :day WHERE id = :case"


def rows_of(page: Page) -> list[list[str]]:
    """Return the cells of all rows of all tables."""
    rows = page.tree.iter("tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]


def pictures(page: Page) -> list[str]:
    """Return what the charts are called."""
    named = (svg.get("aria-label") for svg in page.tree.iter() if svg.tag.endswith("svg"))
    return [name for name in named if name]


def test_before_the_first_count_the_page_says_how_it_comes(officer: Visitor) -> None:
    page = officer.get("/genel-bakis")
    assert "Henüz sayım yapılmadı" in page.text
    assert page.all("h2") == []


def test_open_cases_stand_by_state_and_age(world: World, staff: Staff, officer: Visitor) -> None:
    waiting_for_paper(world)
    world.clock.advance(days=8)
    under_review(world, staff.officer, ISMAIL)
    figures.count(world.engine)
    officer.sign_in("user", staff.officer)
    page = officer.get("/genel-bakis")
    assert ["Başvuru ofisinde bekleniyor", "0", "0", "1", "0", "1"] in rows_of(page)
    assert ["Evrak incelemede", "1", "0", "0", "0", "1"] in rows_of(page)
    assert "Açık başvurular, duruma göre: 2." in pictures(page)
    assert "10.03.2026 12:00:00" in page.text
    assert "Takılan başvuru yok." in page.text
    assert "Kapanan başvurular" not in page.text


def test_closed_cases_are_counted_apart(world: World, officer: Visitor) -> None:
    waiting_for_paper(world)
    world.write("UPDATE application SET state = 'expired'")
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert page.all("dt")[-1:] == ["Süresi doldu"]
    assert page.all("dd")[-1:] == ["1"]
    assert "Açık başvuru yok." in page.text


def test_windows_to_come_are_counted_by_day_and_those_gone_by_today(
    world: World, officer: Visitor
) -> None:
    late, soon = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    world.write(HELD, case=late, day=date(2026, 2, 20))
    world.write(HELD, case=soon, day=date(2026, 5, 30))
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert ["02.03.2026", "1"] in rows_of(page)
    assert ["30.05.2026", "1"] in rows_of(page)
    name = "Üretim tarihi gelen başvurular, 2 Mart 2026 – 30 Mayıs 2026: 2."
    assert name in pictures(page)
    world.write(HELD, case=soon, day=date(2026, 5, 31))
    figures.count(world.engine)
    assert name.replace(": 2.", ": 1.") in pictures(officer.get("/genel-bakis"))


def test_the_output_of_the_last_thirty_days_is_counted_by_the_day_in_istanbul(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    entry = (
        "INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)"
        " VALUES (:case, :n, 'application', 'deliver', 'x', CAST(:at AS timestamptz), '{}', '', '')"
    )
    for n, at in enumerate(("2026-02-28 21:30Z", "2026-03-01 08:00Z", "2026-01-31 20:59Z"), 50):
        world.write(entry, case=case, n=n, at=at)
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert ["01.03.2026", "2"] in rows_of(page)
    assert "Teslim edilen, 1 Şubat 2026 – 2 Mart 2026: 2." in pictures(page)
    assert "Üretilen kart, 1 Şubat 2026 – 2 Mart 2026: 0." in pictures(page)


def test_refused_attempts_are_counted_by_their_reason_in_words(
    world: World, staff: Staff, officer: Visitor
) -> None:
    case = under_review(world, staff.officer)
    for _ in range(2):
        with pytest.raises(Refused):
            world.engine.fire(case, "approve_paper", officer_actor(staff.officer))
    figures.count(world.engine)
    (row,) = [row for row in rows_of(officer.get("/genel-bakis")) if row[1:2] == ["2"]]
    assert "“Evrakı kaydet” işlemini siz yaptınız" in row[0]
    assert row[2] == "02.03.2026 12:00"


def test_a_case_the_system_left_standing_is_stuck(
    world: World, staff: Staff, officer: Visitor
) -> None:
    stuck, held, queued = (
        waiting_for_paper(world, tckn) for tckn in ("10000000146", ISMAIL, "10000000214")
    )
    world.write("UPDATE application SET state = 'approved', due_at = NULL WHERE id = :c", c=stuck)
    world.write(HELD, case=held, day=date(2026, 5, 30))
    world.write("UPDATE application SET due_at = '2026-05-30' WHERE id = :c", c=held)
    world.write("UPDATE application SET state = 'queued' WHERE id = :c", c=queued)
    names = [reference("application", case) for case in (stuck, held, queued)]

    def listed() -> list[bool]:
        figures.count(world.engine)
        officer.sign_in("user", staff.officer)
        page = officer.get("/genel-bakis")
        return [name in page.links for name in names]

    assert listed() == [False, False, False]
    world.clock.advance(hours=2)
    assert listed() == [True, False, False]
    world.clock.advance(days=2)
    assert listed() == [True, False, True]


def test_an_effect_that_fails_again_and_again_is_named(world: World, officer: Visitor) -> None:
    world.write(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, queueing_lock)"
        " VALUES ('effect', 'effect', 'todo', 7, 'B000000001/3/production.make')"
    )
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert "B000000001/3/production.make : 7 deneme" in page.text
    assert "1 iş tekrar tekrar denendiği halde sonuçlanmadı" in page.text


def waits(world: World, *keys: str, party: str, code: str, case: int | None = None) -> None:
    """Note things that wait since noon, tried again a minute later."""
    for key in keys:
        world.write(
            "INSERT INTO outside_wait (key, party, code, case_id, tries, since, at, next_at)"
            " VALUES (:key, :party, :code, :case, 1, :now, :now, :now + interval '1 minute')",
            key=key, party=party, code=code, case=case, now=world.clock.now(),
        )  # fmt: skip


def test_what_waits_for_the_outside_is_told_by_its_service(world: World, officer: Visitor) -> None:
    assert figures.outside(world.engine.database) == []
    figures.count(world.engine)
    assert "Dışarıyı bekleyen iş yok." in officer.get("/genel-bakis").text
    case, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    waits(world, "1/production.make", party="production", code="token_absent", case=case)
    world.clock.advance(minutes=5)
    waits(world, "2/revocation.publish", party="revocation", code="store_full", case=other)
    waits(world, "1/courier.book", party="courier", code="ConnectionError", case=case)
    waits(world, "chore/policy", party="policy", code="WhoKnows")
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    names = [reference("application", number) for number in (case, other)]
    assert [row for row in rows_of(page) if row[-1:] and row[0] in outside.TITLES.values()] == [
        [outside.TITLES["token"], "2", "02.03.2026 12:00", "Depoya yazılamıyor: yer ya da izin yok",
         "02.03.2026 12:01:00", ", ".join(names)],
        [outside.TITLES["courier"], "1", "02.03.2026 12:05", "Bağlantı kurulamıyor",
         "02.03.2026 12:06:00", names[0]],
        [outside.TITLES["other"], "1", "02.03.2026 12:05", "Beklenmeyen hata (WhoKnows)",
         "02.03.2026 12:06:00", "–"],
    ]  # fmt: skip
    assert set(names) <= set(page.links)


def test_no_link_leads_an_administrator_to_a_case_that_is_closed_to_him(
    world: World, visitor: Visitor
) -> None:
    case = waiting_for_paper(world)
    waits(world, "1/courier.book", party="courier", code="ConnectionError", case=case)
    figures.count(world.engine)
    with world.engine.database.begin() as connection:
        number = open_account(
            connection, "Ömer Yönetici", "administrator", world.clock.now(), subject="sub-y"
        )
    visitor.sign_in("user", number)
    page = visitor.get("/genel-bakis")
    name = reference("application", case)
    assert name in page.text
    assert name not in page.links


def test_many_cases_are_led_to_behind_one_line(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    keys = [f"{number}/courier.book" for number in range(60)]
    waits(world, *keys, party="courier", code="TimeoutError", case=case)
    figures.count(world.engine)
    page = officer.get("/genel-bakis")
    assert "60" in next(row for row in rows_of(page) if row[0] == outside.TITLES["courier"])
    assert "40 kayıt daha" in page.text


def test_an_effect_that_came_to_its_end_waits_no_more(world: World) -> None:
    world.write(
        "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
        " VALUES ('effect', 'effect', 'succeeded') RETURNING id)"
        " INSERT INTO outside_wait (key, party, code, job_id, tries, since, at, next_at)"
        " SELECT 'k', 'courier', 'c', id, 1, now(), now(), now() FROM job"
    )
    assert figures.outside(world.engine.database) == []


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(4, None), (86_400, "86.400 saniye ileride"), (-3_600, "3.600 saniye geride")],
)
def test_a_clock_that_differs_is_told(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch, ahead: int, told: str | None
) -> None:
    monkeypatch.setattr("handlers.upkeep.figures.difference", lambda _: timedelta(seconds=ahead))
    figures.count(world.engine)
    text = officer.get("/genel-bakis").text
    assert ("Arka plan işlerinin saati" in text) is (told is not None)
    assert told is None or told in text


def test_tokens_that_need_somebody_are_named(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [TokenFault(f"f{n}", f"L{n}", "orphan") for n in range(12)]
    faults.append(TokenFault("f-torn", "", "lost"))
    monkeypatch.setattr("handlers.upkeep.token_faults.find", lambda *_: faults)
    figures.count(world.engine)
    text = officer.get("/genel-bakis").text
    assert (
        "Dosyası yarım kalmış ve sağlam kopyası yok; yedekten geri yüklenmeli: 1 (f-torn)" in text
    )
    assert "L8, L9…)" in text
    assert "L10" not in text


def test_the_page_asks_little_however_many_cases_there_are(world: World, officer: Visitor) -> None:
    figures.count(world.engine)
    officer.get("/genel-bakis")
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(world.engine.database, "before_cursor_execute", note)
    officer.get("/genel-bakis")
    event.remove(world.engine.database, "before_cursor_execute", note)
    assert sum("FROM figure" in sql for sql in asked) == 1
    assert not any("application" in sql or "journal" in sql for sql in asked)


def test_the_worker_counts_every_minute(world: World) -> None:
    (chore,) = [chore for chore in chores(world.engine) if chore.name == "figures"]
    assert chore.every == 60
    assert figures.counted(world.engine).at is None
    chore.do()
    assert figures.counted(world.engine).at == world.clock.now()


def test_applicants_and_coordinators_see_no_overview(visitor: Visitor, staff: Staff) -> None:
    visitor.sign_in("user", staff.coordinator)
    visitor.get("/genel-bakis", status=403)


def test_a_chart_of_columns_reaches_its_top_at_the_greatest_value() -> None:
    drawn = columns([Column("01.03", 4), Column("02.03", 2), Column("<3>", 0)], 'Ad "x"')
    heights = [part.split('"')[0] for part in drawn.split('" height="')[1:]]
    assert heights == ["150.0", "75.0", "0.0"]
    assert "&lt;3&gt;" in drawn
    assert 'aria-label="Ad &quot;x&quot;"' in drawn
    assert "style=" not in drawn


def test_a_bar_is_cut_into_its_parts_and_ends_with_its_sum() -> None:
    drawn = bars([Bar("Taslak", (1, 0, 3)), Bar("Sırada", (2, 0, 0))], ["a", "b", "c"], "x")
    widths = [float(part.split('"')[0]) for part in drawn.split(' width="')[1:] if "%" not in part]
    assert widths[3:] == [105.0, 315.0, 210.0]
    assert ">4</text>" in drawn
    assert bars([], [], "boş").count("<rect") == 0
    assert columns([], "boş").count("<rect") == 0
