"""Bulk moves that run: paused, resumed, stopped, by the worker, and their result."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from handlers.desk.batches import work_off_batches
from states.cases.batch import BatchItem
from states.logs.journal import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor

    Many = Callable[..., list[int]]

from tests.kit.web.bulk import address, asked, batch, refs


def test_pressing_start_twice_starts_once(world: World, many: Many, officer: Visitor) -> None:
    page = asked(officer, many(2))
    officer.post(f"{address(page)}/baslat")
    again = officer.post(f"{address(page)}/baslat")
    assert "zaten yapılmıştı" in again.text
    work_off_batches(world.engine)
    assert "zaten yapılmıştı" in officer.post(f"{address(page)}/baslat").text
    assert (batch(world).state, batch(world).moved) == ("done", 2)
    assert len(world.all(JournalEntry, batch=batch(world).name)) == 2


def test_a_run_is_paused_resumed_and_stopped_by_its_page(
    world: World, many: Many, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.running.batch_worker.CHUNK", 2)
    monkeypatch.setattr("workflow.running.batch_worker.TURN", 1)
    page = asked(officer, many(7))
    for _ in range(4):
        work_off_batches(world.engine)
    here = address(page)
    assert officer.post(f"{here}/baslat").buttons.count("Duraklat") == 1
    work_off_batches(world.engine)
    paused = officer.post(f"{here}/duraklat")
    assert ("Sürdür" in paused.buttons, "Duraklat" in paused.buttons) == (True, False)
    assert "2 yapıldı, 0 reddedildi, 0 hata oldu, 5 bekliyor." in paused.text
    work_off_batches(world.engine)
    assert batch(world).moved == 2
    officer.post(f"{here}/surdur")
    work_off_batches(world.engine)
    stopped = officer.post(f"{here}/durdur")
    assert "4 yapıldı, 0 reddedildi, 0 hata oldu, 3 denenmedi." in stopped.text
    assert not {"Başlat", "Sürdür", "Durdur", "Vazgeç"} & set(stopped.buttons)
    work_off_batches(world.engine)
    assert batch(world).moved == 4


def test_giving_up_does_not_stop_what_was_started_meanwhile(
    world: World, many: Many, officer: Visitor
) -> None:
    page = asked(officer, many(1))
    officer.post(f"{address(page)}/baslat")
    assert "zaten yapılmıştı" in officer.post(f"{address(page)}/vazgec").text
    assert batch(world).state == "running"


def test_a_large_set_is_rehearsed_by_the_worker_with_progress(
    world: World, many: Many, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.kit.batches.making.AT_ONCE", 2)
    monkeypatch.setattr("workflow.running.batch_worker.CHUNK", 2)
    monkeypatch.setattr("workflow.running.batch_worker.TURN", 1)
    page = asked(officer, many(3))
    here = address(page)
    assert "Prova yapılıyor" in page.text
    assert "Prova: 0 / 3" in page.text
    assert f"5; url={here}/izle" in page.response.text
    assert "Vazgeç" in page.buttons
    work_off_batches(world.engine)
    assert officer.client.get(f"{here}/durum").json == {
        "state": "rehearsing", "total": 3, "done": 2,
    }  # fmt: skip
    half = officer.get(f"{here}/izle")
    (bar,) = list(half.tree.iter("progress"))
    assert (bar.get("value"), bar.get("max")) == ("2", "3")
    for _ in range(2):
        work_off_batches(world.engine)
    ready = officer.get(here)
    assert "Prova edildi" in ready.text
    assert "refresh" not in ready.response.text
    officer.post(f"{here}/baslat")
    assert officer.client.get(f"{here}/durum").json == {"state": "running", "total": 3, "done": 0}


def test_watching_never_prolongs_the_session(world: World, many: Many, officer: Visitor) -> None:
    here = address(asked(officer, many(1)))
    for _ in range(4):
        world.clock.advance(minutes=10)
        officer.client.get(f"{here}/izle")
        last = officer.client.get(f"{here}/durum")
    assert last.status_code == 302
    assert last.location.startswith("/giris")


def test_the_batch_of_a_closed_account_says_why_it_stopped(
    world: World, many: Many, officer: Visitor, auditor: Visitor, staff: Staff
) -> None:
    here = address(asked(officer, many(1)))
    officer.post(f"{here}/baslat")
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=staff.officer)
    work_off_batches(world.engine)
    page = auditor.get(here)
    assert "hesabı kapatıldığı için iş durduruldu" in page.text
    assert "0 yapıldı, 0 reddedildi, 0 hata oldu, 1 denenmedi." in page.text


@pytest.mark.parametrize("paused", [False, True], ids=["rehearsed", "paused"])
def test_who_lost_the_role_of_his_batch_can_not_set_it_going(
    world: World, many: Many, officer: Visitor, staff: Staff, *, paused: bool
) -> None:
    (case,) = many(1)
    here = address(asked(officer, [case]))
    if paused:
        officer.post(f"{here}/baslat")
        officer.post(f"{here}/duraklat")
    world.write("UPDATE office_user SET roles = '{operator}' WHERE id = :id", id=staff.officer)
    officer.sign_in("user", staff.officer)
    page = officer.post(f"{here}/{'surdur' if paused else 'baslat'}")
    assert "hazırladığı rolü artık taşımadığı için iş durduruldu" in page.text
    assert "zaten yapılmıştı" not in page.text
    assert not {"Başlat", "Sürdür", "Durdur", "Vazgeç"} & set(page.buttons)
    assert "Durduruldu" in page.text
    work_off_batches(world.engine)
    assert (batch(world).state, batch(world).why) == ("stopped", "role_lost")
    assert world.state(case) == "held"


def test_a_run_ends_before_the_next_chunk_when_its_maker_loses_the_role(
    world: World, many: Many, officer: Visitor, auditor: Visitor, staff: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("workflow.running.batch_worker.CHUNK", 2)
    monkeypatch.setattr("workflow.running.batch_worker.TURN", 1)
    ids = many(5)
    page = asked(officer, ids)
    for _ in range(3):
        work_off_batches(world.engine)
    here = address(page)
    officer.post(f"{here}/baslat")
    work_off_batches(world.engine)
    world.write("UPDATE office_user SET roles = '{operator}' WHERE id = :id", id=staff.officer)
    work_off_batches(world.engine)
    assert (batch(world).state, batch(world).why) == ("stopped", "role_lost")
    assert [world.state(case) for case in ids] == ["rejected"] * 2 + ["held"] * 3
    page = auditor.get(here)
    assert "2 yapıldı, 0 reddedildi, 0 hata oldu, 3 denenmedi." in page.text
    assert "hazırladığı rolü artık taşımadığı için iş durduruldu" in page.text


def test_the_result_is_paged_without_gap_and_taken_out_as_csv(
    world: World, many: Many, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.kit.batches.page.PAGE", 2)
    ids = many(5)
    world.write("UPDATE application SET state = 'couriered' WHERE id = :id", id=ids[1])
    page = asked(officer, ids)
    here = address(page)
    officer.post(f"{here}/baslat")
    work_off_batches(world.engine)
    shown: list[str] = []
    page = officer.get(here)
    while True:
        shown += [cell for cell in page.all("th", scope="row") if cell]
        if "Sonraki kayıtlar" not in page.links:
            break
        page = officer.get(page.links["Sonraki kayıtlar"].partition("#")[0])
    assert shown == refs(ids)
    moved = officer.get(f"{here}?sonuc=moved&sonra={ids[0]}")
    assert [cell for cell in moved.all("th", scope="row") if cell] == refs(ids[2:4])
    taken = officer.client.get(f"{here}/sonuc.csv")
    assert taken.headers["Content-Disposition"] == (
        f'attachment; filename="toplu-is-{batch(world).id}.csv"'
    )
    rows = list(csv.reader(io.StringIO(taken.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Başvuru", "Sonuç", "Neden kodu", "Neden"]
    assert rows[1] == [refs(ids)[0], "Yapıldı", "", "", "Yapılabilir", "1"]
    assert rows[2] == [
        refs(ids)[1], "Reddedildi", "wrong_state",
        "Başvurunun bugünkü durumunda bu işlem yapılamaz.", "Yapılamaz", "1",
    ]  # fmt: skip
    assert len(rows) == 6


def test_a_takeout_holds_no_formula_and_tells_what_was_not_tried(
    world: World, many: Many, officer: Visitor
) -> None:
    here = address(asked(officer, many(2)))
    first = world.all(BatchItem)[0].case_id
    world.write("UPDATE batch_item SET code = '=1+1' WHERE case_id = :id", id=first)
    world.write("UPDATE batch_item SET rehearsed = NULL WHERE case_id > :id", id=first)
    lines = officer.client.get(f"{here}/sonuc.csv").text.splitlines()
    assert ";'=1+1;" in lines[1]
    assert lines[2].split(";")[1:] == ["Denenmedi", "", "", "Bakılmadı", "1"]
