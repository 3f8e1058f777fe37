"""The shared state machine of a definition: built once, driven with a snapshot of a case.

This is the only file that knows the ``transitions`` package. One ``Machine`` without models serves
every case and thread: it never holds a case, so that nothing can move past its guards. The guards
are callables that return True or raise a typed refusal; none ever returns a false value, so a move
is made whole or refused with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

from transitions import EventData, Machine

from workflow.model.definition import NEW
from workflow.model.refusal import RuleFailed, UnknownTrigger, WrongState
from workflow.model.verdict import Verdict
from workflow.rules.evaluation import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.context import Context
    from workflow.model.definition import Definition, Transition
    from workflow.model.registry import Registry


@dataclass(slots=True)
class Snapshot:
    """A case as it stood when it was locked; the machine moves this and never a row.

    ``facts`` are what rules read; ``rules`` and ``checks`` collect the answers for the journal.
    """

    state: str
    context: Context
    facts: Mapping[str, object]
    rules: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)


def build_machine(definition: Definition, registry: Registry) -> Machine:
    """Return the machine of a definition, its guards and actions bound to the handlers."""
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
        machine.add_transition(
            move.name,
            list(move.source),
            move.target,
            conditions=[partial(_judge, definition, registry, move)],
            before=[partial(_act, registry, move)],
        )
    return machine


def drive(machine: Machine, trigger: str, snapshot: Snapshot) -> None:
    """Judge the move and run its actions; the snapshot then stands in the target state."""
    _source_of(machine, trigger, snapshot.state)
    machine.events[trigger].trigger(snapshot)


def _source_of(machine: Machine, trigger: str, state: str) -> None:
    if trigger not in machine.events:
        raise UnknownTrigger(trigger=trigger, workflow=machine.name.rstrip(": "))
    if state not in machine.events[trigger].transitions:
        raise WrongState(trigger=trigger, state=state)


def _judge(definition: Definition, registry: Registry, move: Transition, event: EventData) -> bool:
    """Ask the rules, then the checks; return True or raise the first refusal."""
    snapshot = cast("Snapshot", event.model)
    for rule in move.rules:
        verdict = judge(definition, rule, snapshot.facts)
        snapshot.rules[rule] = verdict.answer.value
        _demand(move, verdict)
    for name in move.check:
        verdict = _answer(registry, name, snapshot)
        snapshot.checks[name] = verdict.answer.value
        _demand(move, verdict)
    return True


def _answer(registry: Registry, name: str, snapshot: Snapshot) -> Verdict:
    verdict = registry[name].function(snapshot.context)
    if not isinstance(verdict, Verdict):
        message = f"{name} answered {verdict!r}; a check answers with a Verdict"
        raise TypeError(message)
    return verdict


def _act(registry: Registry, move: Transition, event: EventData) -> None:
    snapshot = cast("Snapshot", event.model)
    if snapshot.context.rehearsal:
        return
    for name in move.do:
        registry[name].function(snapshot.context)


def _demand(move: Transition, verdict: Verdict) -> None:
    if not verdict.allows:
        raise RuleFailed(verdict, trigger=move.name)
