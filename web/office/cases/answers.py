"""What a late or refused form is told: what happened since, or the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.kit.cases import case_of
from web.kit.people import names_of
from web.office.cases import past

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord
    from workflow.model.refusal import WorkflowError


def refused(case: CaseRecord, title: str, error: WorkflowError) -> ResponseReturnValue:
    """Answer what cannot be done now with the reason."""
    reason = told(error, case.definition)
    answer = render_template("office/refused.html", case=case, title=title, reason=reason)
    return answer, status_of(error)


def late(
    case: CaseRecord, title: str, seen: int, difference: Sequence[tuple[str, str, str]] = ()
) -> ResponseReturnValue:
    """Show what happened since a page was made, instead of overwriting it.

    ``difference`` are values that the form would have replaced: what, as typed, as it is now.
    """
    now = case_of(case.reference)
    since = past.since(now, seen)
    answer = render_template(
        "office/late.html",
        case=now,
        title=title,
        since=since,
        names=names_of(composed().database, [entry.actor for entry in since]),
        difference=difference,
    )
    return answer, 409
