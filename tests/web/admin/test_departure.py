"""Who loses a right leaves nothing behind: claims return, bulk work ends, and people are told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from handlers.accounts import departure
from handlers.desk import claims as desk
from handlers.lists import uploads
from handlers.lists.sample import as_csv, sample_rows
from handlers.lists.staff_list import MOST_ROWS, from_table
from handlers.lists.uploads import Handed
from handlers.papers.sandbox import tables
from handlers.people.register import find_institution
from handlers.upkeep import figures
from states.cases.application import Application
from states.cases.batch import Batch
from states.kit.reference import reference
from states.logs.desk import DeskEntry
from states.logs.journal import JournalEntry
from states.papers.upload import StaffUpload, StaffUploadRow
from tests.kit.handlers.world import AYSE, ISMAIL, officer, operator
from tests.kit.until import until
from tests.kit.web.staff import path, under_review, waiting_for_paper
from tests.web.admin.conftest import newest
from workflow.model.actor import Actor
from workflow.model.refusal import RuleFailed
from workflow.running import batch

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor
    from tests.web.admin.conftest import Administrator


def held_by(world: World, case: int) -> int | None:
    """Return who holds a case."""
    return world.read(Application, case).holder_id


def called(case: int) -> str:
    """Return the reference of an application."""
    return reference("application", case)


def grant(first: Administrator, other: Administrator, world: World, account: int, act: str,
          **data: str) -> int:  # fmt: skip
    """Let two administrators do something to an account; return the proposal."""
    first.propose(account, act, 200, **data)
    case: int = newest(world).id
    other.decide(case, "approve")
    return case


def test_the_claims_of_a_closed_account_return_and_everybody_concerned_is_told(
    world: World, staff: Staff, first: Administrator, other: Administrator, second: Visitor
) -> None:
    mine, others = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    desk.claim(world.engine, mine, officer(staff.officer))
    desk.claim(world.engine, others, officer(staff.second))
    asked = first.browser.get(f"/yonetim/hesap/{staff.officer}/close").text
    assert f"1 başvuru var; öneri onaylanınca kuyruğa dönerler: {called(mine)}" in asked
    assert "Ondan başka" not in asked
    first.propose(staff.officer, "close")
    case = newest(world).id
    assert called(mine) in other.browser.get(f"/yonetim/oneri/{reference('grant', case)}").text
    assert called(mine) not in second.get("/alinabilecekler").text
    done = other.decide(case, "approve").text
    assert f"1 başvuru bu hesaptan kuyruğa döndü: {called(mine)}" in done
    assert (held_by(world, mine), held_by(world, others)) == (None, staff.second)

    assert called(mine) in second.get("/alinabilecekler").text
    line = world.all(DeskEntry)[-1]
    assert (line.case_id, line.what, line.actor, line.role, line.text) == (
        mine, "released", f"user:{other.number}", "administrator",
        f"user:{staff.officer} account_closed",
    )  # fmt: skip
    told = second.get(path(mine, "gecmis")).text
    assert "Kuyruğa döndü" in told
    assert "Şu kişinin üzerindeydi: Zeynep Görevli. Hesabı kapatıldı." in told
    account = first.browser.get(f"/yonetim/hesap/{staff.officer}").text
    assert "Üzerindeki başvuru 0" in account
    assert f"kuyruğa döndü: {called(mine)}" in account
    assert called(others) not in account
    (approved,) = world.all(JournalEntry, case_id=case, trigger="approve")
    assert json.loads(approved.body)["details"]["returned"] == 1


def test_the_overview_names_what_came_back_until_somebody_takes_it_up(
    world: World, staff: Staff, first: Administrator, other: Administrator, second: Visitor
) -> None:
    mine = waiting_for_paper(world)
    desk.claim(world.engine, mine, officer(staff.officer))
    desk.release(world.engine, mine, officer(staff.officer))
    figures.count(world.engine)
    assert "Kuyruğa dönen" not in second.get("/genel-bakis").text
    desk.claim(world.engine, mine, officer(staff.officer))
    grant(first, other, world, staff.officer, "close")
    figures.count(world.engine)
    told = second.get("/genel-bakis").text
    assert "1 başvuru, üzerinde olan kişinin yetkisi kalktığı için boşa çıktı" in told
    assert called(mine) in told
    assert "önceden üzerinde olan: Zeynep Görevli" in told
    desk.claim(world.engine, mine, officer(staff.second))
    figures.count(world.engine)
    assert "Kuyruğa dönen" not in second.get("/genel-bakis").text


def test_another_role_gives_back_what_was_claimed_under_the_old_one(
    world: World, staff: Staff, first: Administrator, other: Administrator
) -> None:
    mine = waiting_for_paper(world)
    world.write("UPDATE application SET state = 'queued', due_at = :then WHERE id = :id",
                id=mine, then=world.clock.now() + timedelta(days=3))  # fmt: skip
    desk.claim(world.engine, mine, operator(staff.operator))
    grant(first, other, world, staff.operator, "role", rol="auditor")
    assert held_by(world, mine) is None
    assert world.all(DeskEntry)[-1].text == f"user:{staff.operator} role_lost"
    assert world.read(Application, mine).due_at == world.clock.now()


def test_who_is_tied_to_a_person_gives_back_that_persons_case_and_no_other(
    world: World, staff: Staff, first: Administrator, other: Administrator
) -> None:
    own, foreign = waiting_for_paper(world, AYSE), waiting_for_paper(world, ISMAIL)
    world.write("UPDATE office_user SET person_id = NULL WHERE id = :id", id=staff.officer)
    untied = Actor(f"user:{staff.officer}", frozenset({"officer"}), "demo")
    for case in (own, foreign):
        desk.claim(world.engine, case, untied)
    grant(first, other, world, staff.officer, "tie", ad="Ayşe", soyad="Örnekoğlu", tckn=AYSE)
    assert (held_by(world, own), held_by(world, foreign)) == (None, staff.officer)
    assert world.all(DeskEntry)[-1].text == f"user:{staff.officer} own_case"


def test_a_refused_proposal_takes_nothing(
    world: World, staff: Staff, first: Administrator, other: Administrator
) -> None:
    mine = waiting_for_paper(world)
    desk.claim(world.engine, mine, officer(staff.officer))
    first.propose(staff.officer, "close")
    page = other.decide(newest(world).id, "refuse", "olmaz")
    assert called(mine) not in page.text
    assert held_by(world, mine) == staff.officer


def test_a_case_that_only_he_may_carry_on_is_named_before_and_after(
    world: World, staff: Staff, first: Administrator, other: Administrator
) -> None:
    """Who registered a paper may not approve it: with two officers the other is the only one."""
    case = under_review(world, staff.second)
    desk.claim(world.engine, case, officer(staff.officer))
    alone = f"Ondan başka ilerletebilecek açık hesap yok: {called(case)}"
    assert alone in first.browser.get(f"/yonetim/hesap/{staff.officer}/close").text
    granted = grant(first, other, world, staff.officer, "close")
    page = first.browser.get(f"/yonetim/oneri/{reference('grant', granted)}")
    assert alone in page.text
    world.write("UPDATE application SET state = 'expired'")
    assert "Ondan başka" not in first.browser.get(f"/yonetim/hesap/{staff.officer}").text


@pytest.mark.parametrize("state", ["rehearsing", "rehearsed", "running", "paused"])
def test_bulk_moves_of_a_closed_account_end_with_it(
    world: World, staff: Staff, first: Administrator, other: Administrator, state: str
) -> None:
    case = waiting_for_paper(world)
    wish = batch.BatchRequest(
        "application", "cancel_by_office", officer(staff.officer), "istek", {}
    )
    number = batch.make(world.engine, wish, select(Application.id).where(Application.id == case))
    world.write("UPDATE batch SET state = :state", state=state)
    asked = first.browser.get(f"/yonetim/hesap/{staff.officer}/close").text
    assert "1 toplu işlemi bitmedi; öneri onaylanınca durdurulur" in asked
    grant(first, other, world, staff.officer, "close")
    ended = world.read(Batch, number)
    assert (ended.state, ended.why, ended.finished_at) == (
        "stopped", "account_closed", world.clock.now(),
    )  # fmt: skip


def handed_in(world: World, coordinator: int, within: str) -> int:
    """Let a coordinator hand in a list that waits for him."""
    me = Actor(f"user:{coordinator}", frozenset({"coordinator"}), "demo")
    content = as_csv(sample_rows(world.clock.now().date(), 3))
    staff = from_table(tables.read(content, str(MOST_ROWS)))
    number = uploads.keep(
        world.engine, Handed("a.csv", content, me, within, file_renewals=False), staff
    )
    world.write("UPDATE staff_upload SET state = 'rehearsed'")
    return number


def test_a_list_ends_when_its_uploader_answers_for_another_institution_and_keeps_no_rows(
    world: World, staff: Staff, first: Administrator, other: Administrator
) -> None:
    with world.engine.database.begin() as connection:
        school, top = (find_institution(connection, code) for code in ("TEST-16-01-1", "TEST"))
    assert school is not None
    assert top is not None
    world.write("UPDATE office_user SET institution_id = :id WHERE id = :user",
                id=top.id, user=staff.coordinator)  # fmt: skip
    number = handed_in(world, staff.coordinator, "/TEST/")
    other_place = handed_in(world, staff.coordinator, school.path)
    page = first.browser.get(f"/yonetim/hesap/{staff.coordinator}/role").text
    assert "2 personel listesi bitmedi" in page
    place = str(school.id)
    grant(first, other, world, staff.coordinator, "role", rol="coordinator", kurum=place)
    ended = world.read(StaffUpload, number)
    assert (ended.state, ended.why) == ("stopped", "right_lost")
    assert {row.content for row in world.all(StaffUploadRow, upload_id=number)} == {None}
    assert world.read(StaffUpload, other_place).state == "rehearsed"


def test_who_lost_his_right_meanwhile_claims_nothing(world: World, staff: Staff) -> None:
    case = waiting_for_paper(world)
    for change in ("active = false", "active = true, roles = '{auditor}'"):
        world.write(f"UPDATE office_user SET {change} WHERE id = :id", id=staff.officer)
        with pytest.raises(RuleFailed) as refused:
            desk.claim(world.engine, case, officer(staff.officer))
        assert refused.value.verdict.code == "desk.rights_changed"
    assert held_by(world, case) is None


def somebody_waits(database: Database) -> bool:
    """Say whether a session of this database waits for a lock."""
    asking = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    with database.owner.connect() as connection:
        return bool(connection.exec_driver_sql(asking).scalar())


def test_a_claim_waits_for_the_grant_that_closes_its_account(
    world: World, database: Database, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    with ThreadPoolExecutor(1) as pool:
        with world.engine.database.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE office_user SET active = false WHERE id = {staff.officer}"
            )
            claimed = pool.submit(desk.claim, world.engine, case, officer(staff.officer))
            until(lambda: claimed.done() or somebody_waits(database), "the claim waits")
            assert not claimed.done()
        with pytest.raises(RuleFailed):
            claimed.result(60)
    assert held_by(world, case) is None


def test_a_claim_that_was_faster_than_the_grant_is_given_back_by_it(
    world: World, database: Database, staff: Staff, first: Administrator, other: Administrator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = waiting_for_paper(world)
    first.propose(staff.officer, "close")
    assign, reached, go_on = desk._assign, Event(), Event()  # noqa: SLF001 - the moment to stop at

    def slowly(*given: Any) -> bool:  # noqa: ANN401 - whatever it is given
        done = assign(*given)
        reached.set()
        return go_on.wait(60) and done

    monkeypatch.setattr(desk, "_assign", slowly)
    with ThreadPoolExecutor(2) as pool:
        claimed = pool.submit(desk.claim, world.engine, case, officer(staff.officer))
        assert reached.wait(60)
        decided = pool.submit(other.decide, newest(world).id, "approve")
        until(lambda: decided.done() or somebody_waits(database), "the grant waits")
        go_on.set()
        assert claimed.result(60).changed
        decided.result(60)
    assert held_by(world, case) is None
    assert [row.what for row in world.all(DeskEntry)] == ["claimed", "released"]


def test_an_act_that_takes_nothing_leaves_nothing_behind(world: World, staff: Staff) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, officer(staff.officer))
    found = departure.behind(world.engine, "reopen", staff.officer, None)
    assert found == departure.Behind([], 0, 0)
