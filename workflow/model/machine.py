"""The state machine of a definition: which transition there is from where, for cases and sets.

This is the only module that knows the ``transitions`` package. One ``Machine`` without models
serves every case and thread: it holds no case, so nothing moves past the guards of a move
(``workflow/engine/guards.py``). The statement that moves a set, the guard of one case and every
screen that lists moves read the transitions from it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from transitions import EventData, Machine

if TYPE_CHECKING:
    from workflow.model.definition import Definition

NEW = "new"
"""The state of a case that does not exist yet: transitions from it create the case."""


class Movable(Protocol):
    """What a machine moves: a case as it was read, never a row."""

    state: str

    def act(self) -> None:
        """Do what the transition does, before the state changes."""
        ...  # pragma: no cover - a protocol has no body


@lru_cache(maxsize=256)
def machine_of(definition: Definition) -> Machine:
    """Return the one shared machine of a definition."""
    machine = Machine(
        model=None,
        states=[NEW, *definition.states],
        initial=NEW,
        auto_transitions=False,
        queued=False,
        send_event=True,
        name=definition.name,
    )
    for move in definition.transitions.values():
        machine.add_transition(move.name, list(move.source), move.target, before=[_act])
    return machine


def triggers_from(definition: Definition, state: str) -> tuple[str, ...]:
    """Return the names of the transitions that start in a state, in the order of the file."""
    return tuple(machine_of(definition).get_triggers(state))


@lru_cache(maxsize=4096)
def sources_of(definition: Definition, trigger: str) -> tuple[str, ...]:
    """Return the states in which a transition starts, in the order of the file; none if unknown."""
    event = machine_of(definition).events.get(trigger)
    return () if event is None else tuple(event.transitions)


def drive(definition: Definition, trigger: str, case: Movable) -> None:
    """Let a case act and move; ``transitions`` raises MachineError where none starts there."""
    machine_of(definition).events[trigger].trigger(case)


def _act(event: EventData) -> None:
    cast("Movable", event.model).act()
