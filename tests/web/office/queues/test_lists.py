"""The lists of the office: whose cases, by lateness, filtered, sorted and paged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from handlers.desk import claims as desk
from handlers.people.register import enter_user
from states.cases.application import ENDING_STATES, OFFICE_STATES, Application
from states.kit.reference import parse, reference
from states.kit.text import sort_key
from states.people.person import Person
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as actor_of
from tests.kit.web.crowd import fill
from tests.kit.web.staff import Staff, waiting_for_paper
from web.office.queues import worklist
from web.office.queues.lists import CAP, Count, read
from web.office.queues.worklist import QueueFilter
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

FREE = "/alinabilecekler"


def references(page: Page) -> list[str]:
    """Return the cases of a list in the order in which they stand there."""
    return [name for name, target in page.links.items() if target == f"/is/{name}"]


def walked(visitor: Visitor, address: str) -> list[str]:
    """Return the cases of all pages of a list."""
    page = visitor.get(address)
    seen = references(page)
    while "Sonraki kayıtlar" in page.links:
        page = visitor.get(page.links["Sonraki kayıtlar"])
        assert "Listenin başı" in page.links
        seen += references(page)
    return seen


def today_of(world: World) -> date:
    return day_in_istanbul(world.clock.now())


def test_who_holds_nothing_reads_so_and_is_offered_the_most_urgent(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = officer.get("/")
    assert page.heading == "İş listem"
    assert page.all("p", role="status") == ["0 başvuru"]
    assert "Üzerinizde başvuru yok" in page.text
    assert "Alınabilecekler (1)" in page.all("h2")
    assert f"Üzerime al : {reference('application', case)}" in page.buttons


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (56, "Sonra"),
        (57, "3 gün içinde"),
        (59, "3 gün içinde"),
        (60, "Bugün"),
        (61, "Süresi geçti"),
    ],
)
def test_what_one_holds_stands_under_the_heading_of_its_lateness(
    world: World, officer: Visitor, staff: Staff, days: int, group: str
) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, actor_of(staff.officer))
    world.clock.advance(days=days)
    officer.sign_in("user", staff.officer)
    page = officer.get("/is-listem")
    assert f"{group} (1)" in page.all("h2")
    assert [title for title in worklist.TITLES.values() if f"{title} (1)" in page.all("h2")] == [
        group
    ]
    assert ("süresi geçti" in page.text) is (group == "Süresi geçti")


def test_a_row_says_whose_case_it_is_where_it_stands_who_acts_and_until_when(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, actor_of(staff.second))
    page = officer.get("/basvurular")
    assert page.all("th", scope="row") == [f"{reference('application', case)} İlk başvuru"]
    assert page.all("td")[-5:] == [
        "AYŞE ÖRNEKOĞLU 100******46 TEST Zeytinlik İlkokulu",
        "Başvuru ofisinde bekleniyor Sıra: Başvuru sahibi",
        "02.03.2026 12:00",
        "01.05.2026",
        "İlker Görevli",
    ]


def test_the_queues_are_named_by_what_a_role_can_do(
    world: World, officer: Visitor, operator: Visitor
) -> None:
    waiting_for_paper(world)
    lists = list(officer.get("/is-listem").links)
    for said in (
        "İş listem (0)", "Alınabilecekler (1)", "Kimliği görülecekler (1)", "İncelenecek evrak (0)",
        "Tüm başvurular",
    ):  # fmt: skip
        assert said in lists
    lists = list(operator.get("/uretim").links)
    for said in ("Üretim sırası (0)", "Kuryedekiler (0)", "Kuryeden dönenler (0)"):
        assert said in lists
    queue = officer.get("/sira/paper_received")
    assert queue.heading == "İncelenecek evrak"
    assert "Bu sırada yapabilecekleriniz: Evrakı onayla, " in queue.text
    assert "Bu sırada başvuru yok." in queue.text


@pytest.mark.parametrize("queue", ["queued", "held", "yok"])
def test_the_queue_of_another_role_is_not_there(officer: Visitor, queue: str) -> None:
    officer.get(f"/sira/{queue}", 404)


def test_filters_stand_in_the_address_and_as_chips_that_take_them_back(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    query = "durum=in_person&tur=first&sure=later&kimde=bos"
    page = officer.get(f"/basvurular?{query}")
    assert references(page) == [reference("application", case)]
    taken = {
        "Başvuru ofisinde bekleniyor": "tur=first&sure=later&kimde=bos",
        "İlk başvuru": "durum=in_person&sure=later&kimde=bos",
        "Sonra": "durum=in_person&tur=first&kimde=bos",
        "Kimsenin üzerinde değil": "durum=in_person&tur=first&sure=later",
    }
    for word, left in taken.items():
        assert page.links[f"{word} × filtresini kaldır"] == f"/basvurular?{left}"
    assert page.all("p", role="status") == ["1 başvuru"]


@pytest.mark.parametrize("query", ["durum=held", "tur=renewal", "sure=late", "kimde=ben"])
def test_a_filter_that_finds_nothing_says_so(world: World, officer: Visitor, query: str) -> None:
    waiting_for_paper(world)
    page = officer.get(f"/basvurular?{query}")
    assert "Bu filtreye uyan başvuru yok." in page.text
    assert page.all("p", role="status") == ["0 başvuru"]


@pytest.mark.parametrize(
    "query",
    [
        "durum=yok&tur=yok&sure=yok&kimde=yok", "sirala=yok&yon=yok", "sonra=yarın~1", "sonra=",
        "sonra=2026-01-01~x", "sonra=2026-01-01~99999999999999999999", "sirala=ad&sonra=x~1",
        "sirala=gelis&sonra=2026-01-01~1", "sirala=gelis&sonra=2026-01-01T10:00:00~1",
    ],
)  # fmt: skip
def test_a_filter_that_is_not_ours_is_left_out(world: World, officer: Visitor, query: str) -> None:
    case = waiting_for_paper(world)
    assert references(officer.get(f"/basvurular?{query}")) == [reference("application", case)]


def test_a_queue_keeps_to_its_state_whatever_the_address_says(
    world: World, officer: Visitor
) -> None:
    waiting_for_paper(world)
    assert references(officer.get("/sira/paper_received?durum=in_person")) == []


def test_what_somebody_holds_is_told_from_what_is_free(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    held, free = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    desk.claim(world.engine, held, actor_of(staff.officer))
    mine, others = reference("application", held), reference("application", free)
    assert references(officer.get("/is-listem?durum=in_person")) == [mine]
    assert references(officer.get("/sira/in_person?kimde=ben")) == [mine]
    assert references(officer.get("/sira/in_person?kimde=bos")) == [others]
    assert references(second.get(FREE)) == [others]
    assert references(second.get("/sira/in_person?kimde=ben")) == []


KEYS = {
    "son-tarih": lambda row: (row.deadline, row.id),
    "ad": lambda row: (row.applicant_key, row.id),
    "gelis": lambda row: (row.entered_at, row.id),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sort", list(KEYS))
@pytest.mark.parametrize("query", ["", "&tur=first", "&sure=later"])
def test_every_order_is_paged_without_gap_or_repetition(
    world: World,
    officer: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
    query: str,
    *,
    backwards: bool,
) -> None:
    fill(world, 2, "in_person", "paper_received", "held")
    monkeypatch.setattr("web.office.queues.worklist.PAGE", 4)
    rows = [row for row in world.all(Application) if row.state != "held"]
    if "tur" in query:
        rows = [row for row in rows if row.kind == "first"]
    if "sure" in query:
        rows = [row for row in rows if row.deadline > today_of(world) + timedelta(days=3)]
    wanted = sorted(rows, key=KEYS[sort], reverse=backwards)
    way = "azalan" if backwards else "artan"
    assert len(wanted) > 4
    assert walked(officer, f"{FREE}?sirala={sort}&yon={way}{query}") == [
        row.reference for row in wanted
    ]


def test_the_headings_sort_and_say_how_it_is_sorted(world: World, officer: Visitor) -> None:
    fill(world, 1, "in_person")
    page = officer.get(FREE)
    heads = {part.get("aria-sort") for part in page.tree.iter("th") if part.get("aria-sort")}
    assert heads == {"ascending", "none"}
    by_name = officer.get(page.links["Başvuru sahibi, kurum"])
    assert by_name.all("th", **{"aria-sort": "ascending"}) == ["Başvuru sahibi, kurum ▲"]
    names = [text.removesuffix(" 100******46") for text in by_name.all("td") if "100***" in text]
    assert names[:6] == [
        "CAN ÇELİK", "DENİZ ÇELİK", "CAN ILGAZ", "DENİZ ILGAZ", "CAN İNCE", "DENİZ İNCE",
    ]  # fmt: skip
    back = officer.get(by_name.links["Başvuru sahibi, kurum ▲"])
    assert back.all("th", **{"aria-sort": "descending"}) == ["Başvuru sahibi, kurum ▼"]
    assert "DENİZ ZORLU 100******46" in back.all("td")[:3]
    assert officer.get(back.links["Başvuru sahibi, kurum ▼"]).all(
        "th", **{"aria-sort": "ascending"}
    )


def test_the_name_of_nobody_stands_in_the_address_of_a_page(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, 1, "in_person")
    monkeypatch.setattr("web.office.queues.worklist.PAGE", 3)
    page = officer.get(f"{FREE}?sirala=ad")
    last = parse(references(page)[-1])[1]
    assert page.links["Sonraki kayıtlar"] == f"{FREE}?sirala=ad&sonra=~{last}"


def test_counting_stops_and_says_so(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.office.queues.lists.CAP", 3)
    fill(world, 1, "in_person", "paper_received")
    page = officer.get(FREE)
    assert page.all("p", role="status") == ["3'den çok başvuru"]
    assert "Alınabilecekler (3'den çok)" in page.links
    assert "Kimliği görülecekler (3'den çok)" in page.links
    assert [title for title in page.all("h2") if title.endswith("(3'den çok)")] != []


def test_a_count_writes_a_thousand_the_turkish_way() -> None:
    assert str(Count(CAP, more=True)) == "1.000'den çok"
    assert str(Count(CAP)) == "1.000"
    assert not Count(0)


def test_the_counts_of_the_groups_are_those_of_the_rows(world: World) -> None:
    fill(world, 3, "in_person", "paper_received")
    today = today_of(world)
    wanted = QueueFilter(("in_person", "paper_received"))
    rows = world.all(Application)
    page = read(world.engine.database, wanted, today)
    for group in worklist.GROUPS:
        there = [row for row in rows if worklist.group_of(row.deadline, today) == group]
        assert page.counts[group] == Count(len(there))
    assert page.total == Count(len(rows)) == Count(42)


@pytest.mark.parametrize(
    "wanted",
    [
        QueueFilter(("in_person",)),
        QueueFilter(("in_person", "held"), kind="first", group="late"),
        QueueFilter(("held",), free=True, group="today"),
        QueueFilter(holder=1, group="soon"),
        QueueFilter(("in_person", "held"), institution="TEST-16"),
        QueueFilter(("in_person",), first=date(2026, 1, 1), last=date(2026, 12, 31)),
        QueueFilter(("held", "paper_received"), name="A"),
    ],
)
def test_what_a_list_shows_is_what_its_filter_matches(world: World, wanted: QueueFilter) -> None:
    fill(world, 2, "in_person", "paper_received", "held")
    with world.engine.database.begin() as connection:
        assert enter_user(connection, "Bir", ["officer"], world.clock.now()) == 1
    world.write("UPDATE application SET assignee_id = 1, assigned_version = 1 WHERE id % 2 = 0")
    today = today_of(world)
    with world.engine.database.connect() as connection:
        matched = set(connection.execute(worklist.matching(wanted, today)).scalars())
    page = read(world.engine.database, wanted, today)
    assert {line.id for line in page.lines} == matched
    assert page.total == Count(len(matched))


def test_the_deadline_of_a_case_is_its_closing_timer_or_the_end_of_the_old_certificate(
    world: World,
) -> None:
    case = waiting_for_paper(world)
    assert str(world.read(Application, case).deadline) == "2026-05-01"
    world.write("UPDATE application SET old_ends_on = '2026-04-10'")
    assert str(world.read(Application, case).deadline) == "2026-04-10"
    world.write("UPDATE application SET state = 'held'")
    assert str(world.read(Application, case).deadline) == "2026-04-10"
    world.write("UPDATE application SET old_ends_on = NULL")
    assert world.read(Application, case).deadline == worklist.NO_DEADLINE


def test_what_stands_in_the_queue_of_production_is_late_after_two_days(world: World) -> None:
    case = waiting_for_paper(world)
    # The day of the entry counts, in Istanbul; the timer only tries anew each day.
    world.write(
        "UPDATE application SET state = 'queued', entered_at = '2026-04-29 21:00:00+00',"
        " due_at = '2026-07-01 09:00:00+00'"
    )
    assert str(world.read(Application, case).deadline) == "2026-05-02"


def test_the_timer_rings_on_the_day_that_istanbul_has(world: World) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET due_at = '2026-04-30 21:00:00+00'")
    assert str(world.read(Application, case).deadline) == "2026-05-01"
    world.write("UPDATE application SET due_at = '2026-04-30 20:59:59+00'")
    assert str(world.read(Application, case).deadline) == "2026-04-30"


def test_the_table_knows_the_states_whose_timer_closes_a_case(world: World) -> None:
    definition = world.engine.library.workflow("application")
    assert set(worklist.ending(definition)) == set(ENDING_STATES)


def test_the_table_knows_the_states_in_which_the_office_has_to_act_by_a_day(world: World) -> None:
    definition = world.engine.library.workflow("application")
    assert set(worklist.awaited(definition)) == set(OFFICE_STATES)
    assert not set(OFFICE_STATES) & set(ENDING_STATES)


def test_a_renewal_takes_the_end_of_the_old_certificate_and_the_key_of_its_person(
    world: World,
) -> None:
    me = world.person()
    end = today_of(world) + timedelta(days=40)
    row = world.read(Application, world.file(me, "renewal", world.certificate(me, end)))
    assert row.old_ends_on == end
    assert row.applicant_key == sort_key("Örnekoğlu Ayşe")


def test_the_name_is_found_with_the_given_name_first_too(world: World) -> None:
    world.person("10000000146", "Ayşe Nur", "Örnek Oğlu")
    with world.engine.database.connect() as connection:
        keys = connection.execute(select(Person.sort_key, Person.given_key)).one()
    assert keys == (sort_key("Örnek Oğlu Ayşe Nur"), sort_key("Ayşe Nur Örnek Oğlu"))
