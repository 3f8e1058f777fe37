"""The auditor's journal: filter, pages, proof and export, and that he can change nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.access import AccessEntry
from states.reference import reference
from tests.handlers.world import ISMAIL
from tests.handlers.world import officer as officer_actor
from tests.web.staff import Staff, path, under_review, waiting_for_paper
from workflow.refusal import Refused

if TYPE_CHECKING:
    from tests.handlers.world import World
    from tests.postgres import Database
    from tests.web.visitor import Page, Visitor


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
    ],
)
def test_the_filter_finds_exactly_what_it_says(
    world: World, auditor: Visitor, staff: Staff, query: str, found: int
) -> None:
    under_review(world, staff.officer)
    waiting_for_paper(world, ISMAIL)
    page = auditor.get(f"/denetim/gunluk?{query}")
    assert page.all("p", role="status")[-1] == f"{found} kayıt"
    assert ("Bu süzgece uyan kayıt yok." in page.text) is (found == 0)


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
        world.office.fire(case, "approve_paper", officer_actor())
    page = auditor.get("/denetim/gunluk?tur=ret")
    assert page.all("p", role="status")[-1] == "1 kayıt"
    assert "“Evrakı onayla” işlemi “Islak imzalı form bekleniyor” durumunda yapılamaz." in page.text
    none = auditor.get("/denetim/gunluk?tur=ret&basvuru=B999999999&islem=file&kim=x&toplu=y")
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
                world.office.fire(case, trigger, officer_actor())
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


def test_the_proof_is_said_in_words(world: World, auditor: Visitor) -> None:
    waiting_for_paper(world)
    before = auditor.get("/denetim/gunluk")
    assert "doğrulanmadı" in before.all("p", role="status")[0]
    entries = before.all("p", role="status")[1]
    page = auditor.post("/denetim/dogrula")
    assert page.all("p", role="status")[0] == f"Zincir doğrulandı, 02.03.2026 12:00, {entries}."


def test_a_broken_journal_is_a_red_alert_that_names_the_first_broken_entry(
    world: World, database: Database, auditor: Visitor
) -> None:
    case = waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE journal SET body = replace(body, 'applicant', 'officer') WHERE n = 1")
        )
    auditor.get("/denetim/gunluk")
    page = auditor.post("/denetim/dogrula")
    (alert,) = page.all("div", role="alert")
    assert f"{case} numaralı kaydın 1. girdisi değiştirilmiş" in alert


def test_json_lines_are_exactly_what_the_filter_shows_and_can_be_verified_outside(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    waiting_for_paper(world, ISMAIL)
    number = reference("application", case)
    shown = auditor.get(f"/denetim/gunluk?basvuru={number}")
    answer = auditor.get(shown.links["JSON Lines"]).response
    assert answer.mimetype == "application/jsonl"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    head, *lines = [json.loads(line) for line in answer.text.splitlines()]
    assert head["export"]["filter"] == {"basvuru": number}
    assert head["export"]["exported_by"] == f"user:{staff.auditor}"
    assert head["export"]["exported_at"] == "2026-03-02T09:00:00Z"
    assert head["export"]["entries"] == len(lines) == len(shown.all("tr")) - 1
    assert head["export"]["last_hash"] == lines[-1]["hash"]
    for line in lines:
        hashed = hashlib.sha256(bytes.fromhex(line["prev"]) + line["body"].encode()).hexdigest()
        assert hashed == line["hash"]


def test_csv_carries_a_head_and_no_cell_that_a_spreadsheet_runs(
    world: World, auditor: Visitor, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    form = {"seen": second.get(path(case, "islem", "approve_paper")).value("seen")}
    second.post(
        path(case, "islem", "approve_paper"), **form, how="face_to_face", reason="=HYPERLINK(1)"
    )
    answer = auditor.get("/denetim/gunluk/aktar?bicim=csv&islem=approve_paper").response
    assert answer.mimetype == "text/csv"
    table = list(csv.reader(io.StringIO(answer.text)))
    assert [row[0] for row in table[:6]] == [
        "# filter", "# exported_at", "# exported_by", "# entries", "# last_hash", "case",
    ]  # fmt: skip
    assert table[3][1] == "1"
    assert table[4][1] == table[-1][-1]
    assert "'=HYPERLINK(1)" in table[-1]


def test_an_export_of_nothing_has_a_head_and_no_hash(auditor: Visitor) -> None:
    answer = auditor.get("/denetim/gunluk/aktar?bicim=csv&ilk=2030-01-01").response
    table = list(csv.reader(io.StringIO(answer.text)))
    assert [row[1] for row in table[3:5]] == ["0", ""]
    assert len(table) == 6


@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_refused_attempts_are_exported_too(world: World, auditor: Visitor, fmt: str) -> None:
    case = waiting_for_paper(world)
    with pytest.raises(Refused):
        world.office.fire(case, "approve_paper", officer_actor())
    answer = auditor.get(f"/denetim/gunluk/aktar?bicim={fmt}&tur=ret").response
    assert "wrong_state" in answer.text
    assert answer.text.count("approve_paper") == 1
    assert ('"entries": 1' if fmt == "jsonl" else "# entries,1") in answer.text


def test_an_unknown_format_is_refused(auditor: Visitor) -> None:
    auditor.get("/denetim/gunluk/aktar?bicim=xls", 400)


def test_an_auditor_reads_a_case_and_can_move_nothing(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    page = auditor.get(path(case))
    assert "Yapabileceğiniz işlemler" not in page.response.text
    assert page.buttons == ["Çıkış yap"]
    auditor.get(path(case, "gecmis"))
    auditor.get(path(case, "islem", "reject"), 403)
    auditor.get(path(case))
    auditor.post(path(case, "islem", "reject"), 403, seen="4", reason="x")
    assert world.state(case) == "paper_received"


def test_taking_the_journal_out_is_kept_with_filter_count_and_last_hash(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    under_review(world, staff.officer)
    answer = auditor.get("/denetim/gunluk/aktar?bicim=jsonl&islem=file").response
    head = json.loads(answer.text.splitlines()[0])["export"]
    (kept,) = world.all(AccessEntry)
    assert kept.actor == f"user:{staff.auditor}"
    assert kept.person_id is None
    assert kept.what == f"journal:{head['entries']}:{head['last_hash']}"
    assert json.loads(kept.purpose) == head["filter"]
