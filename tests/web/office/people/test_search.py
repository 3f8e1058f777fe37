"""The search box: each sort of number, names in both orders, and no TCKN in any address."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from states.cases.certificate import Certificate
from states.kit.reference import reference
from states.logs.access import AccessEntry
from tests.kit.handlers.courier.parcels import booked, parcel_of, where_people_scan
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.kit.web.crowd import fill
from tests.kit.web.staff import Staff, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

NOBODY = "10000000214"
MISTYPED = "10000000147"


def find(visitor: Visitor, text: str) -> Page:
    """Type a text into the box of the page head."""
    visitor.get("/hesap")
    return visitor.post("/ara", q=text)


def address_after(visitor: Visitor, text: str) -> str:
    """Return where the box leads first."""
    visitor.get("/hesap")
    form = {"csrf_token": visitor.token, "q": text}
    return str(visitor.client.post("/ara", data=form).headers.get("Location", ""))


@pytest.mark.parametrize("who", ["officer", "operator", "auditor"])
def test_the_box_stands_on_every_page_of_who_may_read_cases(
    request: pytest.FixtureRequest, world: World, who: str
) -> None:
    case = waiting_for_paper(world)
    someone: Visitor = request.getfixturevalue(who)
    page = someone.get("/hesap")
    assert "Ara" in page.buttons
    assert "Numara, kimlik no veya ad ile arayınız" in page.all("label")
    found = find(someone, reference("application", case))
    assert found.heading.startswith(reference("application", case))


def test_a_stranger_sees_no_box(visitor: Visitor) -> None:
    assert "Ara" not in visitor.get("/giris").buttons


def test_a_reference_of_any_sort_leads_to_its_record(world: World, officer: Visitor) -> None:
    me = world.person()
    certificate = world.certificate(me, date(2026, 8, 10), "a1b2c3d4e5f60718")
    application = world.file(me, "renewal", certificate)
    consent = world.offer(me)
    for workflow, number in (
        ("application", application), ("certificate", certificate), ("consent", consent),
    ):  # fmt: skip
        written = reference(workflow, number)
        for typed in (written, written.replace("B", "b"), f" {written[0]} {written[1:]} "):
            assert find(officer, typed).heading.startswith(written)


def test_a_reference_with_the_wrong_letter_finds_nothing(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    wrong = reference("certificate", case)
    page = find(officer, wrong)
    assert page.all("p", role="status")[0].startswith(f"“{wrong}” bulunamadı.")


@pytest.mark.parametrize(
    "typed",
    [
        "a1b2c3d4e5f60718", "A1B2C3D4E5F60718", "A1:B2:C3:D4:E5:F6:07:18", "0xa1b2c3d4e5f60718",
        "00A1 B2C3 D4E5 F607 18",
    ],
)  # fmt: skip
def test_a_serial_number_leads_to_its_certificate(
    world: World, officer: Visitor, typed: str
) -> None:
    certificate = world.certificate(world.person(), date(2026, 8, 10), "a1b2c3d4e5f60718")
    assert find(officer, typed).heading.startswith(reference("certificate", certificate))


@pytest.mark.parametrize("typed", ["TEST0000000007", "test0000000007"])
def test_a_tracking_number_leads_to_its_application(
    world: World, officer: Visitor, typed: str
) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET tracking_number = 'TEST0000000007'")
    assert find(officer, typed).heading.startswith(reference("application", case))


@pytest.mark.parametrize("named_by", ["tracking_number", "reference"])
def test_a_parcel_that_waits_in_the_house_leads_to_its_application(
    world: World, officer: Visitor, named_by: str
) -> None:
    case = booked(where_people_scan(world))
    typed = getattr(parcel_of(world, case), named_by)
    assert find(officer, typed).heading.startswith(reference("application", case))


def test_a_number_of_several_records_lets_one_choose(world: World, officer: Visitor) -> None:
    first, then = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    world.write("UPDATE application SET tracking_number = '12345678'")
    page = find(officer, "12345678")
    assert page.all("p", role="status") == [
        "“12345678” birden çok kaydın numarası; aradığınızı seçiniz."
    ]
    named = [name for name in page.links if name.startswith("B0")]
    assert named == [reference("application", then), reference("application", first)]


def test_a_tckn_leads_to_its_only_record_and_the_look_up_is_kept(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    assert find(officer, AYSE).heading.startswith(reference("application", case))
    (read,) = world.all(AccessEntry)
    assert (read.actor, read.what, read.purpose, read.person_id) == (
        f"user:{staff.officer}", "tckn", "Kimlik numarasıyla arama", 1,
    )  # fmt: skip


@pytest.mark.parametrize("typed", [AYSE, "100 000 001 46", f" {AYSE} "])
def test_a_tckn_stands_in_no_address(world: World, officer: Visitor, typed: str) -> None:
    waiting_for_paper(world)
    assert address_after(officer, typed) == "/ara?kisi=1"


def test_all_records_of_a_tckn_are_shown_when_there_are_several(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    certificate = world.certificate(me, date(2026, 8, 10))
    application = world.file(me, "renewal", certificate)
    page = find(officer, AYSE)
    assert page.all("p", role="status") == ["1 kişi"]
    assert [name for name in page.links if name[1:].isdigit()] == [
        reference("application", application), reference("certificate", certificate),
    ]  # fmt: skip
    assert "AYŞE ÖRNEKOĞLU 100******46" in page.all("th", scope="row")


def test_a_tckn_that_nobody_has_says_so_and_is_not_repeated(world: World, officer: Visitor) -> None:
    waiting_for_paper(world)
    page = find(officer, NOBODY)
    assert page.all("p", role="status") == [
        "Bu kimlik numarasıyla kayıtlı kişi yok; numarayı denetleyiniz."
    ]
    assert NOBODY not in page.response.text
    assert world.all(AccessEntry) == []


def test_a_mistyped_tckn_comes_into_no_address_either(officer: Visitor) -> None:
    assert address_after(officer, MISTYPED) == ""
    page = find(officer, MISTYPED)
    assert "geçerli bir kimlik numarası değil" in page.all("p", role="status")[0]
    assert MISTYPED not in page.response.text


def test_a_parcel_number_of_eleven_digits_is_found_all_the_same(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    world.write(f"UPDATE application SET tracking_number = '{MISTYPED}'")
    visitor_heading = find(officer, MISTYPED).heading
    assert visitor_heading.startswith(reference("application", case))


def test_a_tckn_beside_a_name_is_asked_for_alone(officer: Visitor) -> None:
    assert address_after(officer, f"Ayşe {AYSE}") == ""
    page = find(officer, f"Ayşe {AYSE}")
    assert page.all("p", role="status") == [
        "Kimlik numarasını tek başına yazınız; adla birlikte aranmaz."
    ]


@pytest.mark.parametrize("typed", ["Örnekoğlu", "ayşe örn", "B000000001", "a1b2c3", "yok kimse"])
def test_what_is_typed_stands_in_no_address(world: World, officer: Visitor, typed: str) -> None:
    waiting_for_paper(world)
    leads_to = unquote(address_after(officer, typed))
    assert leads_to.startswith("/ara?aranan=")
    assert typed.casefold() not in leads_to.casefold()
    assert leads_to != address_after(officer, typed)


def test_a_list_of_names_is_opened_again_by_who_searched_and_by_nobody_else(
    world: World, officer: Visitor, second: Visitor
) -> None:
    world.person(AYSE, "Can", "Can")
    leads_to = address_after(officer, "can")
    assert officer.get(leads_to).all("p", role="status") == ["1 kişi"]
    assert officer.get(leads_to).title.startswith("Arama")
    (said,) = second.get(leads_to).all("p", role="status")
    assert said.startswith("Aradığınızı yazınız")


def test_a_name_in_the_address_is_not_looked_for(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    page = officer.get("/ara", query_string={"q": "örnek"})
    assert page.all("p", role="status")[0].startswith("Kimlik numarası ve ad adres çubuğunda")
    number = reference("application", case)
    assert officer.get(f"/ara?q={number}").heading.startswith(number)


@pytest.mark.parametrize("query", [AYSE, MISTYPED, f"Ayşe {AYSE}"])
def test_a_tckn_in_the_address_is_not_looked_for(
    world: World, officer: Visitor, query: str
) -> None:
    waiting_for_paper(world)
    page = officer.get("/ara", query_string={"q": query})
    assert page.all("p", role="status")[0].startswith(
        "Kimlik numarası ve ad adres çubuğunda aranmaz"
    )
    assert world.all(AccessEntry) == []


@pytest.mark.parametrize(
    "typed", ["örnek", "ÖRNEKOĞLU", "ayşe", "AYŞE", "ayşe örn", "örnekoğlu a", "  Ayşe   Örnekoğlu"]
)
def test_a_name_is_found_by_its_beginning_in_either_order(
    world: World, officer: Visitor, typed: str
) -> None:
    case = waiting_for_paper(world)
    waiting_for_paper(world, ISMAIL, "Zengin")
    world.write("UPDATE person SET given_name = 'İSMAİL', sort_key = 'x' WHERE id = 2")
    page = find(officer, typed)
    assert page.all("th", scope="row") == ["AYŞE ÖRNEKOĞLU 100******46"]
    assert reference("application", case) in page.links


@pytest.mark.parametrize(
    ("typed", "found"), [("ilgaz", 0), ("ılgaz", 2), ("ILGAZ", 2), ("İnce", 2), ("ince", 2)]
)
def test_dotted_and_dotless_i_are_two_letters(
    world: World, officer: Visitor, typed: str, found: int
) -> None:
    fill(world, 1, "held")
    assert len(find(officer, typed).all("th", scope="row")) == found


def test_whoever_is_found_by_surname_and_given_name_stands_there_once(
    world: World, officer: Visitor
) -> None:
    world.person(AYSE, "Can", "Can")
    world.person(ISMAIL, "Can", "Demir")
    page = find(officer, "can")
    assert page.all("p", role="status") == ["2 kişi"]
    assert [row.split(" 1")[0] for row in page.all("th", scope="row")] == ["CAN CAN", "CAN DEMİR"]
    assert page.all("td")[1::2] == ["Kaydı yok", "Kaydı yok"]


def test_many_of_one_name_are_paged_without_gap_or_repetition(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.office.people.persons.PAGE", 3)
    fill(world, 2, "held")
    page = find(officer, "can")
    seen = [name for name in page.links if name.startswith("B0")]
    while "Sonraki kayıtlar" in page.links:
        assert "can" not in page.links["Sonraki kayıtlar"].partition("sonra=")[2]
        page = officer.get(page.links["Sonraki kayıtlar"])
        seen += [name for name in page.links if name.startswith("B0")]
    assert len(seen) == len(set(seen)) == 14
    assert page.all("p", role="status") == ["14 kişi"]
    assert "Listenin başı" in page.links


@pytest.mark.parametrize("mark", ["x1", "s", "sx", "s999999999", "s99999999999999999999"])
def test_a_mark_that_is_not_ours_is_the_first_page(
    world: World, officer: Visitor, mark: str
) -> None:
    waiting_for_paper(world)
    page = officer.get(f"{address_after(officer, 'örnek')}&sonra={mark}")
    assert page.all("th", scope="row") == ["AYŞE ÖRNEKOĞLU 100******46"]


def test_counting_persons_stops_too(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.office.people.persons.CAP", 5)
    fill(world, 1, "held")
    assert find(officer, "can").all("p", role="status") == ["1.000'den çok kişi"]


@pytest.mark.parametrize("typed", ["yok", "ç", "12", "%", "_", "B999999999"])
def test_what_is_not_there_is_said_with_what_to_do(
    world: World, officer: Visitor, typed: str
) -> None:
    waiting_for_paper(world)
    (said,) = find(officer, typed).all("p", role="status")
    assert said.startswith(f"“{typed}” bulunamadı. Numaraysa eksiksiz yazınız; adsa ")


def test_an_empty_box_says_what_may_be_looked_for(officer: Visitor) -> None:
    assert "Aradığınızı yazınız" in find(officer, "  ").all("p", role="status")[0]


@pytest.mark.parametrize("number", ["9", "99999999999999999999", "x"])
def test_a_person_that_is_not_there_is_nobody(officer: Visitor, number: str) -> None:
    page = officer.get(f"/ara?kisi={number}")
    assert page.heading == "Arama"
    assert page.all("th", scope="row") == []


def test_the_search_is_closed_to_others(staff: Staff, visitor: Visitor) -> None:
    assert visitor.get("/ara?q=x").heading != "Arama"
    visitor.sign_in("user", staff.coordinator)
    visitor.get("/ara?q=x", 403)
    visitor.post("/ara", 403, q="x")


def test_a_certificate_that_was_not_made_here_is_found_by_its_short_serial(
    world: World, officer: Visitor
) -> None:
    number = world.certificate(world.person(), date(2026, 8, 10), "abcdef12")
    assert world.read(Certificate, number).serial == "abcdef12"
    assert find(officer, "ABCDEF12").heading.startswith(reference("certificate", number))
