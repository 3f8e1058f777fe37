"""A bulk move from the list to its result, as an officer meets it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from handlers.desk.batches import work_off_batches
from states.cases.application import Application
from states.cases.batch import Batch, BatchItem
from states.kit.reference import reference
from states.logs.journal import JournalEntry, RefusedAttempt
from web.office.bulk import pages
from web.site.chores import chores
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

    Many = Callable[..., list[int]]

HELD = "/toplu?liste=hepsi&durum=held"
WHY: dict[str, Any] = {"islem": "reject", "code": "duplicate", "reason": ""}


def refs(ids: Iterable[int]) -> list[str]:
    return [reference("application", number) for number in ids]


def asked(officer: Visitor, ids: Iterable[int], **more: Any) -> Page:  # noqa: ANN401 - fields of a form
    """Ask for a rehearsal of cases that were ticked."""
    officer.get("/basvurular")
    return officer.post("/toplu", kapsam="secili", basvuru=refs(ids), **{**WHY, **more})


def address(page: Page) -> str:
    return urlsplit(page.response.request.path).path


def batch(world: World) -> Batch:
    """Return the newest batch as it stands."""
    newest = world.all(Batch)[-1].id
    found = batches.read(world.engine.database, newest)
    assert found is not None
    return found


def options(page: Page) -> list[str]:
    return [text for text in page.all("option") if text]


def test_a_list_offers_the_moves_that_a_set_can_make_from_its_states(
    many: Many, officer: Visitor
) -> None:
    many(3, "paper_received")
    page = officer.get("/basvurular?durum=paper_received")
    assert "Toplu işlem" in page.all("h2")
    form = next(part for part in page.tree.iter("form") if part.get("id") == "toplu")
    moves = [option.text for option in form.iter("option")]
    assert moves == ["Başvuru sahibine iade et", "Reddet", "Başvuruyu iptal et"]
    labels = [part.text for part in form.iter("label")]
    assert labels == [
        "Listede işaretlediklerim", "Bu sayfadaki 3 başvurunun tümü",
        "Filtreye uyan 3 başvurunun tümü", "Yapılacak işlem",
    ]  # fmt: skip
    boxes = [part for part in page.tree.iter("input") if part.get("name") == "basvuru"]
    assert [part.get("form") for part in boxes] == ["toplu"] * 3


def test_an_empty_list_offers_its_moves_only_for_what_is_ticked(officer: Visitor) -> None:
    page = officer.get("/basvurular?durum=held")
    scopes = [part.get("value") for part in page.tree.iter("input") if part.get("name") == "kapsam"]
    assert scopes == ["secili"]


def test_a_state_that_no_set_can_leave_offers_nothing(officer: Visitor) -> None:
    assert "Toplu işlem" not in officer.get("/basvurular?durum=rejected").all("h2")


def test_a_filter_is_rehearsed_run_and_told(world: World, many: Many, officer: Visitor) -> None:
    ids = many(7)
    many(2, "queued")
    officer.get("/basvurular?durum=held")
    why = officer.post(HELD, kapsam="filtre", islem="reject")
    assert why.heading == "Toplu işlem: Reddet"
    assert "7 başvuru (filtreye uyanların tümü)" in why.text
    assert "Tüm başvurular, Üretim tarihi bekleniyor" in why.text
    assert "Aynı ihtiyaç için başka bir başvuru var" in options(why)
    page = officer.post(HELD, kapsam="filtre", islem="reject", code="duplicate", reason="ek söz")
    number = batch(world).id
    assert page.heading == f"Toplu iş {number}: Reddet"
    assert "7 başvuruda yapılabilir, 0 başvuruda yapılamaz. Hiçbir başvuru değişmedi." in page.text
    for said in (
        "Prova edildi", "7 (filtreye uyanların tümü)",
        "Aynı ihtiyaç için başka bir başvuru var: ek söz",
        "Tüm başvurular, Üretim tarihi bekleniyor", f"batch:{number}", "Zeynep Görevli",
        "Başvuru kapanır ve başvuru sahibine bildirilir; geri alınamaz.",
    ):  # fmt: skip
        assert said in page.text
    assert [name for name in page.links if name.startswith("B0")] == refs(ids[:5])
    assert {world.state(case) for case in ids} == {"held"}
    running = officer.post(f"/toplu/{number}/baslat")
    assert "Toplu iş başlatıldı." in running.text
    assert "Sürüyor" in running.text
    work_off_batches(world.engine)
    done = officer.get(f"/toplu/{number}")
    assert "Tamamlandı" in done.text
    assert "7 yapıldı, 0 reddedildi, 0 hata oldu." in done.text
    assert {world.state(case) for case in ids} == {"rejected"}
    entries = world.all(JournalEntry, batch=f"batch:{number}")
    assert [entry.case_id for entry in entries] == ids
    assert {entry.actor for entry in entries} == {f"user:{batch(world).actor.split(':')[1]}"}
    assert '"reason":"duplicate: ek söz"' in entries[0].body


def test_the_page_of_a_list_is_not_its_filter(
    world: World, many: Many, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.office.queues.worklist.PAGE", 3)
    many(5)
    page = officer.get("/basvurular?durum=held")
    named = [part.get("value") for part in page.tree.iter("input") if part.get("name") == "sayfa"]
    assert len(named) == 3
    officer.post(HELD, kapsam="sayfa", sayfa=named, basvuru=named[:1], **WHY)
    assert (batch(world).total, batch(world).filter) == (3, {"scope": "sayfa", "words": []})
    officer.post(HELD, kapsam="secili", sayfa=named, basvuru=named[:1], **WHY)
    assert batch(world).total == 1
    officer.post(HELD, kapsam="filtre", sayfa=named, basvuru=named[:1], **WHY)
    assert batch(world).total == 5


def test_500_cases_go_in_one_go(world: World, many: Many, officer: Visitor) -> None:
    ids = many(500)
    officer.get("/basvurular?durum=held")
    page = officer.post(HELD, kapsam="filtre", **WHY)
    assert "500 başvuruda yapılabilir" in page.text
    officer.post(f"{address(page)}/baslat")
    (chore,) = [chore for chore in chores(world.engine) if chore.name == "batches"]
    assert (chore.do(), chore.every) == (1, 2.0)
    assert batch(world).moved == 500
    assert len(world.all(JournalEntry, batch=batch(world).name)) == len(ids)
    assert "500 yapıldı" in officer.get(address(page)).text


def test_a_reason_is_asked_for_before_the_rehearsal_and_kept_when_it_is_wrong(
    world: World, many: Many, officer: Visitor
) -> None:
    ids = many(1)
    officer.get("/basvurular")
    wanted: dict[str, Any] = {"kapsam": "secili", "basvuru": refs(ids), "islem": "reject"}
    first = officer.post("/toplu", **wanted)
    assert first.title.startswith("Toplu işlem")
    assert first.value("basvuru") == refs(ids)[0]
    empty = officer.post("/toplu", 422, **wanted, code="", reason="bir söz")
    assert empty.title.startswith("Hata:")
    assert "Listeden bir neden seçiniz." in empty.text
    assert empty.all("textarea") == ["bir söz"]
    other = officer.post("/toplu", 422, **wanted, code="other", reason=" ")
    assert "Gerekçeyi yazınız." in other.text
    officer.post("/toplu", 422, **wanted, code="duplicate", reason="x" * 1001)
    officer.post("/toplu", 400, **wanted, code="invented", reason="x")
    assert world.all(Batch) == []
    officer.post("/toplu", **wanted, code="other", reason="başka")
    assert batch(world).reason == "other: başka"


def test_a_move_without_a_reason_is_rehearsed_at_once(
    world: World, many: Many, operator: Visitor
) -> None:
    (case,) = many(1, "queued")
    operator.get("/basvurular")
    page = operator.post("/toplu", kapsam="secili", basvuru=refs([case]), islem="start_production")
    assert page.heading.endswith("Üretimi başlat")
    assert batch(world).reason is None


def test_nothing_chosen_and_too_much_are_told_with_the_way_back(
    world: World, many: Many, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = many(3)
    officer.get("/basvurular")
    page = officer.post("/toplu", 422, kapsam="secili", **WHY)
    assert "Hiç başvuru seçilmedi." in page.text
    assert "Listeye dön" in page.links
    monkeypatch.setattr(batches, "MOST", 2)
    assert "en çok 2 başvuru" in asked_422(officer, ids).text
    assert world.all(Batch) == []


def asked_422(officer: Visitor, ids: Iterable[int]) -> Page:
    return officer.post("/toplu", 422, kapsam="secili", basvuru=refs(ids), **WHY)


@pytest.mark.parametrize(
    "changed",
    [
        {"islem": "approve_paper"},  # asks something of each case
        {"islem": "start_production"},  # another role's
        {"islem": "file"},
        {"islem": "none"},
        {"kapsam": "hepsi"},
        {"basvuru": "B00000000x"},
        {"basvuru": "S000000001"},
        {"basvuru": ["B000000001"] * 1001},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    world: World, officer: Visitor, changed: dict[str, Any]
) -> None:
    officer.get("/basvurular")
    form: dict[str, Any] = {"kapsam": "secili", "basvuru": "B000000001", **WHY, **changed}
    officer.post("/toplu", 400, **form)
    assert world.all(Batch) == []


def test_a_filter_of_no_list_of_his_is_not_found(officer: Visitor) -> None:
    officer.get("/basvurular")
    officer.post("/toplu?liste=yok", 404, kapsam="filtre", **WHY)


def test_one_who_is_the_subject_of_a_case_of_the_set_moves_the_others(
    world: World, many: Many, officer: Visitor, staff: Staff
) -> None:
    own, other = many(2)
    person = world.read(Application, own).person_id
    world.write("UPDATE office_user SET person_id = :p WHERE id = :u", p=person, u=staff.officer)
    officer.sign_in("user", staff.officer)
    page = asked(officer, [own, other])
    assert "1 başvuruda yapılabilir, 1 başvuruda yapılamaz." in page.text
    assert "Yapılamaz: Kendi kaydınızda “Reddet” işlemini yapamazsınız" in page.text
    officer.post(f"{address(page)}/baslat")
    work_off_batches(world.engine)
    assert (world.state(own), world.state(other)) == ("held", "rejected")
    (refusal,) = world.all(RefusedAttempt)
    assert (refusal.case_id, refusal.code, refusal.batch) == (own, "own_case", batch(world).name)


def test_a_rehearsal_in_which_nothing_can_move_offers_no_start(
    world: World, many: Many, officer: Visitor
) -> None:
    page = asked(officer, many(1, "delivered"))
    assert "0 başvuruda yapılabilir, 1 başvuruda yapılamaz." in page.text
    assert "Başvurunun bugünkü durumunda bu işlem yapılamaz." in page.text
    assert "Başlat" not in page.buttons
    given_up = officer.post(f"{address(page)}/vazgec")
    assert "Vazgeçildi" in given_up.text
    assert batch(world).state == "stopped"


def test_a_case_that_moved_since_is_refused_and_listed(
    world: World, many: Many, officer: Visitor
) -> None:
    quiet, moved = many(2)
    page = asked(officer, [quiet, moved])
    world.write("UPDATE application SET version = 2 WHERE id = :id", id=moved)
    officer.post(f"{address(page)}/baslat")
    work_off_batches(world.engine)
    done = officer.get(address(page))
    assert "1 yapıldı, 1 reddedildi, 0 hata oldu." in done.text
    stale = officer.get(f"{address(page)}?sonuc=stale_version")
    assert "Başvuru, toplu iş hazırlandıktan sonra ilerlemiş" in stale.text
    rows = [cell for cell in stale.all("th", scope="row") if cell]
    assert rows == refs([moved])
    assert (world.state(quiet), world.state(moved)) == ("rejected", "held")


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
    monkeypatch.setattr(pages, "AT_ONCE", 2)
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
    monkeypatch.setattr("web.office.bulk.page.PAGE", 2)
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
