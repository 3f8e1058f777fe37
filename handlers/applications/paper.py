"""The paper way: what was shown, where its copy lies, who accepted it and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.applications.payloads import (
    FORM,
    IDENTITY,
    LONGEST,
    PaperApproval,
    PaperDocument,
    PaperList,
)
from handlers.kit import rows
from handlers.papers import scans
from handlers.papers.scans import sightings
from states.kit.text import normal
from states.papers.document import Document
from states.people.tckn import mask_all
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

FACE_TO_FACE = "face_to_face"
"""How the identity of a person is validated who stands before the officer with a document."""

MOST = 20


@check
def listed(context: Context) -> Verdict:
    """Allow registering paper whose documents are named and whose form is the frozen one.

    The verification code is the one printed on the signed paper (EN 319 411-1, 6.4.5: kinds,
    numbers and places are logged). Who shows themselves at the desk shows their identity document
    and signs the form there: both are named.
    """
    if context.rehearsal:
        return ALLOW
    handed = PaperList.of(context.payload)
    verdict = _whole(handed.documents)
    if verdict.allows and context.case.get("method") == "in_person":
        verdict = _proves(handed.documents)
    return _same_form(context, handed.verification_code) if verdict.allows else verdict


def _proves(documents: Sequence[PaperDocument]) -> Verdict:
    """Refuse documents among which the form or the proof of identity is missing."""
    kinds = {document.kind for document in documents}
    if FORM not in kinds:
        return deny("paper.form_missing")
    return ALLOW if kinds.intersection(IDENTITY) else deny("paper.identity_missing")


def _whole(documents: Sequence[PaperDocument]) -> Verdict:
    """Refuse a list that is empty or too long, or of which a row lacks something."""
    if not documents:
        return deny("paper.list_missing")
    if len(documents) > MOST:
        return deny("paper.list_too_long", most=MOST)
    for row, document in enumerate(documents, start=1):
        fault = document.fault()
        if fault:
            return deny("paper.list_incomplete", row=row, field=fault)
    return ALLOW


def _same_form(context: Context, printed: str) -> Verdict:
    frozen = rows.find(context.connection, Document, context.case["form_sha256"])
    same = frozen is not None and printed == frozen.verification_code
    return ALLOW if same else deny("paper.other_version")


@action
def register(context: Context) -> None:
    """Keep the list of documents, for which version of the form, and who took them in."""
    kept = [document.kept() for document in PaperList.of(context.payload).documents]
    context.update(
        paper={
            "documents": kept,
            "form_sha256": context.case["form_sha256"],
            "registered_by": context.actor.name,
            "registered_at": context.now.isoformat(),
        }
    )
    context.document(rows.text(context.case, "form_sha256"))
    context.note(documents=len(kept))


@check
def complete(context: Context) -> Verdict:
    """Allow the approval of paper that holds the form in force and a proof of identity.

    Where it is said what the officer was shown, a scan that came in since is to be looked at first.
    """
    said = PaperApproval.of(context.payload)
    if said.view is not None and said.view != _view_now(context):
        return deny("paper.view_changed")
    paper = context.case.get("paper")
    if not isinstance(paper, dict):
        return deny("paper.list_missing")
    if paper["form_sha256"] != context.case["form_sha256"]:
        return deny("paper.other_version")
    if context.case.get("method") == "in_person" and said.how not in {None, FACE_TO_FACE}:
        return deny("paper.not_face_to_face")
    return _proves([PaperDocument.of(one) for one in paper["documents"]])


@check
def seen(context: Context) -> Verdict:
    """Allow the approval of paper that was scanned, looked at page by page, and compared.

    Whoever approves has had every page before their eyes, by the record of reads, and has ticked
    what they compared. What is asked before they open the page is only that the form is scanned.
    """
    found = scans.of_case(context.connection, context.case_id)
    if not any(scan.kind == FORM for scan in found):
        return deny("paper.scan_missing")
    if context.rehearsal:
        return ALLOW
    reader = sightings.ScanReader(context.actor.name, rows.number(context.case, "person_id"))
    unseen = sightings.unseen_pages(context.connection, reader, found)
    if unseen:
        return deny("paper.page_unseen", pages=unseen)
    unchecked = PaperApproval.of(context.payload).unchecked
    return deny("paper.unchecked", items=unchecked) if unchecked else ALLOW


def _view_now(context: Context) -> str:
    version = rows.number(context.case, "version")
    return scans.seen(context.connection, context.case_id, version)


@action
def accept(context: Context) -> None:
    """Keep who accepted the paper, when, and how it was validated."""
    paper = context.case["paper"]
    said = PaperApproval.of(context.payload)
    how = said.how or _usual(context)
    checked = {"checked": list(said.checked)} if said.checked else {}
    context.update(
        paper={
            **(paper if isinstance(paper, dict) else {}),
            **checked,
            "accepted_by": context.actor.name,
            "accepted_at": context.now.isoformat(),
            "validated_how": mask_all(normal(how))[:LONGEST],
        }
    )
    context.document(rows.text(context.case, "form_sha256"))
    for scan in scans.of_case(context.connection, context.case_id):
        context.document(scan.sha256)


def _usual(context: Context) -> str:
    """Return how an identity is validated where the officer says nothing of it."""
    return FACE_TO_FACE if context.case.get("method") == "in_person" else "compared_by_eye"
