"""Taking in the paper of an application in one step: its scans and the list of what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.applications.payloads import FORM, IDENTITY, PaperDocument, PaperList
from handlers.papers import scans
from workflow.engine.attempts import record_refusal
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.kit.context import CaseEngine
    from handlers.papers.scans import DrawnScan
    from workflow.model.actor import Actor
    from workflow.model.request import Request

REGISTER = "register_paper"
"""The move by which paper is taken in."""

REGISTERS = ("wet_signature", "in_person")
"""The states in which an application waits to be registered."""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file and the kinds of documents (`payloads` KINDS) that its pages show."""

    sha256: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperNumbers:
    """What is read off the paper: the form's verification code, numbers of the other documents.

    A document without a number of its own goes by the name of its file.
    """

    form: str
    identity: str
    other: str

    def of(self, kind: str, place: str) -> str:
        """Return the number of a document of a kind that lies at a place."""
        if kind == FORM:
            return self.form
        return (self.identity if kind in IDENTITY else self.other) or place


def scan_kind(kinds: Iterable[str]) -> str:
    """Return what a scan is called that shows these documents (`scans.KINDS`)."""
    shown = set(kinds)
    if FORM in shown:
        return FORM
    return "identity" if shown.intersection(IDENTITY) else "other"


def paper_list(files: Sequence[ScannedFile], numbers: PaperNumbers) -> PaperList:
    """Return the list of documents that the files show; each copy lies in its scan."""
    documents = tuple(
        PaperDocument(kind, numbers.of(kind, place), place)
        for file in files
        for place in (f"Tarama {file.sha256[:16]}",)
        for kind in file.kinds
    )
    return PaperList(numbers.form, documents)


def register(
    engine: CaseEngine, actor: Actor, case_id: int, scanned: Sequence[DrawnScan], request: Request
) -> None:
    """Keep the scans of an application and register its paper, both or neither.

    Invalid for a scan that cannot be kept; Refused, which is recorded, for a move that cannot be
    made.
    """
    definition = engine.library.workflow("application")
    try:
        with engine.together() as work:
            for one in scanned:
                scans.store(work.connection, actor, case_id, one, work.now)
            work.move(definition, case_id, request)
    except Refused as refusal:
        record_refusal(engine, definition, case_id, request, refusal)
        raise
