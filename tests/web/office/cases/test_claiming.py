"""Claim, give back, take over and saved filters, as somebody at the desk meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from states.cases.application import Application
from states.kit.reference import reference
from states.logs.desk import DeskEntry, SavedFilter
from tests.kit.handlers.world import officer as actor_of
from tests.kit.web.staff import Staff, path, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


def held_by(world: World, case: int) -> int | None:
    return world.read(Application, case).holder_id


def test_a_case_is_claimed_from_a_list_and_given_back_on_its_page(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    assert "Kimsenin üzerinde değil" in officer.get(path(case)).text
    officer.get("/alinabilecekler")
    page = officer.post(path(case, "ustlen"))
    assert "Başvuru üzerinizde." in page.all("div", role="status")
    assert "Üzerinizde Bırak" in page.text
    assert held_by(world, case) == staff.officer
    back = officer.post(path(case, "birak"))
    assert "Başvuruyu bıraktınız; başkası üzerine alabilir." in back.all("div", role="status")
    assert "Üzerime al" in back.buttons
    assert held_by(world, case) is None


def test_pressing_twice_is_harmless(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case))
    officer.post(path(case, "ustlen"))
    assert "Başvuru zaten üzerinizde." in officer.post(path(case, "ustlen")).text
    officer.post(path(case, "birak"))
    assert (
        "Başvuru üzerinizde değil; değişen bir şey yok." in officer.post(path(case, "birak")).text
    )
    assert [row.what for row in world.all(DeskEntry)] == ["claimed", "released"]


def test_who_comes_late_reads_who_has_the_case(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    second.get(path(case))
    officer.get(path(case))
    officer.post(path(case, "ustlen"))
    page = second.post(path(case, "ustlen"), 409)
    assert page.title.startswith("Hata:")
    assert "başvuruyu sizden önce başkası aldı" in page.all("p", role="alert")[0]
    assert "Zeynep Görevli" in page.all("dd")
    assert held_by(world, case) == staff.officer


def test_taking_over_is_confirmed_on_a_page_that_names_the_holder_and_is_kept(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case))
    officer.post(path(case, "ustlen"))
    shown = second.get(path(case))
    assert "Üzerinde: Zeynep Görevli" in shown.text
    asked = second.get(shown.links["Devral"])
    assert asked.heading == "Başvuruyu devral"
    assert asked.all("p", role="note")[0].startswith("Zeynep Görevli bu başvuruyla ilgileniyor.")
    assert asked.links["Vazgeç"] == path(case)
    assert held_by(world, case) == staff.officer
    done = second.post(path(case, "devral"), kimden=asked.value("kimden"))
    assert "Başvuru üzerinizde." in done.text
    assert held_by(world, case) == staff.second
    entry = world.all(DeskEntry)[-1]
    assert (entry.what, entry.actor, entry.text) == (
        "taken_over", f"user:{staff.second}", f"user:{staff.officer}",
    )  # fmt: skip


def test_a_stale_confirmation_shows_who_has_the_case_now(
    world: World, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, actor_of(staff.officer))
    second.get(path(case, "devral"))
    page = second.post(path(case, "devral"), 409, kimden=str(staff.auditor))
    assert "Zeynep Görevli" in page.all("dd")
    assert held_by(world, case) == staff.officer


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999"])
def test_a_confirmation_that_names_nobody_is_not_taken(
    world: World, second: Visitor, staff: Staff, seen: str
) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, actor_of(staff.officer))
    second.get(path(case, "devral"))
    second.post(path(case, "devral"), 400, kimden=seen)


def test_there_is_nothing_to_take_over_from_oneself_or_from_nobody(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    assert officer.get(path(case, "devral")).heading.startswith(reference("application", case))
    desk.claim(world.engine, case, actor_of(staff.officer))
    page = officer.get(path(case, "devral"))
    assert page.heading.startswith(reference("application", case))
    assert "Devral" not in page.links


def test_who_does_not_carry_the_case_on_is_told_so(world: World, operator: Visitor) -> None:
    case = waiting_for_paper(world)
    page = operator.get(path(case))
    assert "Üzerime al" not in page.buttons
    refused = operator.post(path(case, "ustlen"), 422)
    assert refused.heading == "Başvuru üzerinize alınmadı"
    assert "rolünüz ilerletmez" in refused.all("p", role="alert")[0]
    refused = operator.post(path(case, "devral"), 422, kimden="1")
    assert "rolünüz ilerletmez" in refused.all("p", role="alert")[0]


def test_an_auditor_reads_who_holds_a_case_and_can_do_nothing_about_it(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    desk.claim(world.engine, case, actor_of(staff.officer))
    page = auditor.get(path(case))
    assert "Üzerinde: Zeynep Görevli" in page.text
    assert "Devral" not in page.links
    for what in ("ustlen", "birak", "devral"):
        auditor.post(path(case, what), 403)
    assert held_by(world, case) == staff.officer


def test_only_applications_are_taken_up(world: World, officer: Visitor) -> None:
    me = world.person()
    certificate = world.certificate(me, world.clock.now().date())
    address = f"/is/{reference('certificate', certificate)}"
    page = officer.get(address)
    assert "Üzerime al" not in page.buttons
    for what in ("ustlen", "birak", "devral"):
        officer.post(f"{address}/{what}", 404)


def test_a_filter_is_kept_under_a_name_and_opens_from_there(
    world: World, officer: Visitor, second: Visitor
) -> None:
    case = waiting_for_paper(world)
    shown = officer.get("/basvurular?durum=in_person&sirala=ad&yon=azalan")
    hidden = shown.value("filtre")
    page = officer.post("/filtre", liste="hepsi", filtre=hidden, ad="Beklenen formlar")
    assert "Filtre kaydedildi." in page.all("div", role="status")
    kept = page.links["Beklenen formlar"]
    assert kept == "/basvurular?durum=in_person&sirala=ad&yon=azalan"
    assert reference("application", case) in officer.get(kept).links
    assert "Beklenen formlar" not in officer.get("/alinabilecekler").links
    assert "Beklenen formlar" not in second.get("/basvurular").links


def test_what_is_kept_is_only_what_is_of_a_filter(world: World, officer: Visitor) -> None:
    officer.get("/basvurular?tur=first")
    officer.post("/filtre", liste="hepsi", filtre="tur=first&x=1&sonra=2026-01-01~3", ad="İlkler")
    assert [row.address for row in world.all(SavedFilter)] == ["tur=first"]


def test_a_name_that_is_taken_is_refused_with_the_reason(world: World, officer: Visitor) -> None:
    officer.get("/basvurular?tur=first")
    officer.post("/filtre", liste="hepsi", filtre="tur=first", ad="İlkler")
    page = officer.post("/filtre", liste="hepsi", filtre="tur=renewal", ad="ilkler")
    assert page.all("div", role="alert") == [
        "Filtre kaydedilmedi: Bu listede “ilkler” adlı bir filtreniz var; başka bir ad veriniz."
    ]
    assert len(world.all(SavedFilter)) == 1


def test_nothing_is_kept_of_a_list_that_is_not_filtered(world: World, officer: Visitor) -> None:
    assert "Filtreyi sakla" not in officer.get("/basvurular").buttons
    page = officer.post("/filtre", liste="hepsi", filtre="", ad="boş")
    assert "önce filtreyi uygulayınız" in page.text
    assert world.all(SavedFilter) == []


def test_a_filter_is_deleted_by_whom_it_belongs_to(
    world: World, officer: Visitor, second: Visitor
) -> None:
    officer.get("/basvurular?tur=first")
    page = officer.post("/filtre", liste="hepsi", filtre="tur=first", ad="İlkler")
    assert "Sil : İlkler" in page.buttons
    (kept,) = world.all(SavedFilter)
    second.get("/basvurular")
    second.post(f"/filtre/{kept.id}/sil", liste="hepsi", filtre="")
    assert len(world.all(SavedFilter)) == 1
    gone = officer.post(f"/filtre/{kept.id}/sil", liste="hepsi", filtre="tur=first")
    assert "Filtre silindi." in gone.all("div", role="status")
    assert "İlkler" not in gone.links
    assert world.all(SavedFilter) == []


@pytest.mark.parametrize("face", ["", "uretim", "sira:queued"])
def test_a_list_of_another_role_keeps_no_filter(officer: Visitor, face: str) -> None:
    officer.get("/basvurular")
    officer.post("/filtre", 404, liste=face, filtre="tur=first", ad="x")
    officer.post("/filtre/1/sil", 404, liste=face)
