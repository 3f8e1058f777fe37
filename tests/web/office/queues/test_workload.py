"""The page of who has how much in hand, and the page that gives a case to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.cases.application import Application
from tests.kit.web.staff import path, under_review

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor


def test_a_case_is_given_to_a_colleague_from_its_page(
    world: World, staff: Staff, officer: Visitor, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    assert "Başka görevliye ver" not in officer.get(path(case)).links  # nobody holds it
    officer.post(path(case, "ustlen"))
    assert officer.get(path(case)).links["Başka görevliye ver"] == path(case, "ver")
    page = officer.get(path(case, "ver"))
    options = [option.text for option in page.tree.iter("option")]
    assert options == ["İlker Görevli (0, 0)"]
    said = officer.post(path(case, "ver"), kime=str(staff.second))
    assert "Başvuru görevliye verildi." in said.text
    assert world.read(Application, case).holder_id == staff.second
    assert "Başka görevliye ver" not in said.links
    loads = officer.get("/is-yuku")
    rows = [
        [cell.text for cell in row if cell.tag in {"th", "td"}] for row in loads.tree.iter("tr")
    ]
    assert ["İlker Görevli", "1", "0", "0", None] in rows
    assert "Başka görevliye ver" in second.get(path(case)).links
    assert "İlker Görevli" in officer.get(path(case, "gecmis")).text


def test_what_cannot_be_given_is_said_and_odd_forms_are_not_understood(
    world: World, staff: Staff, officer: Visitor, operator: Visitor
) -> None:
    case = under_review(world, staff.officer)
    officer.get(path(case, "ver"))
    said = officer.post(path(case, "ver"), kime=str(staff.operator))
    assert "Bu başvuru o görevliye verilemez" in said.text
    officer.post(path(case, "ver"), status=400, kime="x")
    assert world.read(Application, case).holder_id is None
    consent = f"/is/O{world.offer(world.read(Application, case).person_id):09}/ver"
    officer.get(consent, status=404)
    officer.post(consent, status=404, kime="1")
    assert "Bu görevde başka bir görevli yok." in operator.get(path(case, "ver")).text


def lead(world: World, account: int) -> None:
    """Make an account the head of its desk."""
    world.write("UPDATE office_user SET leads = true WHERE id = :id", id=account)


def test_a_head_gives_free_cases_and_what_is_ticked_in_a_list(
    world: World, staff: Staff, officer: Visitor
) -> None:
    case = under_review(world, staff.officer)
    shown = world.read(Application, case).reference
    assert "İşaretlediklerimi görevliye ver" not in officer.get("/sira/paper_received").text
    refused = officer.post("/is-yuku/ver", kime=str(staff.second), basvuru=shown)
    assert "1 başvuru verilemedi: Başvuru üzerinizde değil" in refused.text
    lead(world, staff.officer)
    assert "Başka görevliye ver" in officer.get(path(case)).links
    page = officer.get("/sira/paper_received")
    assert "İşaretlediklerimi görevliye ver" in page.text
    said = officer.post("/is-yuku/ver", kime=str(staff.second), basvuru=[shown, shown])
    assert (said.heading, world.read(Application, case).holder_id) == ("İş yükü", staff.second)
    assert "1 başvuru görevliye verildi." in said.text
    assert "Birim sorumlusu" in said.text
    assert (
        "Listede başvuru işaretleyiniz."
        in officer.post("/is-yuku/ver", kime=str(staff.second)).text
    )
    for kime, picked in (("x", []), ("1", ["x"]), ("1", ["O000000001"]), ("1", [shown] * 201)):
        officer.post("/is-yuku/ver", status=400, kime=kime, basvuru=picked)


def test_an_absence_is_entered_shown_and_taken_back(
    world: World, staff: Staff, officer: Visitor, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    officer.get(path(case))
    officer.post(path(case, "ustlen"))
    page = officer.get("/is-yuku/yokluk")
    assert [one.text for one in page.tree.iterfind(".//select[@id='kim']/option")] == [
        "Zeynep Görevli"
    ]
    empty = officer.post("/is-yuku/yokluk", status=422, kim=str(staff.officer))
    assert empty.title.startswith("Hata:")
    assert "İlk günü yazınız." in empty.text
    over = {"kim": str(staff.officer), "ilk": "2026-03-01", "son": "2026-03-01", "vekil": ""}
    assert "Yokluk günleri geçerli değil" in officer.post("/is-yuku/yokluk", 422, **over).text
    days = {"kim": str(staff.officer), "ilk": "2026-03-02", "son": "2026-03-06", "vekil": ""}
    mine = officer.post("/is-yuku/yokluk", 422, **days | {"vekil": str(staff.officer)})
    assert "Vekil aynı görevde" in mine.text
    said = officer.post("/is-yuku/yokluk", 200, **days | {"vekil": str(staff.second)})
    assert "Yokluk kaydedildi." in said.text
    assert "Son gün: 06.03.2026" in said.text
    assert world.read(Application, case).holder_id == staff.second
    twice = officer.post("/is-yuku/yokluk", 422, **days)
    assert "bir kısmı için yokluk girilmiş" in twice.text
    theirs = second.get(path(case, "ver"))
    assert "Bu görevde başka bir görevli yok." in theirs.text
    assert "Kaldır" not in second.get("/is-yuku").buttons
    refused = second.post("/is-yuku/yokluk/1/kaldir")
    assert "Başkasının yokluğunu yalnız birim sorumlusu girer ve kaldırır." in refused.text
    officer.get("/is-yuku")
    assert "Yokluk kaldırıldı." in officer.post("/is-yuku/yokluk/1/kaldir").text
    ended = officer.post("/is-yuku/yokluk/1/kaldir")
    assert "Bu yokluk zaten sona ermişti." in ended.text
    assert "Girilmiş yokluk yok." in ended.text


def test_a_head_enters_the_absence_of_a_colleague(
    world: World, staff: Staff, officer: Visitor
) -> None:
    lead(world, staff.officer)
    page = officer.get("/is-yuku/yokluk")
    names = [one.text for one in page.tree.iterfind(".//select[@id='kim']/option")]
    assert "İlker Görevli" in names
    days = {"ilk": "2026-03-03", "son": "2026-03-03", "vekil": ""}
    said = officer.post("/is-yuku/yokluk", 200, kim=str(staff.second), **days)
    assert "Yokluk kaydedildi." in said.text
    assert "Kaldır" in said.buttons
