"""The tests of mistakes in the file: each is told with its place and its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.workflow.dummies import registry_of, shipped_text
from tests.kit.workflow.small import TEXT, small
from tests.workflow.loading.test_loader import changed, hash_of, problems_of
from workflow.loading.loader import WorkflowFileError, load
from workflow.model.definition import Definition
from workflow.model.problem import FileProblem, Report, nearest
from workflow.model.registry import Registry
from workflow.model.source import Scalar, Table, read

if TYPE_CHECKING:
    from pathlib import Path


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
