"""What is handed in with a move: one frozen dataclass for each kind, a mapping at the engine.

The engine takes a mapping, because a move may also be asked for in JSON at the terminal. Inside,
whoever makes a move builds the dataclass, and whoever judges it reads it back with `of`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from workflow.model.context import Payload

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class MovePayload:
    """What one kind of move brings; its fields are the names in the mapping."""

    def payload(self) -> Payload:
        """Return it as the engine takes it; what is None is left out."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in said.items() if value is not None}


def given(payload: Payload, name: str, kind: type[Value]) -> Value | None:
    """Return a field of a payload; None where it is missing or of another type."""
    value = payload.get(name)
    return value if isinstance(value, kind) else None


def written(payload: Payload, name: str) -> str | None:
    """Return a field of a payload as text; None where it is missing."""
    value = payload.get(name)
    return None if value is None else str(value)


def checked(found: Value | None) -> Value:
    """Return what the check of a move has seen; TypeError where the move asks for no check."""
    if found is None:
        message = "an action reads a payload that no check of its move has looked at"
        raise TypeError(message)
    return found
