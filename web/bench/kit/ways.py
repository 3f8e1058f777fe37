"""The ways that the cases of a filled office have gone: which moves, and in what shares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workflow.model.entry import EntryContent, canonical
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.model.definition import Definition

WHOLE = 1_000
"""What the shares of all ways add up to."""

SPREAD = 7_919
"""A prime that spreads the ways over the numbers, so that neighbours have gone different ones."""

PERSON = "987654321987"
MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
"""What stands in a body for the person (and with it the case) and for the moment."""

_APPROVED = ("file", "choose_method", "use_e_onay", "approve_e_onay")
_PRODUCED = (*_APPROVED, "queue", "start_production", "finish_production")
_SENT = (*_PRODUCED, "note_booking", "hand_to_courier")
_ON_PAPER = ("file", "choose_method", "use_in_person")


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the process and how many of a thousand cases have gone it."""

    share: int
    kind: str
    method: str
    triggers: tuple[str, ...]


WAYS = (
    Way(200, "renewal", "e_onay", (*_SENT, "deliver")),
    Way(500, "renewal", "e_onay", ("file", "choose_method", "use_e_onay", "cancel")),
    Way(200, "renewal", "e_imza", ("file", "choose_method", "use_e_imza", "expire")),
    Way(50, "renewal", "e_onay", (*_APPROVED, "hold")),
    Way(20, "renewal", "e_onay", (*_APPROVED, "queue")),
    Way(15, "first", "in_person", (*_ON_PAPER, "register_paper")),
    Way(5, "first", "in_person", (*_ON_PAPER, "register_paper", "return_to_applicant")),
    Way(5, "renewal", "e_onay", _SENT),
    Way(5, "first", "in_person", _ON_PAPER),
)
"""Five entries a case on the average; one case in ten is open, as after some years of work."""

ACTORS = {
    "applicant": f"person:{PERSON}",
    "officer": "user:1",
    "operator": "user:2",
    "system": "system:timer",
}


@dataclass(frozen=True, slots=True)
class WayStep:
    """The n-th entry of a way; ``body`` still holds the stand-ins for person and moment."""

    way: int
    n: int
    trigger: str
    actor: str
    state: str
    body: str


def steps(definition: Definition) -> Iterator[WayStep]:
    """Yield the steps of all ways; every one is a legal move of the definition."""
    for number, way in enumerate(WAYS):
        state = NEW
        for n, trigger in enumerate(way.triggers, start=1):
            step = _step(definition, number, n, trigger, state)
            yield step
            state = step.state


def _step(definition: Definition, way: int, n: int, trigger: str, state: str) -> WayStep:
    move = definition.transitions[trigger]
    if not definition.starts(trigger, state):
        message = f"{trigger} does not leave {state}"
        raise ValueError(message)
    role = next(name for name in ACTORS if name in move.by)
    entry = EntryContent(
        workflow=definition.name,
        definition=definition.sha256,
        trigger=trigger,
        target=move.target,
        actor=ACTORS[role],
        role=role,
        auth="internal" if role == "system" else "demo",
        at=MOMENT,
        reason="Formdaki imza eksik." if move.reason == "required" else None,
        rules=dict.fromkeys(move.rules, "allow"),
        checks=dict.fromkeys(move.check, "allow"),
    )
    body = entry.body(int(PERSON), state, n)
    if canonical(json.loads(body)) != body:
        raise ValueError("the body of a step is not canonical")
    return WayStep(way, n, trigger, ACTORS[role], move.target, body)
