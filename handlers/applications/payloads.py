"""What the moves of an application bring with them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, given, written
from states.kit.text import normal
from states.people.tckn import mask_all

if TYPE_CHECKING:
    from workflow.model.context import Payload

FORM = "application_form"
IDENTITY = ("identity_card", "passport", "driving_licence")
"""Kinds of documents that prove who somebody is."""

CHECK_LIST = ("form_current", "signed", "same_person", "document_valid")
"""What the officer who approves paper compares and ticks, item by item."""

KINDS = (FORM, *IDENTITY, "employment_letter", "other")
LONGEST = 200
"""Characters that a field of a document may have."""


@dataclass(frozen=True, slots=True)
class MethodChoice(MovePayload):
    """By which way an application is approved, and where its card goes.

    ``method`` is a key of `handlers.applications.form` METHOD_TITLES. ``address`` is where the
    person wants the card, in one line; None where nothing is said of it. ``shown`` says that the
    form stood before whoever chose.
    """

    method: str | None
    address: str | None = None
    shown: bool = False

    @classmethod
    def of(cls, payload: Payload) -> MethodChoice:
        """Return what a move brings."""
        address = given(payload, "address", str)
        return cls(written(payload, "method"), address, payload.get("shown") is True)


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """A document that was shown on paper (EN 319 411-1, 6.4.5).

    ``kind`` is one of KINDS, ``number`` the document's own, ``copy_at`` where its copy is kept;
    "" where missing.
    """

    kind: str
    number: str
    copy_at: str

    @classmethod
    def of(cls, said: object) -> PaperDocument:
        """Return a document of a list that was handed in, or of one that is kept."""
        row = said if isinstance(said, dict) else {}
        return cls(*(given(row, name, str) or "" for name in ("kind", "number", "copy_at")))

    def fault(self) -> str | None:
        """Return the first field that is missing, too long or of no known kind; None if none is."""
        if self.kind not in KINDS:
            return "kind"
        texts = {"number": self.number, "copy_at": self.copy_at}
        return next((name for name, text in texts.items() if not _sound(text)), None)

    def kept(self) -> dict[str, str]:
        """Return it as the column of the case keeps it: in normal form, identity numbers masked."""
        return {name: mask_all(normal(text)) for name, text in asdict(self).items()}


def _sound(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST


@dataclass(frozen=True, slots=True)
class PaperList(MovePayload):
    """The documents of a paper application.

    ``verification_code`` is the one printed on the signed form, five groups of four with hyphens.
    """

    verification_code: str
    documents: tuple[PaperDocument, ...]

    @classmethod
    def of(cls, payload: Payload) -> PaperList:
        """Return what a move brings; no documents where it brings no list of them."""
        said = payload.get("documents")
        documents = said if isinstance(said, list | tuple) else ()
        code = written(payload, "verification_code") or ""
        return cls(code.strip(), tuple(PaperDocument.of(one) for one in documents))

    def payload(self) -> Payload:
        """Return it as the engine takes it, and as JSON may bring it: a list of mappings."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PaperApproval(MovePayload):
    """How an officer validated the identity on the papers of an application.

    ``how`` is FACE_TO_FACE (`handlers.applications.paper`) or another way; ``view`` is the hash of
    what the officer was shown (`handlers.papers.scans.seen`, hex). None where nothing is said.
    ``checked`` are the items of CHECK_LIST that they ticked.
    """

    how: str | None
    view: str | None
    checked: tuple[str, ...] = ()

    @classmethod
    def of(cls, payload: Payload) -> PaperApproval:
        """Return what a move brings."""
        said = payload.get("checked")
        ticked = said if isinstance(said, list | tuple) else ()
        checked = tuple(item for item in CHECK_LIST if item in ticked)
        return cls(written(payload, "how"), written(payload, "view"), checked)

    @property
    def unchecked(self) -> int:
        """How many items of the list were not ticked."""
        return len(CHECK_LIST) - len(self.checked)


@dataclass(frozen=True, slots=True)
class NewAddress(MovePayload):
    """Where the holder of a parcel wants it brought."""

    address: str | None

    @classmethod
    def of(cls, payload: Payload) -> NewAddress:
        """Return what a move brings."""
        return cls(given(payload, "address", str))
