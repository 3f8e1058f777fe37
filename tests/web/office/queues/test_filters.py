"""Filters by institution, day range and name, in whose address no name stands; shared filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from states.cases.batch import Batch
from states.kit.reference import reference
from states.logs.desk import SavedFilter
from tests.kit.handlers.world import ISMAIL
from tests.kit.web.staff import waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor


def found(page: Page) -> set[str]:
    """Return the references that a list shows."""
    return {text for text in page.links if text.startswith("B0")}


def apply(someone: Visitor, **typed: str) -> Page:
    """Send the form of the filter of all applications as a browser does."""
    someone.get("/basvurular")
    return someone.post("/filtre/uygula", 200, liste="hepsi", **typed)


@pytest.fixture
def two(world: World) -> tuple[str, str]:
    """Give the references of two applications, of Örnekoğlu in one school and of Işıklı."""
    first, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL, "Işıklı")
    place = "(SELECT id FROM institution WHERE code = :code)"
    for case, code in ((first, "TEST-16-01-1"), (other, "TEST-16-02")):
        world.write(
            f"UPDATE application SET institution_id = {place} WHERE id = :case",
            code=code, case=case,
        )  # fmt: skip
    return reference("application", first), reference("application", other)


def test_an_institution_is_meant_with_its_units_and_no_other(
    two: tuple[str, str], officer: Visitor
) -> None:
    assert found(apply(officer, kurum="TEST-16")) == set(two)
    page = apply(officer, kurum=" test-16-01 ")
    assert found(page) == {two[0]}
    assert page.value("kurum") == "TEST-16-01"
    assert "Kurum: test-16-01 × filtresini kaldır" in page.links
    assert found(apply(officer, kurum="TEST-1")) == set()


def test_a_day_range_counts_both_its_days(two: tuple[str, str], officer: Visitor) -> None:
    the_day = "01.05.2026"  # the deadline of both
    page = apply(officer, ilk=the_day, son=the_day)
    assert found(page) == set(two)
    assert "Son tarihi 01.05.2026 ya da sonrası × filtresini kaldır" in page.links
    assert (page.value("ilk"), page.value("son")) == (the_day, the_day)
    assert found(apply(officer, ilk="02.05.2026")) == set()
    assert found(apply(officer, son="30.04.2026")) == set()
    assert found(officer.get("/basvurular?ilk=yarin&son=2026-12-31")) == set(two)


def test_a_name_is_looked_for_by_turkish_letters_and_stands_in_no_address(
    two: tuple[str, str], officer: Visitor, second: Visitor
) -> None:
    officer.get("/basvurular")
    data = {"liste": "hepsi", "ara": "ışık", "csrf_token": officer.token}
    answer = officer.client.post("/filtre/uygula", data=data)
    where = answer.headers["Location"]
    assert "ışık" not in where
    assert "%C4%B1" not in where
    assert list(parse_qs(urlsplit(where).query)) == ["ad"]
    page = officer.get(where)
    assert found(page) == {two[1]}
    assert page.value("ara") == "ışık"
    assert "Ada göre × filtresini kaldır" in page.links
    assert found(second.get(where)) == set(two)  # whoever has not typed it sees no name in it
    assert found(apply(officer, ara="isik")) == set()


def test_a_batch_keeps_no_name_of_the_filter_that_made_it(
    world: World, two: tuple[str, str], officer: Visitor
) -> None:
    assert two
    officer.get("/basvurular")
    data = {"liste": "hepsi", "ara": "ışık", "durum": "in_person", "csrf_token": officer.token}
    where = officer.client.post("/filtre/uygula", data=data).headers["Location"]
    query = urlsplit(where).query
    wish: dict[str, Any] = {
        "kapsam": "filtre",
        "islem": "cancel_by_office",
        "code": "duplicate",
        "reason": "",
    }
    officer.post(f"/toplu?liste=hepsi&{query}", **wish)
    (batch,) = world.all(Batch)
    assert batch.total == 1
    assert batch.filter["words"] == [
        "Tüm başvurular", "Başvuru ofisinde bekleniyor", "Ada göre",
    ]  # fmt: skip


def test_a_shared_filter_is_everybody_s_to_use_and_its_maker_s_to_delete(
    world: World, officer: Visitor, second: Visitor
) -> None:
    officer.get("/basvurular")
    kept: dict[str, Any] = {"liste": "hepsi", "filtre": "durum=in_person&ad=abc", "ortak": "1"}
    officer.post("/filtre", ad="Masadakiler", **kept)
    officer.post("/filtre", ad="Benimki", liste="hepsi", filtre="tur=first")
    (shared, own) = sorted(world.all(SavedFilter), key=lambda one: one.id)
    assert (shared.shared, shared.address, own.shared) == (True, "durum=in_person", False)
    mine, theirs = officer.get("/basvurular"), second.get("/basvurular")
    assert mine.links["Masadakiler (ortak)"] == "/basvurular?durum=in_person"
    assert mine.links["Benimki"] == "/basvurular?tur=first"
    assert theirs.links["Masadakiler (Zeynep Görevli)"] == "/basvurular?durum=in_person"
    assert "Benimki" not in theirs.links
    second.post(f"/filtre/{shared.id}/sil", liste="hepsi", filtre="")
    assert len(world.all(SavedFilter)) == 2
    officer.post(f"/filtre/{shared.id}/sil", liste="hepsi", filtre="")
    assert [one.name for one in world.all(SavedFilter)] == ["Benimki"]


def test_a_filter_of_a_name_alone_is_not_kept(world: World, officer: Visitor) -> None:
    officer.get("/basvurular")
    page = officer.post("/filtre", ad="Ad", liste="hepsi", filtre="ad=abc")
    assert "Filtre kaydedilmedi" in page.text
    assert world.all(SavedFilter) == []
