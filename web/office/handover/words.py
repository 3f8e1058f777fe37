"""What the desk of parcels says: of a scan, of an event, of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.parcels.events import KIND_TITLES, REASON_TITLES
from handlers.parcels.matching import EventOutcome
from web.gate.composition import composed
from web.gate.errors import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.parcels.finding import FoundParcel
    from handlers.parcels.matching import JudgedEvent
    from states.kit.errors import CodedError
    from workflow.model.definition import Text

OUTCOMES: Mapping[EventOutcome, str] = {
    EventOutcome.TAKEN: "İşlendi",
    EventOutcome.KNOWN: "Zaten kayıtlı",
    EventOutcome.REFUSED: "Alınmadı",
}
LIST_STATES = {"open": "Açık", "closed": "Kapandı", "cancelled": "Vazgeçildi"}

kind_titles, reason_titles = KIND_TITLES, REASON_TITLES


def refusal(error: CodedError) -> str:
    """Return the sentence of what was refused, whichever of the three cases refused it."""
    library = composed().library
    names = ("application", "handover", "parcel")
    code = str(error.params.get("rule", error.code))
    definition = next(
        (library.workflow(name) for name in names if code in library.workflow(name).rules),
        library.workflow("application"),
    )
    return told(error, definition)


def taken(parcel: FoundParcel, place: int) -> str:
    """Return what is said of a parcel that was scanned out."""
    return f"{parcel.tracking_number} alındı, {place}. sırada."


def refused(code: str, error: CodedError) -> str:
    """Return what is said of a code that was not taken."""
    return f"{code.strip()[:40]} alınmadı. {refusal(error)}"


def why(judged: JudgedEvent) -> str:
    """Return why an event was not taken; "" for one that was."""
    return refusal(judged.error) if judged.error is not None else ""


def title(text: Text) -> str:
    """Return the Turkish words of a title."""
    return text.tr
