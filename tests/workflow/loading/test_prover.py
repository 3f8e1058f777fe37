"""The proof of the prover: a promise holds on all paths, or a path refutes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from workflow.loading.loader import WorkflowFileError, load
from workflow.loading.paths import path
from workflow.loading.prover import Prover
from workflow.model.definition import Text, Transition
from workflow.model.machine import NEW
from workflow.model.promise import EVERY_STATE_CAN_END, Promise
from workflow.model.registry import Registry

TEXT = """
roles: {system: {title: {tr: s, en: s}}}
windows:
  - {from: 2020-01-01, open: true}
kinds:
  slow: {title: {tr: a, en: a}, checked: true}
  fast: {title: {tr: a, en: a}, checked: false}
workflows:
  item:
    title: {tr: a, en: a}
    table: item
    subject: owner
    facts: {kind: kinds, size: int}
    rules:
      must_wait: {when: kind.checked, otherwise: {tr: a, en: a}}
      may_skip: {when: not kind.checked and window.open, otherwise: {tr: a, en: a}}
      is_big: {when: size > 3, otherwise: {tr: a, en: a}}
    states:
      filed: {title: {tr: a, en: a}, next: system}
      read: {title: {tr: a, en: a}, next: system}
      loop: {title: {tr: a, en: a}, next: system}
      done: {title: {tr: a, en: a}, final: true}
      dropped: {title: {tr: a, en: a}, final: true}
    transitions:
      file: {title: {tr: a, en: a}, from: new, to: filed, by: system}
      look: {title: {tr: a, en: a}, from: filed, to: read, by: system, rules: must_wait}
      skip: {title: {tr: a, en: a}, from: filed, to: done, by: system, rules: [may_skip]}
      sign: {title: {tr: a, en: a}, from: read, to: done, by: system, rules: [is_big]}
      turn: {title: {tr: a, en: a}, from: read, to: loop, by: system}
      back: {title: {tr: a, en: a}, from: loop, to: read, by: system}
      drop: {title: {tr: a, en: a}, from: [filed, read], to: dropped, by: system}
    promises:
"""


def problems_of(promise: str) -> list[str]:
    with pytest.raises(WorkflowFileError) as refused:
        load(f"{TEXT}      - {promise}\n", Registry())
    return [problem.message for problem in refused.value.problems]


@pytest.mark.parametrize(
    "promise",
    [
        "{to: done, passes_one_of: [sign, skip]}",
        "{to: done, passes_one_of: file}",
        "{to: done, passes_one_of: sign, when: {kind: slow}}",
        "{to: done, passes_rule: is_big, when: {kind: slow}}",
        "{to: done, passes_rule: may_skip, when: {kind: fast}}",
        "{to: read, passes_rule: must_wait}",
        "{to: done, never_after: dropped}",
        "{to: filed, never_after: [read, loop, done]}",
        "{to: done, never_after: read, when: {kind: slow, size: 1}}",
        "every_state_can_end",
    ],
)
def test_what_holds_on_every_path_is_proved(promise: str) -> None:
    assert load(f"{TEXT}      - {promise}\n", Registry())


@pytest.mark.parametrize(
    ("promise", "says"),
    [
        (
            "{to: done, passes_one_of: [sign]}",
            "promise broken: 'done' is reached without 'sign': file → skip",
        ),
        (
            "{to: done, passes_one_of: [turn, skip]}",
            "promise broken: 'done' is reached without 'turn or skip': file → look → sign",
        ),
        (
            "{to: done, passes_rule: is_big}",
            "promise broken: 'done' is reached without 'is_big': file → skip",
        ),
        (
            "{to: done, passes_rule: is_big, when: {kind: fast}}",
            "promise broken: 'done' is reached without 'is_big': file → skip",
        ),
        (
            "{to: read, never_after: [done, read]}",
            "promise broken: 'read' is reached after 'read': turn → back",
        ),
        (
            "{to: done, never_after: [loop]}",
            "promise broken: 'done' is reached after 'loop': back → sign",
        ),
        (
            "{to: done, passes_rule: is_big, never_after: [loop]}",
            "a promise says exactly one of passes_one_of, passes_rule, runs, ",
        ),
        ("{to: done, passes_one_of: sgn}", "there is no transition 'sgn'; did you mean 'sign'?"),
        ("{to: done, never_after: lop}", "there is no state 'lop'; did you mean 'loop'?"),
        ("{to: done, passes_rule: is_big, when: {sizes: 3}}", "there is no fact 'sizes'; did you "),
        ("every_state_ends", "'every_state_ends' stands where every_state_can_end or "),
    ],
)
def test_what_does_not_hold_is_refuted_by_a_path(promise: str, says: str) -> None:
    assert says in problems_of(promise)[0]


def test_a_fact_that_only_a_promise_fixes_counts_as_read() -> None:
    text = TEXT.replace("size: int}", "size: int, colour: text}")

    assert load(
        f"{text}      - {{to: done, passes_one_of: file, when: {{colour: x}}}}\n", Registry()
    )


def test_states_without_a_way_to_an_end_are_told_with_the_way_into_them() -> None:
    text = TEXT.replace("from: [filed, read], to: dropped", "from: filed, to: dropped")
    text = text.replace("from: read, to: done", "from: filed, to: done")

    with pytest.raises(WorkflowFileError) as refused:
        load(f"{text}      - every_state_can_end\n", Registry())

    assert [problem.message for problem in refused.value.problems] == [
        "promise broken: a case cannot end from 'loop': file → look → turn",
        "promise broken: a case cannot end from 'read': file → look",
    ]


def test_a_sound_workflow_has_no_dead_end() -> None:
    registry = registry_of(shipped_text())
    for definition in load(SHIPPED, registry).values():
        assert Prover(definition, registry).refute(Promise(EVERY_STATE_CAN_END)) == []


def test_a_move_is_impassable_when_its_rule_is_null_whatever_else_holds() -> None:
    prover = Prover(load(f"{TEXT}      - every_state_can_end\n", Registry())["item"], Registry())

    assert prover.refute(Promise("passes_one_of", ("skip",), "done", when={"size": None})) == []
    assert prover.refute(Promise("passes_one_of", ("skip",), "done", when={"size": 9})) == [
        "'done' is reached without 'skip': file → look → sign"
    ]


def move(name: str, source: str, target: str) -> Transition:
    return Transition(
        name, Text("", ""), None, (source,), target, (), (), False, (), (), (), (), "none"  # noqa: FBT003 - the order of the type
    )  # fmt: skip


letters = st.sampled_from([NEW, "a", "b", "c", "d"])


@given(st.lists(st.tuples(letters, letters), max_size=10))
def test_a_path_is_found_exactly_when_there_is_one_and_none_is_shorter(
    pairs: list[tuple[str, str]],
) -> None:
    moves = [move(f"m{n}", source, target) for n, (source, target) in enumerate(pairs)]
    layers = [{NEW}]
    while len(layers) <= len(pairs):
        layers.append({target for source, target in pairs if source in layers[-1]})
    shortest = next((n for n, layer in enumerate(layers) if n and "d" in layer), None)

    way = path(moves, {NEW}, "d")

    assert (None if way is None else len(way)) == shortest
    state = NEW
    for step in way or ():
        source, target = pairs[int(step[1:])]
        assert source == state
        state = target
    assert way is None or state == "d"
