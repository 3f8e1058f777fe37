"""Owns the proof of the outline: every state and every move is in it, with what judges it."""

from __future__ import annotations

from tests.workflow.dummies import SHIPPED, registry_of, shipped_text
from workflow.loader import load
from workflow.outline import outline

DEFINITION = load(SHIPPED, registry_of(shipped_text()))["application"]


def test_the_outline_names_the_definition_and_its_hash_first() -> None:
    first, second, third = outline(DEFINITION).splitlines()[:3]

    assert first == "application: NES başvurusu"
    assert second == f"  {DEFINITION.sha256}"
    assert third.startswith("  * → draft: file “Başvuru aç” (by applicant, coordinator, officer; ")


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
    assert (
        "“Reject” (by officer; effects notice.rejected; not on an own case; reason required "
        "(identity_not_proved, not_entitled, forged_document, duplicate, other))"
        in (outline(DEFINITION, "en"))
    )
