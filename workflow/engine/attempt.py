"""A move of one case under way: what the guards look at and what the machine moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from workflow.engine.cases import CaseRow
    from workflow.engine.permission import MoveClaim
    from workflow.model.context import Context
    from workflow.model.registry import Registry


@dataclass(slots=True)
class Attempt:
    """A case as it stood when it was read (``row``), and what is asked for it.

    ``facts`` are what rules read; ``earlier`` tells which moves of ``not_by`` the human who acts
    has made; ``rules`` and ``checks`` collect the answers for the journal.
    """

    claim: MoveClaim
    context: Context[object]
    row: CaseRow
    facts: Mapping[str, object]
    registry: Registry
    earlier: Callable[[], Collection[str]]
    rules: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    state: str = ""

    def __post_init__(self) -> None:
        """Stand where the case stands."""
        self.state = self.row.state

    @property
    def subject(self) -> object:
        """The person the case is about."""
        return self.row.columns[self.claim.definition.subject]

    def answer(self, check: str) -> Verdict:
        """Return what a check answers; TypeError when that is no verdict."""
        verdict = self.registry[check].function(self.context)
        if not isinstance(verdict, Verdict):
            message = f"{check} answered {verdict!r}; a check answers with a Verdict"
            raise TypeError(message)
        return verdict

    def act(self) -> None:
        """Run the actions of the move."""
        for name in self.claim.move.do:
            self.registry[name].function(self.context)
