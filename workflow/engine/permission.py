"""What is asked for, whatever the case: a move, the role in which the actor makes it, a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from states.people.tckn import mask_all
from workflow.model.definition import OTHER
from workflow.model.entry import storable
from workflow.model.refusal import ReasonMissing, ReasonUnknown, RoleNotAllowed, UnknownTrigger

if TYPE_CHECKING:
    from workflow.model.actor import Actor
    from workflow.model.definition import Definition, Role, Transition
    from workflow.model.request import Request

SYSTEM_ROLE = "system"
"""The role of the product itself: it is no person, so nothing keeps it apart from one."""


@dataclass(slots=True)
class MoveClaim:
    """A move that somebody asks for, of one case or of many.

    ``seen`` says that a version was seen of each case, ``timed`` that a timer asks which must
    still ring; where the selection of a set says so already, it is not asked again.
    """

    definition: Definition
    move: Transition
    request: Request
    seen: bool
    timed: bool
    _role: Role | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def role(self) -> Role:
        """The role in which the actor makes the move; raises RoleNotAllowed where there is none."""
        if self._role is None:  # found once: each guard after its own asks for it
            self._role = acting_role(self.definition, self.move, self.request.actor)
        return self._role

    @property
    def reason(self) -> str | None:
        """The reason as the journal keeps it; raises ReasonMissing where one is needed."""
        return clean_reason(self.move, self.request.reason)

    @property
    def personal(self) -> bool:
        """Say whether a person makes the move; the system is nobody's second pair of eyes."""
        return self.role.name != SYSTEM_ROLE

    @property
    def four_eyes(self) -> bool:
        """Say whether it matters which earlier moves of the case the actor has made."""
        return bool(self.move.not_by) and self.personal


def claim(definition: Definition, request: Request) -> MoveClaim:
    """Return what is asked for; UnknownTrigger when the workflow has no such transition."""
    move = transition(definition, request.trigger)
    seen, timed = request.seen_version is not None, request.timer is not None
    return MoveClaim(definition, move, request, seen, timed)


def transition(definition: Definition, trigger: str) -> Transition:
    """Return a transition of a workflow; UnknownTrigger with the ones there are."""
    if trigger not in definition.transitions:
        raise UnknownTrigger(
            trigger=trigger, workflow=definition.name, known=list(definition.transitions)
        )
    return definition.transitions[trigger]


def acting_role(definition: Definition, move: Transition, actor: Actor) -> Role:
    """Return the role in which the actor makes the move; RoleNotAllowed where there is none.

    A role that reaches every case comes before one that reaches only one's own.
    """
    roles = [definition.roles[name] for name in move.by if name in actor.roles]
    if not roles:
        raise RoleNotAllowed(trigger=move.name, roles=sorted(actor.roles), allowed=list(move.by))
    return min(roles, key=lambda role: role.subject_only)


def clean_reason(move: Transition, reason: str | None) -> str | None:
    """Return the reason as the journal keeps it; ReasonMissing when a required one is empty.

    An identity number in it is masked: what the journal holds is never taken out again.
    Where the move has codes it is ``code`` or ``code: own words``; ReasonUnknown when it begins
    with none of them and there is no ``other`` under which own words are filed.
    """
    text = mask_all(storable(reason or "").strip())
    if text and move.reasons:
        text = _coded(move, text)
    if move.reason == "required" and not text:
        raise ReasonMissing(trigger=move.name)
    return text if text and move.reason != "none" else None


def _coded(move: Transition, text: str) -> str:
    code, _, words = (part.strip() for part in text.partition(":"))
    if code not in move.reasons:
        if OTHER not in move.reasons:
            raise ReasonUnknown(trigger=move.name, reasons=list(move.reasons))
        code, words = OTHER, text
    if code == OTHER and not words:
        return ""
    return f"{code}: {words}" if words else code
