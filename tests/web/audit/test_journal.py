"""The auditor's journal: what its filter finds, its pages, and that he can change nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import event, text

from handlers.people.register import enter_user
from states.kit.reference import reference
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import Staff, path, under_review, waiting_for_paper
from tests.kit.web.visitor import Visitor
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.visitor import Page


def rows(page: Page) -> list[str]:
    """Return the references of the rows in order."""
    return [name for name in page.links if name.startswith(("B0", "S0"))]


def test_the_journal_shows_each_move_newest_first_to_the_second(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    page = auditor.get("/")
    assert page.heading == "Günlük"
    times = page.all("time")
    assert set(times) == {"02.03.2026 12:00:00"}
    assert page.all("strong")[0] == "Evrakı kaydet"
    assert page.all("strong")[-1] == "Başvuru aç"
    assert reference("application", case) in page.links
    for said in (
        "Zeynep Görevli",
        f"user:{staff.officer}, Başvuru görevlisi",
        "2026-03-02T09:00:00Z",
    ):
        assert said in page.text
    assert page.all("p", role="status")[-1] == f"{len(times)} kayıt"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("islem=register_paper", 1),
        ("islem=file", 2),
        ("kim=system:timer", 2),
        ("ilk=2026-03-02&son=2026-03-02&islem=file", 2),
        ("ilk=2026-03-03", 0),
        ("son=2026-03-01", 0),
        ("toplu=sweep:1", 0),
        ("surec=application&islem=file", 2),
        ("surec=consent", 0),
    ],
)
def test_the_filter_finds_exactly_what_it_says(
    world: World, auditor: Visitor, staff: Staff, query: str, found: int
) -> None:
    under_review(world, staff.officer)
    waiting_for_paper(world, ISMAIL)
    page = auditor.get(f"/denetim/gunluk?{query}")
    assert page.all("p", role="status")[-1] == f"{found} kayıt"
    assert ("Bu filtreye uyan kayıt yok." in page.text) is (found == 0)


@pytest.mark.parametrize(
    "typed", [{"kim": "zeynep"}, {"kim": "ZEYNEP görevli", "islem": "register_paper"}]
)
def test_a_name_is_looked_for_by_an_address_that_does_not_hold_it(
    world: World, auditor: Visitor, staff: Staff, typed: dict[str, Any]
) -> None:
    under_review(world, staff.officer)
    page = auditor.post("/denetim/gunluk", **typed)
    assert page.all("p", role="status")[-1] == "1 kayıt"
    assert page.value("kim") == typed["kim"]
    addresses = [page.response.request.url, *page.links.values()]
    assert not [one for one in addresses if "zeynep" in unquote(one).casefold()]
    assert (
        auditor.get(urlsplit(addresses[0])._replace(scheme="", netloc="").geturl()).value("kim")
        == typed["kim"]
    )


def test_a_name_that_stands_in_an_address_is_not_looked_for(auditor: Visitor, staff: Staff) -> None:
    assert staff.officer
    page = auditor.get("/denetim/gunluk?kim=zeynep", 422)
    assert "Adlar adres çubuğunda aranmaz" in page.all("p", id="kim-hata")[0]
    auditor.get("/denetim/gunluk/aktar?kim=zeynep&bicim=csv", 400)


def test_a_sealed_name_serves_only_who_typed_it(
    world: World, app: Flask, auditor: Visitor, staff: Staff
) -> None:
    page = auditor.post("/denetim/gunluk", kim="zeynep")
    parts = urlsplit(page.response.request.url)
    address = f"{parts.path}?{parts.query}"
    assert auditor.get(address).value("kim") == "zeynep"
    world.write("UPDATE office_user SET roles = '{auditor}' WHERE id = :id", id=staff.officer)
    other = Visitor(app)
    other.sign_in("user", staff.officer)
    for one in (address, "/denetim/gunluk?ad=" + "A" * 60, "/denetim/gunluk?ad=ş"):
        assert other.get(one).value("kim") == ""


def test_the_journal_of_one_case(world: World, auditor: Visitor) -> None:
    mine, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    page = auditor.get(f"/denetim/gunluk?basvuru={reference('application', mine)}")
    assert reference("application", mine) in page.links
    assert reference("application", other) not in page.links


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ilk=31.02.2026", "ilk"),
        ("son=2026-02-31", "son"),
        ("son=9999-12-31", "son"),
        ("basvuru=12", "basvuru"),
    ],
)
def test_a_filter_that_can_not_be_read_is_said_at_its_field(
    auditor: Visitor, query: str, field: str
) -> None:
    page = auditor.get(f"/denetim/gunluk?{query}", 422)
    assert page.title.startswith("Hata:")
    assert len(page.all("p", id=f"{field}-hata")) == 1
    assert page.value(field) == query.partition("=")[2]
    auditor.get(f"/denetim/gunluk/aktar?bicim=csv&{query}", 400)


def test_refused_attempts_are_shown_with_their_reason(world: World, auditor: Visitor) -> None:
    case = waiting_for_paper(world)
    with pytest.raises(Refused):
        world.engine.fire(case, "approve_paper", officer_actor())
    page = auditor.get("/denetim/gunluk?tur=ret")
    assert page.all("p", role="status")[-1] == "1 kayıt"
    assert "“Evrakı onayla” işlemi “Başvuru ofisinde bekleniyor” durumunda yapılamaz." in page.text
    none = auditor.get("/denetim/gunluk?tur=ret&basvuru=B999999999&islem=file&kim=user:99&toplu=y")
    assert none.all("p", role="status")[-1] == "0 kayıt"
    dated = auditor.get("/denetim/gunluk?tur=ret&ilk=2026-03-02&son=2026-03-02")
    assert dated.all("p", role="status")[-1] == "1 kayıt"


def test_an_attempt_that_opened_no_record_says_so_in_its_row(
    world: World, auditor: Visitor
) -> None:
    me = world.person()
    world.card(me, date(2026, 4, 10))
    with pytest.raises(Refused):
        world.file(me, "first")
    page = auditor.get("/denetim/gunluk?tur=ret")
    assert page.all("th", scope="row") == ["Kayıt açılmadı"]


@pytest.mark.parametrize("query", ["", "tur=ret"])
def test_the_pages_of_the_journal_neither_miss_nor_repeat_a_row(
    world: World, auditor: Visitor, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    for number in ("10000000146", ISMAIL):
        case = waiting_for_paper(world, number)
        for trigger in ("approve_paper", "release", "deliver"):
            with pytest.raises(Refused):
                world.engine.fire(case, trigger, officer_actor())
    whole = auditor.get(f"/denetim/gunluk?{query}")
    everything = whole.all("tr")[1:]
    monkeypatch.setattr("web.audit.entries.PAGE", 2)
    page, seen = auditor.get(f"/denetim/gunluk?{query}"), []
    while True:
        seen += page.all("tr")[1:]
        if "Daha eskiler" not in page.links:
            break
        page = auditor.get(page.links["Daha eskiler"])
        assert "En yeniler" in page.links
    assert seen == everything
    assert len(everything) >= 6


@pytest.mark.parametrize("mark", ["x", "2026-03-02~1~1", "2026-03-02T09:00:00+00:00~a~1", "~"])
def test_a_mark_that_is_not_ours_is_the_first_page(
    world: World, auditor: Visitor, mark: str
) -> None:
    case = waiting_for_paper(world)
    page = auditor.get("/denetim/gunluk", query_string={"sonra": mark})
    assert reference("application", case) in page.links


def test_an_auditor_reads_a_case_and_can_move_nothing(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    page = auditor.get(path(case))
    assert "Yapabileceğiniz işlemler" not in page.response.text
    assert page.buttons == ["Ara", "Çıkış yap"]
    auditor.get(path(case, "gecmis"))
    auditor.get(path(case, "islem", "reject"), 403)
    auditor.get(path(case))
    auditor.post(path(case, "islem", "reject"), 403, seen="4", reason="x")
    assert world.state(case) == "paper_received"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Nobody", "Bu adda bir hesap yok."),
        ("görevli", "birden çok hesap var, birini seçiniz: İlker Görevli (user:"),
        ("%", "Bu adda bir hesap yok."),
    ],
)
def test_a_name_that_is_nobodys_or_several_peoples_is_said_at_its_field(
    staff: Staff, auditor: Visitor, typed: str, said: str
) -> None:
    assert staff.officer != staff.second
    page = auditor.post("/denetim/gunluk", 422, kim=typed)
    assert said in page.all("p", id="kim-hata")[0]
    assert page.value("kim") == typed
    auditor.get("/denetim/gunluk/aktar", 400, query_string={"kim": typed, "bicim": "csv"})


def test_of_many_accounts_of_one_name_the_first_are_proposed(
    world: World, auditor: Visitor
) -> None:
    with world.engine.database.begin() as connection:
        for number in range(7):
            enter_user(connection, f"Deniz {number}", ["officer"], world.clock.now())
    page = auditor.post("/denetim/gunluk", 422, kim="deniz")
    (said,) = page.all("p", id="kim-hata")
    assert said.count("(user:") == 5
    assert said.endswith("ve başkaları.")


def test_more_than_the_cap_is_not_counted(
    world: World, auditor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for_paper(world)
    monkeypatch.setattr("workflow.journal.browse.CAP", 2)
    monkeypatch.setattr("web.audit.messages.CAP", 2)
    assert auditor.get("/denetim/gunluk").all("p", role="status")[-1] == "2'den çok kayıt"


@pytest.mark.parametrize(
    "page",
    [
        "gunluk", "gunluk?kim=user:1", "gunluk?islem=file", "gunluk?surec=application",
        "gunluk?tur=ret", "oturumlar", "erisimler", "tanimlar", "butunluk",
    ],
)  # fmt: skip
def test_a_page_asks_the_database_a_bounded_number_of_times(
    world: World, auditor: Visitor, staff: Staff, page: str
) -> None:
    """The number does not grow with what stands in the journal."""

    def asked() -> int:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        event.listen(world.engine.database, "before_cursor_execute", note)
        auditor.get(f"/denetim/{page}")
        event.remove(world.engine.database, "before_cursor_execute", note)
        return len(statements)

    under_review(world, staff.officer)
    asked()
    few = asked()
    for tckn in (ISMAIL, "10000000214"):
        case = waiting_for_paper(world, tckn)
        with pytest.raises(Refused):
            world.engine.fire(case, "deliver", officer_actor())
    assert asked() == few <= 12


def test_a_row_that_was_tampered_with_is_still_shown(
    world: World, database: Database, auditor: Visitor
) -> None:
    waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE journal SET body = '{' WHERE n = 1"))
        connection.execute(
            text('UPDATE journal SET body = replace(body, \'"definition":"\', \'"definition":"0\')')
        )
    page = auditor.get("/denetim/gunluk")
    assert "Başvuru aç" in page.text
