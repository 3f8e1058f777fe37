"""The tests of taking the journal out: an outsider can verify it, a spreadsheet is safe."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DBAPIError

from tests.house.tree import ROOT
from tests.kit.workflow import process as kit
from workflow.journal.export import (
    BLOCK,
    CSV_KEYS,
    Format,
    JournalFilter,
    csv_line,
    export,
    take_out,
)
from workflow.journal.lines import REFUSED_KEYS
from workflow.model.actor import Actor
from workflow.model.entry import chain
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


def read_csv(text: str) -> list[dict[str, str]]:
    """Read a file as a spreadsheet does."""
    opened = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return list(csv.DictReader(opened, delimiter=";"))


def whole(engine: CaseEngine, fmt: Format, wanted: JournalFilter | None = None) -> str:
    """Return an export as one text."""
    return b"".join(export(engine.database, wanted or JournalFilter(), fmt)).decode()


def lines(engine: CaseEngine, **wanted: object) -> list[dict[str, str]]:
    chosen = JournalFilter(**wanted)  # type: ignore[arg-type]  # as the test names them
    return [json.loads(line) for line in whole(engine, "jsonl", chosen).splitlines()]


def rows(engine: CaseEngine) -> list[dict[str, str]]:
    return read_csv(whole(engine, "csv"))


def test_an_outsider_verifies_the_lines_with_nothing_but_sha256(engine: CaseEngine) -> None:
    for _ in range(3):
        engine.fire(kit.approvable(engine), "note", kit.AYSE, reason='Ğ "İ" \n ı')
    heads: dict[int, tuple[int, str]] = {}
    text = whole(engine, "jsonl")
    assert text.endswith("}\n")
    for line in text[:-1].split("\n"):
        entry = json.loads(line)
        said = json.loads(entry["body"])
        n, head = heads.get(said["case"], (0, "00" * 32))
        assert entry["prev"] == head
        assert said["n"] == n + 1
        digest = hashlib.sha256(bytes.fromhex(entry["prev"]) + entry["body"].encode()).hexdigest()
        assert entry["hash"] == digest
        heads[said["case"]] = (said["n"], digest)
    cases = kit.query(engine, "SELECT id, version, head FROM application UNION ALL"
                      " SELECT id, version, head FROM consent")  # fmt: skip
    assert heads == {row["id"]: (row["version"], row["head"].hex()) for row in cases}


def test_the_page_on_the_journal_tells_an_outsider_all_he_needs(
    engine: CaseEngine, database: Database
) -> None:
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    bodies = re.findall(r"^\{.*\}$", page, re.MULTILINE)
    hashes = re.findall(r"^[0-9a-f]{64}$", page, re.MULTILINE)
    head = bytes(32)
    for body, told in zip(bodies, hashes, strict=True):
        head = chain(head, body)
        assert head.hex() == told
    assert len(hashes) == 2
    (program,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    kit.filed(engine)
    assert outsider(engine, program) == 0
    kit.tamper(database, "UPDATE journal SET body = replace(body, 'submit', 'refuse')")
    assert outsider(engine, program) == 1


def outsider(engine: CaseEngine, program: str) -> int:
    """Run the few lines of the page over an export; return how they end."""
    text = whole(engine, "jsonl")
    run = [sys.executable, "-I", "-c", program]
    return subprocess.run(run, input=text, text=True, capture_output=True, check=False).returncode


def test_the_lines_are_ordered_by_case_and_number(engine: CaseEngine) -> None:
    first, second = kit.matter(engine), kit.matter(engine)
    for case_id in (second, first):
        engine.fire(case_id, "expire", kit.SYSTEM)
    order = [json.loads(line["body"]) for line in lines(engine)]
    assert [(said["case"], said["n"]) for said in order] == [
        (first, 1), (first, 2), (second, 1), (second, 2),
    ]  # fmt: skip


def test_a_filter_takes_what_fits_all_of_it(engine: CaseEngine, clock: FixedClock) -> None:
    first = kit.filed(engine)
    clock.advance(days=1)
    second = kit.matter(engine)
    engine.fire_many("matter", "expire", kit.SYSTEM, [second], batch="b:7")
    permit = kit.permit(engine, kit.people(engine)[0])
    noon, next_day = kit.NOON, kit.NOON + timedelta(days=1)

    def cases(**wanted: object) -> list[int]:
        return [json.loads(line["body"])["case"] for line in lines(engine, **wanted)]

    assert cases() == [first, first, second, second, permit]
    assert cases(since=next_day) == [second, second, permit]
    assert cases(until=next_day) == [first, first]
    assert cases(since=noon, until=noon + timedelta(seconds=1)) == [first, first]
    assert cases(case_id=second) == [second, second]
    assert cases(workflow="permit") == [permit]
    assert cases(trigger="submit") == [first]
    assert cases(actor="system:test", workflow="matter") == [first, second, second]
    assert cases(batch="b:7") == [second]
    assert cases(batch="b:7", case_id=first) == []


def test_a_spreadsheet_gets_one_row_for_each_entry(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    engine.fire(case_id, "note", kit.AYSE, reason="Uygun; \"tamam\", 'ı'\nikinci satır")
    *_, last = rows(engine)
    entry = kit.entries(engine, case_id)[-1]
    assert list(last) == [*CSV_KEYS, "hash"]
    assert last["reason"] == "Uygun; \"tamam\", 'ı'\nikinci satır"
    assert (last["case"], last["n"], last["from"], last["to"]) == (
        str(case_id), "3", "filed", "filed",
    )  # fmt: skip
    assert (last["hash"], last["batch"], last["at"]) == (
        entry["hash"].hex(), "", "2026-03-02T09:00:00.000000Z",
    )  # fmt: skip


@pytest.mark.parametrize("mark", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(engine: CaseEngine, mark: str) -> None:
    case_id = kit.filed(engine)
    reason = f"{mark}HYPERLINK(1)"
    engine.fire(case_id, "note", kit.AYSE, reason=reason)
    assert rows(engine)[-1]["reason"] == f"'{reason}"
    assert json.loads(lines(engine)[-1]["body"])["reason"] == reason


def test_a_cell_that_begins_with_a_tab_or_a_return_is_no_formula_either(engine: CaseEngine) -> None:
    kit.filed(engine)
    values = {"person_id": kit.people(engine)[0], "kind": "first"}
    for name in ("\t=1", "\r=1", "a=1"):
        actor = Actor(name, frozenset({"system"}), "internal")
        values["person_id"] = kit.people(engine)[0]
        engine.open("matter", "file", actor, values)
    assert [row["actor"] for row in rows(engine)[-3:]] == ["'\t=1", "'\r=1", "a=1"]


def test_a_journal_that_was_tampered_with_comes_out_as_it_stands(
    engine: CaseEngine, database: Database
) -> None:
    kit.matter(engine)
    kit.tamper(database, "UPDATE journal SET body = E'{\\n'")
    (line,) = lines(engine)
    assert line["body"] == "{\n"
    (row,) = rows(engine)
    assert row["case"] == ""
    assert row["hash"] == line["hash"]


def test_an_empty_journal_is_an_empty_export(engine: CaseEngine) -> None:
    assert lines(engine) == []
    assert whole(engine, "csv") == "\ufeff" + ";".join([*CSV_KEYS, "hash"]) + "\n"


def test_a_row_of_sql_is_the_row_that_csv_line_writes(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    reasons = (
        "a;b",
        "a,b",
        'say "x"',
        "one\ntwo",
        "one\rtwo",
        "=1+1",
        "\u202eters",
        "ıİ",
        "a\tb",
        "\\.",
    )
    for reason in reasons:
        engine.fire(case_id, "note", kit.AYSE, reason=reason)
    written = whole(engine, "csv", JournalFilter(trigger="note")).partition("\n")[2]
    expected = [
        csv_line([*(json.loads(row["body"])[key] for key in CSV_KEYS), row["hash"].hex()])
        for row in kit.entries(engine, case_id)[2:]
    ]
    assert written == "".join(expected)


def test_no_cell_but_an_empty_one_is_written_for_nothing(
    engine: CaseEngine, database: Database
) -> None:
    kit.matter(engine)
    kit.tamper(database, "UPDATE journal SET body = replace(body, '\"draft\"', '\"\"')")
    assert ";new;;system:test;" in whole(engine, "csv")


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "xes"])
def test_a_head_says_what_stands_below(engine: CaseEngine, fmt: Format) -> None:
    last = kit.entries(engine, kit.filed(engine))[-1]["hash"].hex()
    taken = take_out(engine.database, JournalFilter(trigger="submit"), fmt)
    assert (taken.entries, taken.last_hash) == (1, last)
    head = {"filter": {"b": 'x"', "a": 1}, "entries": taken.entries}
    text = b"".join(taken.blocks(head)).decode()
    assert {
        "csv": f';{last}\n\n# filter;"{{""a"": 1, ""b"": ""x\\""""}}"\n# entries;1\n',
        "jsonl": '{"export": {"filter": {"b": "x\\"", "a": 1}, "entries": 1}}\n{"body"',
        "xes": """<string key="export:filter" value='{"a": 1, "b": "x\\""}'/>\n"""
        '<string key="export:entries" value="1"/>\n<trace>',
    }[fmt] in text


def test_a_csv_file_begins_with_the_names_of_its_columns_as_a_turkish_excel_reads_them(
    engine: CaseEngine,
) -> None:
    kit.filed(engine)
    taken = take_out(engine.database, JournalFilter(), "csv")
    data = b"".join(taken.blocks({"entries": taken.entries}))
    assert data.startswith(b"\xef\xbb\xbfcase;n;")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    rows_above, said = table[1:-2], table[-1]
    assert {len(row) for row in [table[0], *rows_above]} == {len(CSV_KEYS) + 1}
    assert (table[-2], said) == ([], ["# entries", str(len(rows_above))])


def test_head_and_lines_are_of_one_moment(engine: CaseEngine) -> None:
    kit.filed(engine)
    taken = take_out(engine.database, JournalFilter(), "jsonl")
    kit.filed(engine)
    assert taken.entries == b"".join(taken.blocks()).count(b"\n") == 2


def test_an_export_comes_in_blocks_and_can_be_dropped_in_the_middle(
    engine: CaseEngine, database: Database
) -> None:
    kit.matter(engine)
    kit.tamper(database, "UPDATE journal SET body = body || repeat(' ', 200000)")
    taken = take_out(engine.database, JournalFilter(), "jsonl")
    blocks = taken.blocks()
    assert len(next(blocks)) > BLOCK
    blocks.close()  # type: ignore[attr-defined]  # a generator has it
    taken.close()
    assert taken.connection.closed
    assert len(lines(engine)) == 1


def test_an_export_that_can_not_be_counted_gives_its_connection_back(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.journal.export.SORT_MEMORY", "much")
    with pytest.raises(DBAPIError):
        take_out(engine.database, JournalFilter(), "csv")
    monkeypatch.undo()
    assert engine.database.pool.checkedout() == 0  # type: ignore[attr-defined]  # a queue pool has it


@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_refused_attempts_are_taken_out_by_the_same_filter(engine: CaseEngine, fmt: Format) -> None:
    case_id = kit.filed(engine)
    for trigger in ("send", "=nosuch"):
        with pytest.raises(Refused):
            engine.fire(case_id, trigger, kit.AYSE, workflow="matter")
    taken = take_out(engine.database, JournalFilter(trigger="send"), fmt, refused=True)
    assert (taken.entries, taken.last_hash) == (1, "")
    text = b"".join(taken.blocks()).decode()
    (row,) = [json.loads(text)] if fmt == "jsonl" else read_csv(text)
    assert list(row) == list(REFUSED_KEYS)
    assert (str(row["case_id"]), row["trigger"], row["state"], row["actor"], row["code"]) == (
        str(case_id), "send", "filed", "user:1", "wrong_state",
    )  # fmt: skip
    assert row["at"] == "2026-03-02T09:00:00Z"
    assert row["batch"] in {"", None}
