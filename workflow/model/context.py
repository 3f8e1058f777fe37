"""What a handler is given: the case, who acts, the payload, the moment, and its few verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine

    from workflow.model.actor import Actor
    from workflow.model.definition import Definition, Transition
    from workflow.model.refusal import Refused

Row = Mapping[str, object]
Payload = Mapping[str, object]
Point = Callable[[str], None]
"""Is called with the name of each place where a crash must do no harm."""

Finding = TypeVar("Finding")
Services_co = TypeVar("Services_co", covariant=True)
"""What the process was composed with: a handler for fewer services may run where there are more."""


def pass_point(_name: str) -> None:
    """Pass a point: outside of tests nothing happens there."""


class Mover(Protocol):
    """The engine as a handler sees it: moves other cases within the same transaction."""

    def fire_within(
        self,
        context: Context[object],
        case_id: int,
        trigger: str,
        payload: Payload,
        reason: str | None,
    ) -> int:
        """Move another case; return its new version or raise the refusal."""
        ...  # pragma: no cover - a protocol has no body

    def open_within(
        self, context: Context[object], workflow: str, trigger: str, values: Row, payload: Payload
    ) -> int:
        """Create another case; return its id or raise the refusal."""
        ...  # pragma: no cover - a protocol has no body

    def update_within(self, context: Context[object], values: Row) -> None:
        """Write columns of the case at hand that are not the engine's own."""
        ...  # pragma: no cover - a protocol has no body

    def wake_within(self, context: Context[object], case_id: int) -> None:
        """Make the timer of another case due now."""
        ...  # pragma: no cover - a protocol has no body

    def refusal_within(
        self, context: Context[object], trigger: str, actor: Actor
    ) -> Refused | None:
        """Judge another move of the case at hand without making it; return what refuses it."""
        ...  # pragma: no cover - a protocol has no body


@dataclass(slots=True)
class Context(Generic[Services_co]):
    """What a check or an action is given about one move of one case.

    ``case`` is the locked row (all columns, engine's included; for a new case the values it is
    opened with plus its id). ``payload`` is what the actor handed in. ``rehearsal`` is true when
    somebody only asks whether the move would go: there is no payload then, and a check that can
    not judge without it allows. ``services`` is what the process was composed with.
    """

    mover: Mover
    connection: Connection
    definition: Definition
    transition: Transition
    case: Row
    actor: Actor
    payload: Payload
    now: datetime
    reason: str | None
    services: Services_co
    rehearsal: bool = False
    documents: list[str] = field(default_factory=list)
    details: dict[str, object] = field(default_factory=dict)
    _findings: dict[type, object] = field(default_factory=dict)

    @property
    def case_id(self) -> int:
        """The case at hand."""
        case_id = self.case["id"]
        if not isinstance(case_id, int):  # pragma: no cover - the column is a bigint
            raise TypeError(case_id)
        return case_id

    @property
    def today(self) -> date:
        """The calendar day in Istanbul."""
        return day_in_istanbul(self.now)

    @property
    def window(self) -> Row:
        """The dated policy row in force today."""
        return self.definition.window_on(self.today)

    def update(self, **values: object) -> None:
        """Write columns of this case (never the engine's own), at once and in this transaction."""
        self.mover.update_within(self, values)
        self.case = {**self.case, **values}

    def document(self, sha256: str) -> None:
        """Name a document (hex SHA-256) that this move rests on; it goes into the journal."""
        self.documents.append(sha256)

    def note(self, **details: object) -> None:
        """Put plain details (text, int, bool, None) into the journal entry; no name.

        The engine masks identity numbers in them: what the journal holds is never taken out.
        """
        self.details.update(details)

    def remember(self, finding: object) -> None:
        """Hand what a check found, by its type, to the checks and actions of this very move."""
        self._findings[type(finding)] = finding

    def recall(self, kind: type[Finding]) -> Finding | None:
        """Return what an earlier handler of this very move found, None when it found nothing."""
        found = self._findings.get(kind)
        return found if isinstance(found, kind) else None

    def fire(
        self,
        case_id: int,
        trigger: str,
        payload: Payload | None = None,
        reason: str | None = None,
        *,
        by: Actor | None = None,
    ) -> int:
        """Move another case in this transaction; if it is refused, this move is refused too.

        ``by`` is who moves it when that is not the actor at hand (the system, for a consequence).
        """
        return self.mover.fire_within(self._as(by), case_id, trigger, payload or {}, reason)

    def open(
        self,
        workflow: str,
        trigger: str,
        values: Row,
        payload: Payload | None = None,
        *,
        by: Actor | None = None,
    ) -> int:
        """Create another case in this transaction and return its id."""
        return self.mover.open_within(self._as(by), workflow, trigger, values, payload or {})

    def wake(self, case_id: int) -> None:
        """Let the next sweep try another case's timer again: what it waits for has come."""
        self.mover.wake_within(self, case_id)

    def refusal_of(self, trigger: str, actor: Actor) -> Refused | None:
        """Return what would refuse somebody another move of this case now; None when nothing."""
        return self.mover.refusal_within(self, trigger, actor)

    def give_reason(self, reason: str) -> None:
        """Write why this move is made, where nobody is there who would type it."""
        self.reason = reason

    def _as(self, actor: Actor | None) -> Context[Services_co]:
        if actor is None:
            return self
        return Context(
            self.mover, self.connection, self.definition, self.transition, self.case, actor,
            self.payload, self.now, self.reason, self.services,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EffectContext(Generic[Services_co]):
    """What an effect is given: it runs after the commit, outside any lock, at least once.

    ``key`` (``case/n/name``) is the same in every repetition: hand it to the outside as the
    idempotency key. ``database`` gives short transactions of its own; ``case`` is the row as read
    just before the call; ``details`` are those of the journal entry that queued the effect, as
    ``trigger`` is its move and ``by_a_person`` says that somebody made it for this case alone, not
    the system and no bulk move. ``point`` is the engine's.
    """

    database: Engine
    definition: Definition
    case: Row
    n: int
    name: str
    now: datetime
    reason: str | None
    details: Row
    services: Services_co
    trigger: str = ""
    by_a_person: bool = False
    point: Point = pass_point

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"{self.case['id']}/{self.n}/{self.name}"

    @property
    def today(self) -> date:
        """The calendar day in Istanbul."""
        return day_in_istanbul(self.now)


@dataclass(frozen=True, slots=True)
class EffectOutcome:
    """What came of an effect: the transition to fire on the case, as the system."""

    trigger: str
    payload: Payload = field(default_factory=dict)
    reason: str | None = None
