"""A bulk move from the list to its result, as an officer meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.desk.batches import work_off_batches
from states.cases.application import Application
from states.cases.batch import Batch
from states.logs.journal import JournalEntry, RefusedAttempt
from web.site.chores import chores
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

    Many = Callable[..., list[int]]

from tests.kit.web.bulk import HELD, WHY, address, asked, batch, options, refs


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


def test_no_set_of_certificates_is_revoked_for_good_and_deliveries_come_by_the_courier_s_file(
    world: World, many: Many, operator: Visitor
) -> None:
    many(2, "couriered")
    page = operator.get("/sira/couriered")
    form = next(part for part in page.tree.iter("form") if part.get("id") == "toplu")
    offered = {option.get("value") for option in form.iter("option")}
    assert offered == {"note_attempt", "recall", "courier_return"}
    assert page.links["Teslim edilenleri kuryenin dosyasıyla topluca işle"] == (
        "/ofis/kurye/teslimler"
    )
    many(1, "courier_returned")
    back = operator.get("/sira/courier_returned")
    assert "Teslim edilenleri" in back.text
    for name in ("report_lost", "destroy_card", "scrap"):
        case = refs(many(1, "courier_returned"))
        operator.post("/toplu", 400, kapsam="secili", basvuru=case, islem=name)
    assert world.all(Batch) == []
