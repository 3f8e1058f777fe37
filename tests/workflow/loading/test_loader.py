"""The proof that a workflow file is read strictly, wholly, and into one canonical form."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from tests.kit.workflow.dummies import SHIPPED, nothing, registry_of, shipped_text
from tests.kit.workflow.small import TEXT, small
from workflow.loading.grammar import json_schema
from workflow.loading.loader import WorkflowFileError, load, resolve
from workflow.loading.publish import from_canonical
from workflow.model.definition import AT_ONCE, Enumeration, Text
from workflow.model.duration import Duration
from workflow.model.registry import Handler, Registry


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


def test_the_shipped_file_holds_its_workflows() -> None:
    definitions = load(SHIPPED, registry_of(shipped_text()))

    assert list(definitions) == [
        "application", "consent", "code", "certificate", "sign_in", "grant", "text_change", "box",
        "card", "parcel", "handover", "contact_change", "registration", "support_change",
        "unit_letter", "question",
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


def test_the_schema_for_editors_knows_every_key_of_the_shipped_file() -> None:
    schema = json.dumps(json_schema())

    keys = set(re.findall(r"^ +([a-z_]+): ", shipped_text(), re.MULTILINE))
    known = {"table", "subject", "urgency", "when", "otherwise", "from", "to", "by", "not_by"}
    assert known <= keys
    for key in known | {"roles", "windows", "kinds", "workflows", "promises", "consequence"}:
        assert f'"{key}": ' in schema
    assert json_schema()["additionalProperties"] is False
    assert json_schema()["required"] == ["roles", "workflows"]
