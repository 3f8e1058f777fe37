"""Who may see a batch and who may touch it: its maker, and readers who change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk.batches import work_off_batches
from states.cases.batch import Batch
from states.kit.reference import MAX_ID, reference
from tests.kit.handlers.world import open_account
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

    Many = Callable[..., list[int]]

READ = ("", "/izle", "/durum", "/sonuc.csv")
COMMANDS = ("baslat", "duraklat", "surdur", "durdur", "vazgec")


@pytest.fixture
def number(world: World, many: Many, officer: Visitor) -> int:
    """Give the number of a rehearsed batch of the officer."""
    cases = [reference("application", case) for case in many(2)]
    officer.get("/basvurular")
    officer.post("/toplu", kapsam="secili", basvuru=cases, islem="reject", code="duplicate",
                 reason="")  # fmt: skip
    return int(world.all(Batch)[-1].id)


@pytest.fixture
def administrator(world: World, app: Flask) -> Visitor:
    """Give an administrator who is signed in."""
    with world.engine.database.begin() as connection:
        now = world.clock.now()
        number = open_account(connection, "Ömer Yönetici", "administrator", now, subject="sub-y")
    someone = Visitor(app)
    someone.sign_in("user", number)
    return someone


def tried(visitor: Visitor, number: int) -> Iterator[tuple[str, int]]:
    """Try every route of a batch; give the path and the status of the answer."""
    for path in READ:
        yield path, visitor.client.get(f"/toplu/{number}{path}").status_code
    for command in COMMANDS:
        form = {"csrf_token": visitor.token}
        yield command, visitor.client.post(f"/toplu/{number}/{command}", data=form).status_code


def test_a_batch_of_another_is_not_there_as_one_that_was_never_made(
    world: World, number: int, second: Visitor, operator: Visitor
) -> None:
    for stranger in (second, operator):
        for none in (number, number + 1, MAX_ID, MAX_ID + 1):
            stranger.get("/basvurular")
            assert {status for _, status in tried(stranger, none)} == {404}
    batch = world.all(Batch)[-1]
    assert (batch.state, batch.finished_at) == ("rehearsed", None)


def test_auditors_and_administrators_read_every_batch_and_change_none(
    world: World, number: int, auditor: Visitor, administrator: Visitor
) -> None:
    for reader in (auditor, administrator):
        page = reader.get(f"/toplu/{number}")
        assert "2 başvuruda yapılabilir" in page.text
        assert not {"Başlat", "Vazgeç"} & set(page.buttons)
        found = dict(tried(reader, number))
        assert {found[path] for path in READ} == {200}
        assert {found[command] for command in COMMANDS} == {403}
        assert reader.client.post("/toplu", data={"csrf_token": reader.token}).status_code == 403
    assert world.all(Batch)[-1].state == "rehearsed"


def test_only_who_may_open_cases_gets_links_to_them(
    number: int, auditor: Visitor, administrator: Visitor
) -> None:
    def cases(visitor: Visitor) -> int:
        return sum(name.startswith("B0") for name in visitor.get(f"/toplu/{number}").links)

    assert (cases(auditor), cases(administrator)) == (2, 0)


def test_nobody_else_comes_near_a_batch(
    app: Flask, number: int, visitor: Visitor, staff: Staff
) -> None:
    for _, status in tried(visitor, number):
        assert status in {302, 400}
    coordinator = Visitor(app)
    coordinator.sign_in("user", staff.coordinator)
    assert {status for _, status in tried(coordinator, number)} == {403}
    assert coordinator.client.get("/toplu").status_code == 403


def test_a_form_without_its_token_starts_nothing(
    world: World, number: int, officer: Visitor
) -> None:
    for command in COMMANDS:
        assert officer.client.post(f"/toplu/{number}/{command}").status_code == 400
    assert officer.client.post("/toplu", data={"kapsam": "secili"}).status_code == 400
    assert officer.client.get(f"/toplu/{number}/baslat").status_code == 405
    assert officer.client.post(f"/toplu/{number}/sil").status_code == 404
    assert world.all(Batch)[-1].state == "rehearsed"


def test_each_sees_his_own_batches_and_readers_see_all(
    world: World, number: int, officer: Visitor, second: Visitor, auditor: Visitor
) -> None:
    name = f"{number}: Reddet"
    assert name in officer.get("/toplu").links
    assert "Henüz toplu iş yok." in second.get("/toplu").text
    page = auditor.get("/toplu")
    assert name in page.links
    assert "Zeynep Görevli" in page.text
    officer.post(f"/toplu/{number}/baslat")
    work_off_batches(world.engine)
    assert "Tamamlandı" in officer.get("/toplu").text
    link = f"batch:{number}"
    assert link not in officer.get(f"/toplu/{number}").links
    journal = auditor.get(auditor.get(f"/toplu/{number}").links[link])
    assert journal.value("toplu") == link
    assert "Reddet" in journal.text


def test_the_list_of_batches_is_paged_newest_first(
    number: int, officer: Visitor, monkeypatch: pytest.MonkeyPatch, many: Many
) -> None:
    monkeypatch.setattr("web.kit.batches.page.PAGE", 2)
    numbers = [number]
    for case in many(4):
        officer.get("/basvurular")
        officer.post("/toplu", kapsam="secili", basvuru=reference("application", case),
                     islem="reject", code="duplicate", reason="")  # fmt: skip
        numbers.append(numbers[-1] + 1)
    shown: list[str] = []
    page = officer.get("/toplu")
    while True:
        shown += [link for link in page.links if link.endswith(": Reddet")]
        if "Daha eskiler" not in page.links:
            break
        page = officer.get(page.links["Daha eskiler"])
        assert "En yeniler" in page.links
    assert shown == [f"{one}: Reddet" for one in reversed(numbers)]
    for odd in ("x", "-1", "9" * 30, "²"):
        assert officer.get(f"/toplu?once={odd}").heading == "Toplu işler"


def test_a_batch_of_a_move_that_is_no_more_is_still_read(
    world: World, number: int, officer: Visitor
) -> None:
    world.write("UPDATE batch SET trigger = 'gone' WHERE id = :id", id=number)
    assert officer.get(f"/toplu/{number}").heading == f"Toplu iş {number}: gone"
    assert f"{number}: gone" in officer.get("/toplu").links
    assert officer.client.get(f"/toplu/{number}/sonuc.csv").status_code == 200
