"""The tests of the XES export, read by the rules of IEEE 1849-2016 and its XSD."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.kit.workflow import process as kit
from workflow.journal.export import JournalFilter, export
from workflow.journal.lines import CSV_KEYS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine

SPACE = "{http://www.xes-standard.org/}"
ORDER = ["extension", "global", "classifier", "string", "trace"]
"""The order in which the XSD wants the children of a log."""

ATTRIBUTES = {"string", "date", "int", "float", "boolean", "id", "list", "container"}
STANDARD = {
    "Concept": ("concept", "name"),
    "Lifecycle": ("lifecycle", "transition"),
    "Organizational": ("org", "resource"),
    "Time": ("time", "timestamp"),
}


def log_of(engine: CaseEngine, **wanted: object) -> Element:
    """Read an export as the XSD of the standard would have it; return the log."""
    text = b"".join(export(engine.database, JournalFilter(**wanted), "xes"))  # type: ignore[arg-type]  # as the test names them
    log = ET.fromstring(text)  # noqa: S314 - our own export, read back
    assert log.tag == f"{SPACE}log"
    assert float(log.attrib["xes.version"]) == 1849.2016
    assert "xes.features" in log.attrib
    places = [ORDER.index(sort(part)) for part in log]
    assert places == sorted(places)
    for part in log.iter():
        attributes = [child for child in part if sort(child) in ATTRIBUTES]
        keys = [child.attrib["key"] for child in attributes]
        assert len(keys) == len(set(keys))
        assert all(set(child.attrib) == {"key", "value"} for child in attributes)
    return log


def sort(part: Element) -> str:
    """Return the name of an element without its space."""
    return part.tag.removeprefix(SPACE)


def said(part: Element) -> dict[str, str]:
    """Return the attributes of a trace or event."""
    return {child.attrib["key"]: child.attrib["value"]
            for child in part if sort(child) in ATTRIBUTES}  # fmt: skip


def test_a_case_is_a_trace_and_an_entry_an_event(engine: CaseEngine) -> None:
    cases = [kit.filed(engine) for _ in range(2)]
    engine.fire(cases[0], "note", kit.AYSE, reason='Ğ <b> & "x"')
    traces = log_of(engine).findall(f"{SPACE}trace")
    assert [said(trace)["concept:name"] for trace in traces] == [f"{case:09}" for case in cases]
    assert [len(trace.findall(f"{SPACE}event")) for trace in traces] == [3, 2]
    for case, trace in zip(cases, traces, strict=True):
        for entry, event in zip(
            kit.entries(engine, case), trace.iter(f"{SPACE}event"), strict=True
        ):
            body, told = json.loads(entry["body"]), said(event)
            assert told == {
                "n": str(entry["n"]),
                "concept:name": body["trigger"],
                "lifecycle:transition": "complete",
                "org:resource": body["actor"],
                "org:role": body["role"],
                "time:timestamp": body["at"],
                "from": body["from"],
                "to": body["to"],
            }
            assert datetime.fromisoformat(told["time:timestamp"]) == entry["at"]


def test_what_is_used_is_declared(engine: CaseEngine) -> None:
    kit.filed(engine)
    log = log_of(engine)
    declared = {part.attrib["prefix"]: part.attrib for part in log.iter(f"{SPACE}extension")}
    for name, (prefix, _) in STANDARD.items():
        assert declared[prefix]["name"] == name
        assert declared[prefix]["uri"] == f"http://www.xes-standard.org/{prefix}.xesext"
    scopes = {part.attrib["scope"]: set(said(part)) for part in log.iter(f"{SPACE}global")}
    for trace in log.iter(f"{SPACE}trace"):
        assert scopes["trace"] <= set(said(trace))
    for event in log.iter(f"{SPACE}event"):
        assert scopes["event"] <= set(said(event))
        assert all(key.partition(":")[0] in declared for key in said(event) if ":" in key)
    for classifier in log.iter(f"{SPACE}classifier"):
        assert set(classifier.attrib["keys"].split()) <= scopes["event"]


def test_a_filter_leaves_its_events_in_their_traces(engine: CaseEngine) -> None:
    first, second = kit.filed(engine), kit.matter(engine)
    engine.fire_many("matter", "expire", kit.SYSTEM, [second], batch="b:7")
    log = log_of(engine, batch="b:7")
    (trace,) = log.iter(f"{SPACE}trace")
    (event,) = trace.iter(f"{SPACE}event")
    assert said(trace)["concept:name"] == f"{second:09}" != f"{first:09}"
    assert said(event)["batch"] == "b:7"
    assert list(log_of(engine, batch="b:8").iter(f"{SPACE}trace")) == []


def test_what_people_wrote_does_not_leave_in_a_log(engine: CaseEngine) -> None:
    case = kit.filed(engine)
    engine.fire(case, "note", kit.AYSE, reason="Ahmet 10000000146")
    text = b"".join(export(engine.database, JournalFilter(), "xes")).decode()
    assert "reason" in CSV_KEYS
    assert "Ahmet" not in text
    assert "reason" not in text


def test_the_number_of_a_known_workflow_has_its_letter(
    engine: CaseEngine, database: Database
) -> None:
    case = kit.matter(engine)
    kit.tamper(database, "UPDATE journal SET workflow = 'application'")
    (trace,) = log_of(engine).iter(f"{SPACE}trace")
    assert said(trace) == {"concept:name": f"B{case:09}", "workflow": "application"}


def test_a_log_stays_well_formed_whatever_somebody_put_into_an_entry(
    engine: CaseEngine, database: Database
) -> None:
    kit.matter(engine)
    kit.tamper(
        database,
        "UPDATE journal SET trigger = E'a\\x01\\x02<\\n&\"\\x1f', batch = ']]>',"
        ' body = \'{"role": "<r>\\u0001&amp;"}\'',
    )
    (event,) = log_of(engine).iter(f"{SPACE}event")
    assert said(event)["concept:name"] == 'a<&"'
    assert said(event)["batch"] == "]]>"
    assert said(event)["org:role"] == "<r>&amp;"
    assert "from" not in said(event)
    kit.tamper(database, "UPDATE journal SET body = '{'")
    (event,) = log_of(engine).iter(f"{SPACE}event")
    assert "org:role" not in said(event)
