"""The SQL that writes the lines of an export, so that a million need no loop of ours.

Each writer takes the query of the rows to write and returns the query whose rows COPY sends.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from states.kit.reference import LETTERS

CSV_KEYS = (
    "case", "n", "at", "workflow", "trigger", "from", "to",
    "actor", "role", "auth", "batch", "reason", "definition",
)  # fmt: skip
"""The columns of a CSV export before the hash, as the body of an entry names them."""

REFUSED_KEYS = (
    "id", "at", "case_id", "workflow", "trigger", "state", "actor", "role", "code", "batch",
)  # fmt: skip
"""The columns of an export of refused attempts."""

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, or skips before one."""

# JSON and XML come out as they are: they never hold the two marks that CSV would quote with.
_RAW = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"
CSV_DELIMITER = ";"
"""What parts the cells: the list separator of Turkish Windows, by which Excel opens a file."""

OPTIONS = {"csv": f"FORMAT csv, DELIMITER '{CSV_DELIMITER}'", "jsonl": _RAW, "xes": _RAW}
"""How COPY writes the lines of each format."""

_MARKS = r"""'=', '+', '-', '@', E'\t', E'\r'"""


def _cell(text: str) -> str:
    """Return the SQL of a cell of CSV, the same text that ``csv_line`` writes."""
    return f"nullif(CASE WHEN left({text}, 1) IN ({_MARKS}) THEN '''' ELSE '' END || {text}, '')"


def _utc(fraction: str) -> str:
    return f"to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS{fraction}\"Z\"')"


def _said(chosen: str) -> str:
    # OFFSET 0 keeps the planner from reading a body anew for each of its keys.
    return (
        "(SELECT j.*, journal_said(body) AS said FROM"
        f" (SELECT * FROM ({chosen}) c ORDER BY case_id, n OFFSET 0) j"
        " ORDER BY case_id, n OFFSET 0) s"
    )


def jsonl(chosen: str) -> str:
    """Write an entry as it was hashed, ready to be verified."""
    return (
        "SELECT '{\"body\":' || to_json(body)::text || ',\"hash\":\"' || encode(hash, 'hex')"
        " || '\",\"prev\":\"' || encode(prev, 'hex') || '\"}'"
        f" FROM ({chosen}) c ORDER BY case_id, n"
    )


def csv(chosen: str) -> str:
    """Write what an entry says in columns."""
    cells = ", ".join(_cell(f"(said ->> '{key}')") for key in CSV_KEYS)
    return f"SELECT {cells}, encode(hash, 'hex') FROM {_said(chosen)} ORDER BY case_id, n"


def refused_jsonl(chosen: str) -> str:
    """Write a refused attempt as an object."""
    keys = ", ".join(_utc("") + " AS at" if key == "at" else key for key in REFUSED_KEYS)
    return f"SELECT row_to_json(r) FROM (SELECT {keys} FROM ({chosen}) c ORDER BY id) r"


def refused_csv(chosen: str) -> str:
    """Write a refused attempt in columns."""
    texts = (_utc("") if key == "at" else f"CAST({key} AS text)" for key in REFUSED_KEYS)
    cells = ", ".join(_cell(text) for text in texts)
    return f"SELECT {cells} FROM ({chosen}) c ORDER BY id"


_EXTENSIONS = {
    "concept": ("Concept", "http://www.xes-standard.org/concept.xesext"),
    "lifecycle": ("Lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    "org": ("Organizational", "http://www.xes-standard.org/org.xesext"),
    "time": ("Time", "http://www.xes-standard.org/time.xesext"),
}
"""The standard's own extensions that the log uses (IEEE 1849-2016, section 6)."""

_EVENT = {
    "concept:name": "trigger",
    "lifecycle:transition": "'complete'",
    "org:resource": "actor",
    "org:role": "(said ->> 'role')",
    "time:timestamp": _utc(".US"),
    "from": "(said ->> 'from')",
    "to": "(said ->> 'to')",
    "batch": "batch",
}
"""What stands in an event, and the SQL it comes from; what people wrote themselves does not."""

_ALWAYS = ("concept:name", "lifecycle:transition", "org:resource", "time:timestamp")
"""The keys that every event has: the standard wants them declared as global."""


def xes_string(key: str, value: object) -> str:
    """Return an attribute of type string."""
    return f"<string key={quoteattr(key)} value={quoteattr(str(value))}/>"


def _typed(key: str, value: str) -> str:
    kind = "date" if key == "time:timestamp" else "string"
    return f'<{kind} key="{key}" value="{value}"/>'


_UNKNOWN_DAY = "1970-01-01T00:00:00.000000Z"

XES_OPENING = "\n".join(
    [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">',
        *(
            f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>'
            for prefix, (name, uri) in _EXTENSIONS.items()
        ),
        '<global scope="trace">',
        _typed("concept:name", "UNKNOWN"),
        _typed("workflow", "UNKNOWN"),
        "</global>",
        '<global scope="event">',
        *(_typed(key, _UNKNOWN_DAY if key.startswith("time") else "UNKNOWN") for key in _ALWAYS),
        '<int key="n" value="0"/>',
        "</global>",
        '<classifier name="Transition" keys="concept:name"/>',
        '<classifier name="Actor" keys="org:resource"/>',
        xes_string("concept:name", "nes-ofis"),
        "",
    ]
)
"""The head of a log: extensions, what every trace and event has, and how events are told apart."""

XES_CLOSING = "</log>\n"


def _xml(text: str) -> str:
    """Return the SQL of a text as it may stand in an attribute."""
    return f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '\"', '&quot;')"


def _attribute(key: str, text: str) -> str:
    """Return the SQL of an attribute, which is left out where there is nothing to say."""
    constant = text.startswith(("'", "to_char"))
    before, after = _typed(key, "\n").split("\n")
    return f"coalesce('{before}' || {text if constant else _xml(text)} || '{after}', '')"


_NUMBER = "lpad(case_id::text, greatest(9, length(case_id::text)), '0')"
_LETTERS = " ".join(f"WHEN '{workflow}' THEN '{letter}'" for workflow, letter in LETTERS.items())
_REFERENCE = f"CASE max(workflow) {_LETTERS} ELSE '' END || {_NUMBER}"

# XML 1.0 has no place for control characters. No tag of ours holds one, so a whole trace may be
# cleared of them at once; asking first is eight times as fast as clearing each value.
_CONTROLS = "".join(rf"\x{code:02x}" for code in range(1, 32))
_CLEARED = (
    rf"CASE WHEN trace ~ E'[\x01-\x1f]' THEN translate(trace, E'{_CONTROLS}', '') ELSE trace END"
)


def xes(chosen: str) -> str:
    """Write a case as a trace: one row for each, its events in the order of their numbers."""
    attributes = " || ".join(_attribute(key, text) for key, text in _EVENT.items())
    event = f"'<event><int key=\"n\" value=\"' || n || '\"/>' || {attributes} || '</event>'"
    workflow = _attribute("workflow", "max(workflow)")
    trace = (
        f"SELECT case_id, '<trace>' || {_attribute('concept:name', _REFERENCE)} || {workflow}"
        f" || string_agg({event}, '' ORDER BY n) || '</trace>' AS trace"
        f" FROM {_said(chosen)} GROUP BY case_id OFFSET 0"
    )
    return f"SELECT {_CLEARED} FROM ({trace}) t ORDER BY case_id"


ENTRIES = {"jsonl": jsonl, "csv": csv, "xes": xes}
REFUSED = {"jsonl": refused_jsonl, "csv": refused_csv}
"""The writers by format; what was refused did not happen, so XES has no event for it."""
