"""The auditor's export: exactly what the filter shows, headed, journaled, in three formats."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from states.kit.errors import DatabaseUnavailable
from states.kit.reference import reference
from states.logs.access import AccessEntry
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import Staff, under_review, waiting_for_paper
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


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


def as_sheet(data: bytes) -> list[list[str]]:
    """Read a CSV file as a Turkish Excel opens it: UTF-8 by its mark, cells by semicolons."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_says_what_it_is_below_the_rows_and_no_cell_that_a_spreadsheet_runs(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    approve_paper(world, case, officer_actor(2), reason="=HYPERLINK(1)", how="face_to_face")
    answer = auditor.get("/denetim/gunluk/aktar?bicim=csv&islem=approve_paper").response
    assert answer.mimetype == "text/csv"
    head, row, empty, *said = as_sheet(answer.data)
    assert (head[0], empty) == ("case", [])
    assert [line[0] for line in said] == [
        "# filter", "# exported_at", "# exported_by", "# entries", "# last_hash",
    ]  # fmt: skip
    assert said[0][1] == '{"islem": "approve_paper"}'
    assert said[1][1:] + said[2][1:] == ["2026-03-02T09:00:00Z", f"user:{staff.auditor}"]
    assert said[3][1] == "1"
    assert said[4][1] == row[-1]
    assert "'=HYPERLINK(1)" in row


def test_an_export_of_nothing_has_a_head_and_no_hash(auditor: Visitor) -> None:
    answer = auditor.get("/denetim/gunluk/aktar?bicim=csv&ilk=2030-01-01").response
    head, empty, *said = as_sheet(answer.data)
    assert (head[0], empty) == ("case", [])
    assert [line[1] for line in said[3:]] == ["0", ""]


@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_refused_attempts_are_exported_too(world: World, auditor: Visitor, fmt: str) -> None:
    case = waiting_for_paper(world)
    with pytest.raises(Refused):
        world.engine.fire(case, "approve_paper", officer_actor())
    answer = auditor.get(f"/denetim/gunluk/aktar?bicim={fmt}&tur=ret").response
    assert "wrong_state" in answer.text
    assert answer.text.count("approve_paper") == 1
    assert ('"entries": 1' if fmt == "jsonl" else "# entries;1") in answer.text


def test_an_unknown_format_is_refused(auditor: Visitor) -> None:
    auditor.get("/denetim/gunluk/aktar?bicim=xls", 400)


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


def test_xes_holds_a_trace_for_each_case_that_the_filter_finds(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    waiting_for_paper(world, ISMAIL)
    shown = auditor.get("/denetim/gunluk?islem=register_paper")
    answer = auditor.get(shown.links["XES"]).response
    assert answer.mimetype == "application/xml"
    assert answer.headers["Content-Disposition"].endswith('.xes"')
    log = ET.fromstring(answer.data)  # noqa: S314 - our own export, read back
    space = "{http://www.xes-standard.org/}"
    head = {part.get("key"): part.get("value") for part in log.findall(f"{space}string")}
    assert head["export:entries"] == "1"
    assert json.loads(head["export:filter"] or "") == {"islem": "register_paper"}
    (trace,) = log.findall(f"{space}trace")
    names = [part.get("value") for part in trace.iter() if part.get("key") == "concept:name"]
    assert names == [reference("application", case), "register_paper"]


def test_what_was_refused_has_no_xes(world: World, auditor: Visitor) -> None:
    case = waiting_for_paper(world)
    with pytest.raises(Refused):
        world.engine.fire(case, "approve_paper", officer_actor())
    assert "XES" not in auditor.get("/denetim/gunluk?tur=ret").links
    auditor.get("/denetim/gunluk/aktar?bicim=xes&tur=ret", 400)
    assert list(world.all(AccessEntry)) == []


def test_an_export_that_can_not_be_kept_does_not_happen(
    world: World, auditor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise DatabaseUnavailable("away", where="x")

    waiting_for_paper(world)
    monkeypatch.setattr("web.audit.views.record_read", fails)
    before = world.engine.database.pool.checkedout()  # type: ignore[attr-defined]  # a queue pool has it
    auditor.get("/denetim/gunluk/aktar?bicim=csv", 503)
    assert world.engine.database.pool.checkedout() == before  # type: ignore[attr-defined]  # the same


def test_a_reader_who_goes_away_gives_the_snapshot_back(world: World, auditor: Visitor) -> None:
    waiting_for_paper(world)
    pool = world.engine.database.pool
    answer = auditor.client.get("/denetim/gunluk/aktar?bicim=csv", buffered=False)
    assert pool.checkedout() == 1  # type: ignore[attr-defined]  # a queue pool has it
    answer.close()
    assert pool.checkedout() == 0  # type: ignore[attr-defined]  # the same


def test_the_exporter_may_be_named_and_the_filter_stays_as_it_was_typed(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    under_review(world, staff.officer)
    shown = auditor.post("/denetim/gunluk", kim="ZEYNEP")
    lines = auditor.get(shown.links["JSON Lines"]).response.text.splitlines()
    head, *rows = [json.loads(line) for line in lines]
    assert head["export"]["filter"] == {"kim": "ZEYNEP"}
    assert {json.loads(row["body"])["actor"] for row in rows} == {f"user:{staff.officer}"}
