"""The proof of the outline: every state and every move is in it, with what judges it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from workflow.loading.grammar import json_schema
from workflow.loading.loader import load
from workflow.present.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED_ALL = load(SHIPPED, registry_of(shipped_text()))
DEFINITION = SHIPPED_ALL["application"]


def test_the_outline_names_the_definition_and_its_hash_first() -> None:
    first, second, *rest = outline(DEFINITION).splitlines()

    assert first == "application: NES başvurusu"
    assert second == f"  {DEFINITION.sha256}"
    assert rest[0] == "  table application; subject person_id; urgency old_certificate_ends_on"
    begins = "  * → draft: file “Başvuru aç” (by applicant, coordinator, officer; "
    assert any(line.startswith(begins) for line in rest)


def test_every_move_stands_under_each_state_it_starts_from() -> None:
    lines = outline(DEFINITION, "en").splitlines()
    pairs = sum(len(move.source) for move in DEFINITION.transitions.values())

    assert len([line for line in lines if "→ " in line and " “" in line]) == pairs
    assert "  delivered: Delivered [final]" in lines
    overdue = "due window.production_limit → production_overdue"
    assert f"  in_production: In production [next system, {overdue}]" in lines
    assert (
        "  not_booked: Not booked with the courier [next operator, due window.office_limit]"
        in lines
    )
    held = "  held: Held until production opens [next system, due production_opens_on → "
    assert any(line.startswith(f"{held}release, ") for line in lines)


def test_a_move_is_told_with_everything_that_judges_it() -> None:
    move = DEFINITION.transitions["start_production"]
    assert (
        "    → in_production: start_production “Start production” (by operator, system; "
        f"not by who did {', '.join(move.not_by)}; rules {', '.join(move.rules)}; "
        f"check {', '.join(move.check)}; do {', '.join(move.do)}; "
        "effects production.make; not on an own case)"
    ) in outline(DEFINITION, "en").splitlines()
    reject = next(line for line in outline(DEFINITION, "en").splitlines() if "“Reject”" in line)
    assert "reason required (identity_not_proved “The identity could not be validated”, " in reject
    assert reject.endswith("; consequence “The application is closed and the applicant is told; "
                           "this can not be undone.”)")  # fmt: skip


def test_a_move_that_leaves_a_final_state_says_that_it_reopens() -> None:
    said = {
        line.split("“")[0].split(": ")[1].strip()
        for line in outline(DEFINITION).splitlines()
        if "; reopens" in line
    }
    assert said == {"make_again", "contest_delivery"}


def _values(part: object) -> Iterator[str]:
    """Yield every text and number that stands as a value in the canonical form of a definition."""
    if isinstance(part, dict):
        for value in part.values():
            yield from _values(value)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value)
    elif part is not None and not isinstance(part, bool):
        yield str(part)


@pytest.mark.parametrize("name", SHIPPED_ALL)
def test_nothing_that_the_file_says_is_left_out(name: str) -> None:
    definition = SHIPPED_ALL[name]
    text = outline(definition) + outline(definition, "en")
    plain = {f"c.{fact}" for fact in definition.facts}
    left = {value for value in _values(json.loads(definition.canonical)) if value not in text}
    assert left <= plain
    for fact in definition.facts:
        assert f"  fact {fact}: " in text


FLAGS = {
    "subject_only": "[subject only]",
    "final": "[final]",
    "not_subject": "not on an own case",
    "reopens": "; reopens",
}


def _flags(schema: object) -> Iterator[str]:
    """Yield the keys of the grammar that hold true or false, promises apart."""
    if isinstance(schema, dict):
        for key, shape in schema.items():
            if isinstance(shape, dict) and shape.get("enum") == [True, False]:
                yield key
            elif key != "promises":
                yield from _flags(shape)


def test_every_flag_of_the_grammar_is_told() -> None:
    assert set(_flags(json_schema())) == set(FLAGS)
    for told in FLAGS.values():
        assert told in outline(DEFINITION)
