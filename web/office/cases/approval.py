"""The approval of paper: the form beside its scans, and what is said of a page not looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.reads import record_read
from handlers.papers import letters
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.session import current
from web.kit.paper_move_forms import ApprovePaper
from web.kit.reading_purposes import PURPOSES
from web.office.cases import papers, scans
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from web.kit.move_form import MoveForm
    from web.kit.reading import CaseRecord
    from web.office.cases.scans import Shown
    from workflow.model.refusal import WorkflowError

APPROVE = "approve_paper"
"""The move by which paper is approved."""

AT_FORM = frozenset({"paper.page_unseen", "paper.unchecked"})
"""Refusals that the officer mends on the page itself."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside each other on the page: the form's words and the scans."""

    form_text: str
    scans: list[Shown]


def beside(case: CaseRecord) -> Beside:
    """Return the form of a case in words, which is a read that is kept, and its scans."""
    form = papers.document(case, str(case.row["form_sha256"]))
    if form is not None:
        what = f"document:{form.sha256}"
        record_read(composed().engine, current().actor, what, PURPOSES["review"], case.subject)
    text = letters.words_of(form) if form is not None else ""
    return Beside(text, scans.shown(case))


def says_at_form(case: CaseRecord, form: MoveForm, error: WorkflowError) -> bool:
    """Put a refusal at the check-list where the officer can mend it there; say whether it was."""
    mended = isinstance(error, RuleFailed) and error.verdict.code in AT_FORM
    if mended and isinstance(form, ApprovePaper):
        form.checked.errors = [told(error, case.definition)]
    return mended
