"""An application that an officer opens for somebody at the desk: asked, opened or told why not."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from states.cases.application import Application
from states.kit.reference import reference
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import ISMAIL, World

if TYPE_CHECKING:
    from tests.kit.web.visitor import Visitor

END = date(2026, 4, 20)


@pytest.fixture
def me(world: World) -> int:
    return world.person()


def page_of(person: int) -> str:
    return f"/kisi/{person}/basvuru"


def opened(world: World, person: int) -> list[Any]:
    return world.all(Application, person_id=person)


def test_the_page_names_the_person_the_kinds_and_his_certificates(
    world: World, officer: Visitor, me: int
) -> None:
    known = world.certificate(me, END)
    struck = world.stated(me, END, "ee01")
    world.write("UPDATE certificate SET state = 'void' WHERE id = :id", id=struck)
    page = officer.get(page_of(me))
    assert "ÖRNEKOĞLU" in page.text
    for said in ("Yenileme", "İlk başvuru", f"{reference('certificate', known)} (Geçerli)"):
        assert said in page.text
    assert reference("certificate", struck) not in page.text


def test_a_renewal_is_opened_for_its_person(world: World, officer: Visitor, me: int) -> None:
    known = world.certificate(me, END)
    page = officer.post(page_of(me), kind="renewal", certificate=str(known))
    [case] = opened(world, me)
    assert (case.kind, case.old_certificate_id, case.state) == ("renewal", known, "draft")
    assert f"Başvuru açıldı: {case.reference}." in page.text
    again = officer.post(page_of(me), 409, kind="renewal", certificate=str(known))
    assert "Bu kişinin bu türde açık bir başvurusu var; ona devam ediniz." in again.text
    assert len(opened(world, me)) == 1


def test_a_first_application_names_no_certificate(world: World, officer: Visitor, me: int) -> None:
    officer.post(page_of(me), kind="first")
    [case] = opened(world, me)
    assert (case.kind, case.old_certificate_id) == ("first", None)


def test_what_the_office_opens_by_itself_says_why(world: World, officer: Visitor, me: int) -> None:
    known = str(world.certificate(me, END))
    silent = officer.post(page_of(me), 422, kind="reissue", certificate=known)
    assert "“Ofis kararıyla başvuru aç” işlemi için gerekçe yazınız." in silent.text
    assert opened(world, me) == []
    officer.post(
        page_of(me), kind="reissue", certificate=known, code="weak_keys", words=" seri  7 "
    )
    [case] = opened(world, me)
    entry = json.loads(world.all(JournalEntry, case_id=case.id, n=1)[0].body)
    assert (entry["trigger"], entry["reason"]) == ("file_by_office", "weak_keys: seri  7")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "Başvuru türünü seçiniz."),
        ({"kind": "passport"}, "Geçerli bir seçenek değil."),
        ({"kind": "renewal", "certificate": "999999"}, "Geçerli bir seçenek değil."),
        ({"kind": "renewal", "certificate": "x"}, "Geçerli bir seçenek değil."),
        ({"kind": "first", "words": "x" * 5_000}, "Açıklama çok uzun; kısaltınız."),
        ({"kind": "renewal"}, "Bu başvuru türü için ilgili sertifika seçilmelidir."),
    ],
)
def test_what_can_not_be_opened_is_told_beside_the_field(
    world: World, officer: Visitor, me: int, wrong: dict[str, str], says: str
) -> None:
    page = officer.post(page_of(me), 422, **wrong)
    assert says in page.text
    assert opened(world, me) == []


def test_nothing_is_opened_for_the_certificate_of_somebody_else(
    world: World, officer: Visitor, me: int
) -> None:
    other = world.certificate(world.person(ISMAIL, surname="Iraksak"), END)
    officer.post(page_of(me), 422, kind="renewal", certificate=str(other))
    assert opened(world, me) == []


@pytest.mark.parametrize("number", [999_999, 2**63])
def test_there_is_no_page_for_nobody(officer: Visitor, number: int) -> None:
    officer.get(page_of(number), 404)


def test_only_an_officer_opens_one(
    operator: Visitor, auditor: Visitor, visitor: Visitor, me: int
) -> None:
    for other in (operator, auditor):
        other.get(page_of(me), 403)
    assert visitor.client.get(page_of(me)).status_code in {302, 401}
