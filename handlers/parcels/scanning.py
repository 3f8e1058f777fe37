"""What a scan at the desk does: a parcel leaves the house on a list, or comes back.

Each scan is one transaction: list, application, parcel and card move together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.cards.payloads import Consignment, PutOnList
from handlers.parcels.events import REASON_TITLES, parse_tracking_number
from handlers.parcels.finding import END_TITLES, find_parcel
from states.kit.invalid import Invalid
from workflow.engine.attempts import record_refusal
from workflow.model.refusal import Refused
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.kit.context import CaseEngine
    from handlers.parcels.events import ReturnReason
    from handlers.parcels.finding import FoundParcel
    from workflow.model.actor import Actor

MOST_CODES = 1_000
"""Codes of a file of scans."""

LARGEST = 256 * 1024
"""Bytes of a file of scans."""


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What came of one code: the parcel that moved, or the error that says why it did not."""

    code: str
    parcel: FoundParcel | None
    error: Invalid | Refused | None = None


def scan_out(engine: CaseEngine, actor: Actor, handover_id: int, code: str) -> FoundParcel:
    """Put a parcel on a hand-over list, by which it leaves the house; return it as it was.

    Raises Invalid for a code that stands for nothing to hand over, and the refusal of the list or
    of the application; then nothing has changed.
    """
    parcel = _known(engine, code)
    if parcel.state == "handed_over":
        again = parcel.handover_id == handover_id
        raise Invalid("parcel.scanned_already" if again else "parcel.out_already")
    _refuse_ended(parcel)
    library = engine.library
    listing = Request("scan", actor, PutOnList(parcel.id).payload())
    sent = Consignment(parcel.tracking_number, handover_id)
    sending = Request("hand_to_courier", actor, sent.payload())
    wishes = (
        (library.workflow("handover"), handover_id, listing),
        (library.workflow("application"), parcel.application_id, sending),
    )
    wish = wishes[0]
    try:
        with engine.together() as work:
            for wish in wishes:
                work.move(*wish)
    except Refused as refusal:
        record_refusal(engine, *wish, refusal)
        raise
    return parcel


def scan_back(engine: CaseEngine, actor: Actor, code: str, reason: ReturnReason) -> FoundParcel:
    """Take a parcel back that the courier brought, for a reason; return it as it was.

    Raises Invalid for a code that stands for nothing that is away, or the application's refusal.
    """
    parcel = _known(engine, code)
    if parcel.state == "booked":
        raise Invalid("parcel.not_out")
    _refuse_ended(parcel)
    engine.fire(
        parcel.application_id,
        "courier_return",
        actor,
        reason=REASON_TITLES[reason],
        workflow="application",
    )
    return parcel


def scan_all(
    engine: CaseEngine, actor: Actor, handover_id: int, codes: Iterable[str]
) -> list[ScanAnswer]:
    """Scan a file of codes out, each by itself; what is refused keeps no other back."""
    answers = []
    for code in codes:
        try:
            answers.append(ScanAnswer(code, scan_out(engine, actor, handover_id, code)))
        except (Invalid, Refused) as error:
            answers.append(ScanAnswer(code, None, error))
    return answers


def codes_in(content: bytes) -> list[str]:
    """Return the codes of a file that a scanner kept: one a line, what stands before a comma.

    Raises Invalid for an empty file, for one that is no text, and for too many lines.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("scan_file.type") from error
    if "\0" in text or len(content) > LARGEST:
        raise Invalid("scan_file.type")
    cells = [line.replace("\t", ",").replace(";", ",").split(",")[0] for line in text.splitlines()]
    codes = [cell.strip().strip('"') for cell in cells]
    found = list(dict.fromkeys(code for code in codes if code))
    if not found:
        raise Invalid("scan_file.empty")
    if len(found) > MOST_CODES:
        raise Invalid("scan_file.rows", most=MOST_CODES)
    return found


def _known(engine: CaseEngine, code: str) -> FoundParcel:
    number = parse_tracking_number(code)
    with engine.database.connect() as connection:
        parcel = find_parcel(connection, number)
    if parcel is None:
        raise Invalid("parcel.unknown", number=number)
    return parcel


def _refuse_ended(parcel: FoundParcel) -> None:
    if parcel.state in END_TITLES:
        raise Invalid("parcel.ended", state=END_TITLES[parcel.state])
