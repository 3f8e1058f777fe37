"""Who may make a move: role, own cases only, never one's own case, four eyes, a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.people.tckn import mask_all
from workflow.model.definition import OTHER
from workflow.model.entry import storable
from workflow.model.refusal import (
    NotTheSubject,
    OwnCase,
    PersonUnknown,
    ReasonMissing,
    ReasonUnknown,
    RoleNotAllowed,
    SamePerson,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from workflow.model.actor import Actor
    from workflow.model.context import Row
    from workflow.model.definition import Definition, Role, Transition


def acting_role(definition: Definition, move: Transition, actor: Actor) -> Role:
    """Return the role in which the actor makes the move; RoleNotAllowed when he has none.

    A role that reaches every case comes before one that reaches only one's own. PersonUnknown when
    the move looks at who its actor is as a person and nobody knows that.
    """
    roles = [definition.roles[name] for name in move.by if name in actor.roles]
    if not roles:
        raise RoleNotAllowed(trigger=move.name, roles=sorted(actor.roles), allowed=list(move.by))
    role = min(roles, key=lambda role: role.subject_only)
    apart = move.not_subject or needs_four_eyes(move, role)
    if apart and role.name != "system" and actor.person_id is None:
        raise PersonUnknown(trigger=move.name)
    return role


def needs_four_eyes(move: Transition, role: Role) -> bool:
    """Say whether earlier actors matter; the system is nobody's second pair of eyes, nor first."""
    return bool(move.not_by) and role.name != "system"


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


def permit(
    definition: Definition,
    move: Transition,
    actor: Actor,
    case: Row,
    earlier: Collection[str],
) -> Role:
    """Return the acting role, or raise why this person may not make this move of this case.

    ``earlier`` are the triggers of ``move.not_by`` that this very human has fired on the case.
    """
    role = acting_role(definition, move, actor)
    subject = case[definition.subject]
    if role.subject_only and (actor.person_id is None or subject != actor.person_id):
        raise NotTheSubject(trigger=move.name)
    if move.not_subject and role.name != "system" and subject == actor.person_id:
        raise OwnCase(trigger=move.name)
    if needs_four_eyes(move, role) and earlier:
        raise SamePerson(trigger=move.name, earlier=sorted(earlier))
    return role
