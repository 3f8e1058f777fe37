"""The proof that a workflow file is read strictly, wholly, and into one canonical form."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.workflow.dummies import SHIPPED, nothing, registry_of, shipped_text
from tests.kit.workflow.small import TEXT, small
from workflow.loading.grammar import json_schema
from workflow.loading.loader import WorkflowFileError, load, resolve
from workflow.loading.publish import from_canonical
from workflow.model.definition import AT_ONCE, Definition, Enumeration, Text
from workflow.model.duration import Duration
from workflow.model.problem import FileProblem, Report, nearest
from workflow.model.registry import Handler, Registry
from workflow.model.source import Scalar, Table, read

if TYPE_CHECKING:
    from pathlib import Path


def problems_of(text: str, registry: Registry | None = None) -> list[str]:
    """Return what is said of a text, as LINE:COLUMN: message."""
    with pytest.raises(WorkflowFileError) as refused:
        load(text, registry or Registry(), name="w")
    return [line.removeprefix("w:") for line in str(refused.value).split("\n")]


def changed(old: str, new: str) -> str:
    """Return the small file with one place changed."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def hash_of(text: str) -> str:
    return load(text, Registry())["item"].sha256


def test_the_shipped_file_holds_its_six_workflows() -> None:
    definitions = load(SHIPPED, registry_of(shipped_text()))

    assert list(definitions) == [
        "application", "consent", "code", "certificate", "sign_in", "grant",
    ]  # fmt: skip
    application = definitions["application"]
    assert {"draft", "courier_silent", "delivered"} <= application.states.keys()
    assert application.states["approved"].due == AT_ONCE
    assert application.transitions["approve_paper"].not_by == ("register_paper", "file_by_office")
    assert [move.name for move in application.initial] == ["file", "file_by_office"]


def test_kinds_and_windows_hold_values_and_not_words() -> None:
    definition = small()

    assert definition.kinds["plain"]["title"] == Text("Düz", "Plain")
    assert definition.kinds["plain"]["ways"] == ("post", "mail")
    assert definition.kinds["fast"]["paid"] is True
    assert definition.kinds["fast"]["wait"] == Duration(months=1)
    assert definition.windows[0]["from"] == date(2018, 1, 1)
    assert definition.windows[1]["remind"] == (7, 30)
    assert definition.window_on(date(2026, 6, 1)) is definition.windows[1]
    assert definition.window_on(date(2026, 5, 31)) is definition.windows[0]
    assert definition.window_on(date(2000, 1, 1)) is definition.windows[0]


def test_facts_are_columns_unless_they_say_otherwise() -> None:
    facts = small().facts

    assert facts["d1"].sql == "c.d1"
    assert facts["x2"].sql == "(select 'x')"
    assert facts["kind"].type == Enumeration(("plain", "fast"), of_kinds=True)
    assert facts["way"].type == Enumeration(("post", "mail", "hand"))


def test_the_states_of_another_workflow_are_a_type() -> None:
    certificate = load(SHIPPED, registry_of(shipped_text()))["certificate"]

    sort = certificate.facts["application_state"].type

    assert isinstance(sort, Enumeration)
    assert "delivered" in sort.values


@pytest.mark.parametrize("name", ["application", "consent", "code", "certificate"])
def test_a_definition_comes_back_from_its_canonical_form_alone(name: str) -> None:
    definition = load(SHIPPED, registry_of(shipped_text()))[name]

    assert from_canonical(definition.canonical) == definition
    assert definition.canonical == json.dumps(
        json.loads(definition.canonical),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert re.fullmatch(r"[0-9a-f]{64}", definition.sha256)


def test_every_sort_of_value_comes_back_from_the_canonical_form() -> None:
    assert from_canonical(small().canonical) == small()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nroles:", "\n# a comment\nroles:"),
        ("when: now >= t1", "when: now>=t1"),
        ("when: now >= t1", "when: 'now >= t1'"),
        ("      b1: bool\n      b2: bool\n", "      b2: bool\n      b1: bool\n"),
        ("{title: {tr: Düz, en: Plain}, ways", "{title: {en: Plain, tr: Düz}, ways"),
        ("by: [system, clerk]\n", "by: [\n          system,\n          clerk]\n"),
        ("from: open, to: timed, by: [clerk]", "by: clerk, to: timed, from: [open]"),
        ("final: true}", "final: 'true'}"),
        ("x1: text", "x1: {type: text}"),
    ],
)
def test_comments_layout_and_order_of_keys_change_no_hash(old: str, new: str) -> None:
    assert hash_of(changed(old, new)) == small().sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("when: now >= t1", "when: now > t1"),
        ("tr: Erken.", "tr: Erkenci."),
        ("span: 1 month", "span: 2 months"),
        ("rank: 1", "rank: 7"),
        ("due: window.hours", "due: 1 hour"),
        ("by: [system, clerk]", "by: [clerk, system]"),
        ("subject_only: true", "subject_only: false"),
    ],
)
def test_what_changes_behaviour_or_words_changes_the_hash(old: str, new: str) -> None:
    assert hash_of(changed(old, new)) != small().sha256


def test_promises_are_proved_and_change_no_hash() -> None:
    promised = f"{TEXT}    promises: every_state_can_end\n"

    assert hash_of(promised) == small().sha256


def test_a_workflow_may_do_without_facts_rules_kinds_and_windows() -> None:
    text = """
roles: {system: {title: {tr: s, en: s}}}
workflows:
  bare:
    title: {tr: Yalın, en: Bare}
    table: bare
    subject: owner
    states:
      on: {title: {tr: Açık, en: On}, next: system, due: 1 day, then: stop}
      off: {title: {tr: Kapalı, en: Off}, final: true}
    transitions:
      go: {title: {tr: Git, en: Go}, from: new, to: on, by: system}
      stop: {title: {tr: Dur, en: Stop}, from: on, to: off, by: system, reason: optional}
    promises: [every_state_can_end, {to: "off", passes_one_of: stop}]
"""
    definition = load(text, Registry())["bare"]

    assert definition.urgency is None
    assert definition.transitions["stop"].reason == "optional"
    assert definition.transitions["go"].reason == "none"
    assert from_canonical(definition.canonical) == definition


def test_all_mistakes_are_told_together_in_the_order_of_the_file() -> None:
    text = (
        TEXT.replace("when: now >= t1", "when: now >= t1x")
        .replace("to: timed", "to: tymed")
        .replace("by: [system, clerk]", "by: [system, clark]")
        .replace("      closed: {", "      lost: {title: {tr: a}, final: true}\n      closed: {")
    )

    assert [line.split(" ", 1)[1] for line in problems_of(text)] == [
        "there is no fact 't1x'; did you mean 't1'?",
        "'en' is missing",
        "there is no state 'tymed'; did you mean 'timed'?",
        "there is no role 'clark'; did you mean 'clerk'?",
    ]


def test_mistakes_of_process_are_told_beside_mistakes_of_rules() -> None:
    text = changed("when: now >= t1", "when: now >= d1").replace(
        "      closed: {", "      stray: {title: {tr: a, en: b}, next: clerk}\n      closed: {"
    )

    told = "\n".join(problems_of(text))

    assert "comparison of unlike types" in told
    assert "no way leads to the state 'stray'" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("- a\n- b\n", "1:1: a list stands where a mapping is expected (roles, windows, kinds"),
        ("just words", "1:1: 'just words' stands where a mapping is expected"),
        ("a:\n\tb: c\n", "2:1: a tab stands here: YAML is indented with spaces"),
        ("a: [b\n", "1:4: this is not YAML"),
        ("a: 'b\n", "1:4: this is not YAML"),
        ("ğü: b: c\n", "1:6: this is not YAML: mapping values are not allowed"),
        ("a: \x01\n", "1:4: the character U+0001 is not allowed in YAML"),
        ("a: " + "[" * 13 + "]" * 13, "1:15: nested deeper than 12 levels"),
    ],
)
def test_a_file_that_is_no_such_yaml_gets_one_clear_line(text: str, says: str) -> None:
    first, *more = problems_of(text)

    assert first.startswith(says)
    assert not [line for line in more if "YAML" in line]


def test_a_file_that_is_not_utf8_is_told_the_byte_and_place(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes("# açık\nroles: ç".encode("cp1254"))

    with pytest.raises(WorkflowFileError) as refused:
        load(path, Registry())

    assert str(refused.value) == f"{path}:1:4: byte 0xe7 is not UTF-8: save the file as UTF-8"


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"

    with pytest.raises(WorkflowFileError) as refused:
        load(path, Registry())

    assert str(refused.value).startswith(f"{path}:1:1: the file cannot be read: No such file")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())

    assert load(path, Registry())["item"] == small()
    assert hash_of(f"\ufeff{TEXT}") == small().sha256


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  system: {title: {tr: Sistem, en: System}}\n", "", "the role 'system' is missing"),
        (
            "      d1: date\n",
            "      today: date\n      d1: date\n",
            "'today' is a word of the rules",
        ),
        ("      open: {title", "      new: {title", "'new' is a word of the file: no state has it"),
        ("      kind: kinds", "      kind: text", "the fact 'kind' and the type 'kinds' belong"),
        ("      x1: text", "      x1: kinds", "the fact 'kind' and the type 'kinds' belong"),
        ("      kind: kinds", "      kind: [plain, fast]", "the fact 'kind' and the type 'kinds'"),
        ("      x1: text", "      x1: duration", "there is no type 'duration'"),
        ("      x1: text", "      x1: []", "the list is empty: leave the key out"),
        ("      x1: text", "      X1: text", "'X1' is no name for a fact: use a-z, 0-9 and _"),
        ("rank: 1", "Rank: 1", "'Rank' is no name for a field"),
        ("rank: 1", "rank: 1 + 2", "'1 + 2' is no single value: quote it if it is a text"),
        ("rank: 1", "rank: {a: b}", "a mapping stands where a text is expected"),
        ("rank: 1", "rank: 1 dya", "'dya' is no unit of time"),
        ("remind: [1, 7]", "remind: [1, 2026-02-30]", "there is no day 2026-02-30"),
        ("from: 2018-01-01", "from: soon", "stands where a date (YYYY-MM-DD) is expected"),
        ("\"select 'x'\"", "select 1; drop", "without ';' or '--'"),
        ("\"select 'x'\"", "select 1 -- x", "without ';' or '--'"),
        ("tr: Erken.", "tr: ''", "nothing stands where a text is expected"),
        ("from: new, to: open", "from: closed, to: open", "nothing creates a case"),
        ("final: true}", "final: yes}", "'yes' stands where true or false is expected"),
        ("transitions:\n", "transitions: []\n    x:\n", "a list stands where a mapping of transit"),
        ("states:\n", "states: {}\n    x:\n", "there is no state here"),
        ("due: window.hours, then: close}", "due: at_onc, then: close}", "no fact 'at_onc'"),
        ("title: {tr: Beklet, en: Wait}, ", "", "'title' is missing"),
        ("{type: text, sql:", "{sql:", "'type' is missing"),
        ("when: now >= t1", "wen: now >= t1", "'when' is missing"),
        ("when: now >= t1", "when: []", "a list stands where a text is expected"),
    ],
)
def test_each_slip_has_its_sentence(old: str, new: str, says: str) -> None:
    assert says in "\n".join(problems_of(changed(old, new)))


def test_a_list_is_expected_where_one_is_needed() -> None:
    text = "roles: {system: {title: {tr: s, en: s}}}\nwindows: soon\nworkflows: {}\n"

    assert problems_of(text) == [
        "2:10: 'soon' stands where a list is expected",
        "3:12: there is no workflow here",
    ]


def test_kinds_are_a_type_only_where_there_are_kinds() -> None:
    text = re.sub(r"kinds:\n.*\n.*\n", "", TEXT, count=1)

    told = "\n".join(problems_of(text))

    assert "there is no type 'kinds'; there is bool, date, datetime, int, text" in told
    assert "there is no fact 'kind.ways'" in told


CYCLE = """      open: {title: {tr: a, en: a}, next: clerk, due: at_once, then: wait}
      waiting: {title: {tr: a, en: a}, next: clerk, due: WAIT, then: [close, back]}
"""


@pytest.mark.parametrize(
    ("wait", "cyclic"),
    [
        ("at_once", True),
        ("0 days", True),
        ("d1 + 1 day", True),
        ("t1", True),
        ("1 minute", False),
        ("window.hours", False),
        ("kind.wait", False),
    ],
)
def test_timers_may_chase_each_other_only_with_a_fixed_wait(wait: str, *, cyclic: bool) -> None:
    text = re.sub(r"      open: .*\n      waiting: .*\n", CYCLE.replace("WAIT", wait), TEXT)
    text = text.replace(
        "rules: [all_read]}",
        "rules: [all_read]}\n"
        "      back: {title: {tr: a, en: a}, from: waiting, to: open, by: [system]}",
    )
    text = text.replace(
        "from: open, to: waiting, by: [clerk]", "from: open, to: waiting, by: [system]"
    )
    way = "cyclic timer, nothing in it waits a fixed time: open → waiting → open"

    if cyclic:
        assert [line.split(" ", 1)[1] for line in problems_of(text)] == [way]
    else:
        assert load(text, Registry())["item"].states["waiting"].due_source == wait


def test_an_effect_without_an_outcome_may_stand_anywhere() -> None:
    text = changed("rules: [late]\n", "rules: [late]\n        effects: tell.all\n")
    registry = Registry([Handler("tell.all", "effects", nothing)])

    assert load(text, registry)["item"].transitions["close"].effects == ("tell.all",)


def test_the_process_says_which_handlers_a_definition_lacks() -> None:
    definition = load(SHIPPED, registry_of(shipped_text()))["consent"]
    whole = registry_of(shipped_text())
    poor = Registry(
        [
            *(whole[name] for name in whole if name not in {"code.live", "consent.draw_up"}),
            Handler("consent.draw_up", "check", nothing),
        ]
    )

    assert resolve(definition, whole) == []
    assert [line.split(";")[0] for line in resolve(definition, poor)] == [
        "the handler 'consent.draw_up' is not one for 'do'",
        "there is no handler 'code.live'",
    ]


def test_a_key_is_a_single_word() -> None:
    assert "1:3: a key is a single word, not a list or mapping" in problems_of("? [a]\n: b\n")


def scalar_of(text: str) -> Scalar:
    element = read(text, Report("w"))
    assert isinstance(element, Table)
    value = element.entries[0][1]
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    "text",
    [
        "a: one two three",
        "a: 'one two three'",
        'a: "one two three"',
        "a: >-\n  one\n  two three\n",
        "a: |\n  one\n    two three\n",
        "a: one\n  two\n  three\n",
        "ığüş:   one two\n    three",
    ],
)
def test_a_character_of_a_value_is_found_in_the_file_however_it_is_folded(text: str) -> None:
    scalar = scalar_of(text)
    lines = text.split("\n")

    for word in ("one", "two", "three"):
        place = scalar.place_of(scalar.value.index(word))
        assert lines[place.line - 1][place.column - 1 :].startswith(word)


def test_the_end_of_a_value_is_behind_its_last_character() -> None:
    scalar = scalar_of("a: >-\n  one\n  two\n\n")

    assert scalar.place_of(len(scalar.value)).line == 3
    assert scalar.place_of(len(scalar.value)).column == 6


@given(st.text(max_size=60))
def test_any_text_is_refused_with_places_and_never_with_a_traceback(text: str) -> None:
    with pytest.raises(WorkflowFileError) as refused:
        load(text, Registry())

    assert refused.value.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in refused.value.problems)


LINES = shipped_text().split("\n")


@given(st.integers(0, len(LINES) - 1), st.sampled_from(["", "x", "- x", "x: [", "  a: {b: c}"]))
def test_any_line_replaced_gives_definitions_or_problems(number: int, line: str) -> None:
    text = "\n".join([*LINES[:number], line, *LINES[number + 1 :]])
    found: list[object] = []
    try:
        found.extend(load(text, registry_of(shipped_text())).values())
    except WorkflowFileError as error:
        found.extend(error.problems)

    assert found
    assert all(isinstance(one, Definition | FileProblem) for one in found)


def test_the_nearest_name_is_offered_or_else_all_names() -> None:
    assert nearest("helt", ["held", "queued"]) == "; did you mean 'held'?"
    assert nearest("xyz", ["held", "queued"]) == "; there is held, queued"
    assert nearest("xyz", []) == "; there is none at all"


def test_the_schema_for_editors_knows_every_key_of_the_shipped_file() -> None:
    schema = json.dumps(json_schema())

    keys = set(re.findall(r"^ +([a-z_]+): ", shipped_text(), re.MULTILINE))
    known = {"table", "subject", "urgency", "when", "otherwise", "from", "to", "by", "not_by"}
    assert known <= keys
    for key in known | {"roles", "windows", "kinds", "workflows", "promises", "consequence"}:
        assert f'"{key}": ' in schema
    assert json_schema()["additionalProperties"] is False
    assert json_schema()["required"] == ["roles", "workflows"]
