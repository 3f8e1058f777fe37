"""The paper way: what was shown, where its copy lies, who accepted it and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from handlers.kit import rows
from handlers.papers import scans
from states.kit.text import normal
from states.papers.document import Document
from states.people.tckn import mask_all
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

FORM = "application_form"
IDENTITY = ("identity_card", "passport", "driving_licence")
"""Kinds of documents that prove who somebody is."""

KINDS = (FORM, *IDENTITY, "employment_letter", "other")
FIELDS = ("kind", "number", "copy_at")
"""What is noted of each document: its kind, its own number, and where the copy is kept."""

FACE_TO_FACE = "face_to_face"
"""How the identity of a person is validated who stands before the officer with a document."""

LONGEST = 200
MOST = 20


@check
def listed(context: Context) -> Verdict:
    """Allow registering paper whose documents are named and whose form is the frozen one.

    ``documents`` is a list of mappings with the fields above; ``verification_code`` is the one
    printed on the signed paper (EN 319 411-1, 6.4.5: kinds, numbers and places are logged). Who
    shows themselves at the desk shows their identity document and signs the form there: both are
    named.
    """
    if context.rehearsal:
        return ALLOW
    documents = context.payload.get("documents")
    verdict = _documents(documents)
    if verdict.allows and context.case.get("method") == "in_person":
        verdict = _proves(cast("list[dict[str, object]]", documents))
    return _same_form(context) if verdict.allows else verdict


def _proves(documents: Sequence[Mapping[str, object]]) -> Verdict:
    """Refuse documents among which the form or the proof of identity is missing."""
    kinds = {document["kind"] for document in documents}
    if FORM not in kinds:
        return deny("paper.form_missing")
    return ALLOW if kinds.intersection(IDENTITY) else deny("paper.identity_missing")


def _documents(documents: object) -> Verdict:
    if not isinstance(documents, list | tuple) or not documents:
        return deny("paper.list_missing")
    if len(documents) > MOST:
        return deny("paper.list_too_long", most=MOST)
    for row, document in enumerate(documents, start=1):
        fault = _fault(document)
        if fault:
            return deny("paper.list_incomplete", row=row, field=fault)
    return ALLOW


def _fault(document: object) -> str | None:
    if not isinstance(document, dict) or document.get("kind") not in KINDS:
        return "kind"
    texts = {field: document.get(field) for field in FIELDS}
    bad = (
        field
        for field, text in texts.items()
        if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST
    )
    return next(bad, None)


def _same_form(context: Context) -> Verdict:
    frozen = rows.find(context.connection, Document, context.case["form_sha256"])
    printed = str(context.payload.get("verification_code", "")).strip()
    same = frozen is not None and printed == frozen.verification_code
    return ALLOW if same else deny("paper.other_version")


@action
def register(context: Context) -> None:
    """Keep the list of documents, for which version of the form, and who took them in."""
    # The check before this one has looked at each of them.
    documents = cast("list[dict[str, object]]", context.payload["documents"])
    kept = [
        {field: mask_all(normal(str(document[field]))) for field in FIELDS}
        for document in documents
    ]
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

    ``view`` is the hash of what the officer was shown (`handlers.papers.scans.seen`): where it is
    given, a scan that came in since is to be looked at first.
    """
    view = context.payload.get("view")
    if view is not None and view != _view_now(context):
        return deny("paper.view_changed")
    paper = context.case.get("paper")
    if not isinstance(paper, dict):
        return deny("paper.list_missing")
    if paper["form_sha256"] != context.case["form_sha256"]:
        return deny("paper.other_version")
    how = context.payload.get("how")
    if context.case.get("method") == "in_person" and how not in {None, FACE_TO_FACE}:
        return deny("paper.not_face_to_face")
    return _proves(paper["documents"])


def _view_now(context: Context) -> str:
    version = rows.number(context.case, "version")
    return scans.seen(context.connection, context.case_id, version)


@action
def accept(context: Context) -> None:
    """Keep who accepted the paper, when, and how it was validated."""
    paper = context.case["paper"]
    how = context.payload.get("how") or _usual(context)
    context.update(
        paper={
            **(paper if isinstance(paper, dict) else {}),
            "accepted_by": context.actor.name,
            "accepted_at": context.now.isoformat(),
            "validated_how": mask_all(normal(str(how)))[:LONGEST],
        }
    )
    context.document(rows.text(context.case, "form_sha256"))
    for scan in scans.of_case(context.connection, context.case_id):
        context.document(scan.sha256)


def _usual(context: Context) -> str:
    """Return how an identity is validated where the officer says nothing of it."""
    return FACE_TO_FACE if context.case.get("method") == "in_person" else "compared_by_eye"
