"""The errors of the room: each refusal has a code, parameters and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.kit.errors import CodedError

if TYPE_CHECKING:
    from workflow.model.verdict import Verdict


class WorkflowError(CodedError):
    """The root of all errors that the engine raises on purpose.

    The sentences stand in `workflow.present.sentences`, those of checks in the handlers.
    """

    code = "workflow_error"


class UnknownCase(WorkflowError):
    """There is no case of that id or reference."""

    code = "unknown_case"


class UnknownWorkflow(WorkflowError):
    """No workflow of that name is loaded."""

    code = "unknown_workflow"


class DefinitionMissing(WorkflowError):
    """The case is pinned to a definition that this process cannot run."""

    code = "definition_missing"


class Refused(WorkflowError):
    """A move that somebody wanted and did not get; recorded as a refused attempt."""

    code = "refused"


class UnknownTrigger(Refused):
    """The workflow of the case has no transition of that name."""

    code = "unknown_trigger"


class WrongState(Refused):
    """The transition does not start from the state in which the case stands."""

    code = "wrong_state"


class StaleVersion(Refused):
    """The case has moved since the actor looked at it."""

    code = "stale_version"


class RoleNotAllowed(Refused):
    """None of the actor's roles may make this move."""

    code = "role_not_allowed"


class NotTheSubject(Refused):
    """Only the person the case is about may make this move."""

    code = "not_the_subject"


class OwnCase(Refused):
    """Nobody decides on their own case (EN 319 411-1, separation of duties)."""

    code = "own_case"


class PersonUnknown(Refused):
    """The move keeps people apart, and the account does not say which person it belongs to."""

    code = "person_unknown"


class SamePerson(Refused):
    """Four eyes: the same person has made one of the earlier moves named by ``not_by``."""

    code = "same_person"


class ReasonMissing(Refused):
    """The move needs a written reason."""

    code = "reason_missing"


class ReasonUnknown(ReasonMissing):
    """The reason does not begin with one of the codes that the move knows."""

    code = "reason_unknown"


class Conflict(Refused):
    """The row would break a promise of its table, for example a second open application."""

    code = "conflict"


class ValueMissing(Conflict):
    """The row would lack a value that its table wants, for example whose application it is."""

    code = "value_missing"


class RuleFailed(Refused):
    """A rule or a check denied the move or could not answer."""

    code = "rule_failed"

    def __init__(self, verdict: Verdict, **params: object) -> None:
        """Keep the verdict beside the parameters."""
        super().__init__(rule=verdict.code, answer=str(verdict.answer), **verdict.params, **params)
        self.verdict = verdict


class Busy(Refused):
    """Another transaction holds the case; nothing was changed, try again."""

    code = "busy"
