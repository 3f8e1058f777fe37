"""The eye on actions: what each writes and fires, held against what its decorator declares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import text

from workflow.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflow.engine.transaction import Work
    from workflow.model.actor import Actor
    from workflow.model.context import Context, Mover, Payload, Row
    from workflow.model.refusal import Refused
    from workflow.model.registry import Handler

Deed = tuple[str, str, str]
"""An action, `writes` or `fires`, and the fact or move."""


@dataclass
class _Watch:
    """The verbs of a context, noting which moves of other cases are made through them."""

    mover: Mover
    fired: set[str] = field(default_factory=set)

    def fire_within(
        self,
        context: Context[object],
        case_id: int,
        trigger: str,
        payload: Payload,
        reason: str | None,
    ) -> int:
        workflow = cast("Work", self.mover).definition_of(case_id).name
        self.fired.add(f"{workflow}.{trigger}")
        return self.mover.fire_within(context, case_id, trigger, payload, reason)

    def open_within(
        self, context: Context[object], workflow: str, trigger: str, values: Row, payload: Payload
    ) -> int:
        self.fired.add(f"{workflow}.{trigger}")
        return self.mover.open_within(context, workflow, trigger, values, payload)

    def update_within(self, context: Context[object], values: Row) -> None:
        self.mover.update_within(context, values)

    def wake_within(self, context: Context[object], case_id: int) -> None:
        self.mover.wake_within(context, case_id)

    def refusal_within(
        self, context: Context[object], trigger: str, actor: Actor
    ) -> Refused | None:
        return self.mover.refusal_within(context, trigger, actor)


def watched(registry: Registry, seen: set[Deed] | None = None) -> Registry:
    """Return the handlers, their actions refusing to do what they do not declare.

    ``seen`` collects what they did.
    """
    found: set[Deed] = set() if seen is None else seen
    return Registry(
        replace(registry[name], function=_watching(registry[name], found))
        if registry[name].sort == "do"
        else registry[name]
        for name in registry
    )


def _watching(handler: Handler, seen: set[Deed]) -> Callable[[Context[object]], object]:
    def call(context: Context[object]) -> object:
        before, watch = _facts(context), _Watch(context.mover)
        context.mover = watch
        try:
            done = handler.function(context)
        finally:
            context.mover = watch.mover
        after = _facts(context)
        deeds = {(handler.name, "fires", move) for move in watch.fired} | {
            (handler.name, "writes", fact) for fact in after if after[fact] != before[fact]
        }
        for name, verb, what in deeds:
            assert what in getattr(handler, verb), (
                f"{name} {verb} '{what}': say so at its decorator, @action({verb}=(…,))"
            )
        seen.update(deeds)
        return done

    return call


def _facts(context: Context[object]) -> dict[str, Any]:
    """Read the facts of the case at hand that are columns of it."""
    definition = context.definition
    own = [fact.sql for fact in definition.facts.values() if fact.plain]
    columns = ", ".join(own) or "1 AS nothing"
    statement = text(f"SELECT {columns} FROM {definition.table} c WHERE id = :id")
    return dict(context.connection.execute(statement, {"id": context.case_id}).one()._mapping)  # noqa: SLF001 - the public way to a row as a mapping
