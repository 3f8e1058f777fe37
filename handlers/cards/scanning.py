"""What a scanned code does at the parcel desk: put a parcel on a list, take it back, close it.

A scan that counts moves the application, and with it parcel and card, in one transaction; one that
does not is answered, and leaves a refused attempt where a rule or check stood in the way. The same
scan twice is one fact. What a courier tells of parcels is `handlers.parcels.matching`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.cards.payloads import Consignment, PutOnList
from handlers.cards.sending import ENCLOSED_BY
from handlers.kit import rows
from states.cases.application import Application
from states.cases.chip_card import ChipCard
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from states.kit.text import normal
from workflow.engine.attempts import record_refusal
from workflow.model.refusal import Refused, RuleFailed, WrongState
from workflow.model.request import Request

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

LONGEST_CODE = 60
"""Characters of the longest code that is looked up."""


class ScanAnswer(StrEnum):
    """What a scan came to; all but TAKEN changed nothing."""

    TAKEN = "taken"
    AGAIN = "again"
    """The very same was scanned before: on this list, or the parcel has ended so already."""

    UNKNOWN_CODE = "unknown_code"
    LIST_CODE = "list_code"
    """The number of a hand-over list, whose parcels are scanned and not the paper."""

    ON_OTHER_LIST = "on_other_list"
    HANDED_OVER = "handed_over"
    """It has left the house on no list, as in a demo."""

    ENDED = "ended"
    """It was delivered, came back, is lost or will not be sent: the state says which."""

    NOT_SENT = "not_sent"
    """It has not left the house, so nothing of its way can be told."""

    OTHER_DAY = "other_day"
    LIST_CLOSED = "list_closed"
    CERTIFICATE_GONE = "certificate_gone"
    NOT_ENVELOPED = "not_enveloped"
    REFUSED = "refused"
    """Whatever else stood in the way: the refusal says what."""


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A scanned code, what came of it, and what is known of the parcel that it names.

    ``parcel_id`` and what follows is None where the code names no parcel. ``list_reference`` and
    ``list_day`` are of the hand-over list that the parcel is on, or that the code names.
    """

    code: str
    answer: ScanAnswer
    parcel_id: int | None = None
    application_id: int | None = None
    application_reference: str | None = None
    tracking_number: str | None = None
    parcel_state: str | None = None
    list_id: int | None = None
    list_reference: str | None = None
    list_day: date | None = None
    refusal: Refused | None = None

    @property
    def counts(self) -> bool:
        """Say whether what was scanned is so: by this scan or by the same one before."""
        return self.answer in {ScanAnswer.TAKEN, ScanAnswer.AGAIN}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a code names: the scan as far as it is known, and the rows behind it."""

    scan: ScannedCode
    chip_id: int | None = None
    chip_state: str | None = None


_CAPITALS = str.maketrans(f"{ascii_lowercase}ıİ", f"{ascii_uppercase}II")
"""What a reader that types on a Turkish keyboard, or in small letters, makes of a code."""


def _codes(code: str) -> list[str]:
    """Return the code as it came, and in the capitals of a printed one."""
    return list(dict.fromkeys((code, code.translate(_CAPITALS))))


def find(connection: Connection, code: str) -> ScannedCode:
    """Return what a code names: a parcel, by tracking number or reference, a list, or nothing.

    The answer is UNKNOWN_CODE, LIST_CODE or, of a parcel, NOT_SENT, HANDED_OVER, ON_OTHER_LIST or
    ENDED, by where it stands.
    """
    return _find(connection, code).scan


def _find(connection: Connection, code: str) -> _Found:
    wanted = normal(code)[:LONGEST_CODE]
    if not wanted.isprintable() or not wanted:
        return _Found(ScannedCode(wanted, ScanAnswer.UNKNOWN_CODE))
    codes = _codes(wanted)
    query = (
        select(
            Parcel.id, Parcel.state, Parcel.application_id, Parcel.tracking_number,
            Application.reference, Handover.id.label("list_id"),
            Handover.reference.label("list_reference"), Handover.begun_on,
            ChipCard.id.label("chip_id"), ChipCard.state.label("chip_state"),
        )
        .join(Application, Application.id == Parcel.application_id)
        .outerjoin(Handover, Handover.id == Parcel.handover_id)
        .outerjoin(ChipCard, ChipCard.id == Parcel.chip_card_id)
        .where(Parcel.tracking_number.in_(codes) | Parcel.id.in_(_numbers("P", codes)))
        .order_by(Parcel.tracking_number.in_(codes).desc())
        .limit(1)
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    if row is None:
        return _Found(_list_named(connection, wanted, codes))
    scan = ScannedCode(
        wanted,
        _standing(row.state, row.list_id),
        parcel_id=row.id,
        application_id=row.application_id,
        application_reference=row.reference,
        tracking_number=row.tracking_number,
        parcel_state=row.state,
        list_id=row.list_id,
        list_reference=row.list_reference,
        list_day=row.begun_on,
    )
    return _Found(scan, row.chip_id, row.chip_state)


def _standing(state: str, list_id: int | None) -> ScanAnswer:
    if state == "booked":
        return ScanAnswer.NOT_SENT
    if state != "handed_over":
        return ScanAnswer.ENDED
    return ScanAnswer.HANDED_OVER if list_id is None else ScanAnswer.ON_OTHER_LIST


def _list_named(connection: Connection, wanted: str, codes: list[str]) -> ScannedCode:
    query = select(Handover.id, Handover.reference, Handover.begun_on)
    found = connection.execute(query.where(Handover.id.in_(_numbers("L", codes)))).one_or_none()
    if found is None:
        return ScannedCode(wanted, ScanAnswer.UNKNOWN_CODE)
    return ScannedCode(
        wanted,
        ScanAnswer.LIST_CODE,
        list_id=found.id,
        list_reference=found.reference,
        list_day=found.begun_on,
    )


_DIGITS = range(9, 19)


def _numbers(letter: str, codes: list[str]) -> list[int]:
    """Return the cases that codes name as references of a letter."""
    return [
        int(code[1:])
        for code in codes
        if code[:1] == letter and code[1:].isascii() and code[1:].isdecimal()
        and len(code) - 1 in _DIGITS
    ]  # fmt: skip


def begin_list(engine: CaseEngine, actor: Actor) -> int:
    """Begin a hand-over list of today; return its id."""
    return engine.open("handover", "begin", actor, {})


def close_list(engine: CaseEngine, list_id: int, actor: Actor) -> None:
    """Close a list, of which the manifest is made then; raise the refusal of an empty one."""
    engine.fire(list_id, "close", actor, workflow="handover")


def abandon_list(engine: CaseEngine, list_id: int, actor: Actor) -> None:
    """Abandon an empty list; raise the refusal of one that parcels have left the house on."""
    engine.fire(list_id, "abandon", actor, workflow="handover")


def scan_out(engine: CaseEngine, list_id: int, code: str, actor: Actor) -> ScannedCode:
    """Hand the parcel of a code to the courier on an open list, and say what came of it."""
    with engine.database.connect() as connection:
        scan = find(connection, code)
        hand_over_list = rows.find(connection, Handover, list_id)
    if scan.answer is ScanAnswer.ON_OTHER_LIST and scan.list_id == list_id:
        return replace(scan, answer=ScanAnswer.AGAIN)
    if scan.answer is not ScanAnswer.NOT_SENT or scan.application_id is None:
        return scan
    if hand_over_list is None or hand_over_list.state != "open":
        return replace(scan, answer=ScanAnswer.LIST_CLOSED)
    told = Consignment(scan.tracking_number or "", list_id)
    asked = (
        _Asked("handover", list_id, Request("scan", actor, PutOnList(scan.parcel_id).payload())),
        _Asked(
            "application", scan.application_id, Request("hand_to_courier", actor, told.payload())
        ),
    )
    answered = _made_together(engine, scan, asked)
    # Two readers at one list have read the same envelope.
    same = answered.answer is ScanAnswer.ON_OTHER_LIST and answered.list_id == list_id
    return replace(answered, answer=ScanAnswer.AGAIN, refusal=None) if same else answered


def enclose(engine: CaseEngine, code: str, actor: Actor) -> ScannedCode:
    """State that the card of a parcel is in its envelope; AGAIN where it is, or none is known."""
    with engine.database.connect() as connection:
        found = _find(connection, code)
    scan = found.scan
    if scan.answer is not ScanAnswer.NOT_SENT:
        return scan
    trigger = ENCLOSED_BY.get(found.chip_state or "")
    if found.chip_id is None or trigger is None:
        return replace(scan, answer=ScanAnswer.AGAIN)
    return _made_together(engine, scan, (_Asked("card", found.chip_id, Request(trigger, actor)),))


def take_back(engine: CaseEngine, code: str, reason: str, actor: Actor) -> ScannedCode:
    """Take a parcel back that came undelivered; ``reason`` begins with a code of the move."""
    with engine.database.connect() as connection:
        scan = find(connection, code)
    if scan.answer is ScanAnswer.ENDED and scan.parcel_state == "returned":
        return replace(scan, answer=ScanAnswer.AGAIN)
    under_way = scan.answer in {ScanAnswer.HANDED_OVER, ScanAnswer.ON_OTHER_LIST}
    if not under_way or scan.application_id is None:
        return scan
    request = Request("courier_return", actor, reason=reason)
    return _made_together(engine, scan, (_Asked("application", scan.application_id, request),))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One of the moves of a scan."""

    workflow: str
    case_id: int
    request: Request


def _made_together(engine: CaseEngine, scan: ScannedCode, asked: tuple[_Asked, ...]) -> ScannedCode:
    """Make all moves of a scan or none; the one that is refused is recorded and named."""
    stands = asked[0]
    try:
        with engine.together() as work:
            for stands in asked:
                work.move(engine.library.workflow(stands.workflow), stands.case_id, stands.request)
    except Refused as refusal:
        definition = engine.library.workflow(stands.workflow)
        record_refusal(engine, definition, stands.case_id, stands.request, refusal)
        return _refused(engine, scan, stands, refusal)
    with engine.database.connect() as connection:
        return replace(find(connection, scan.code), answer=ScanAnswer.TAKEN)


_BY_CODE = {
    "of_today": ScanAnswer.OTHER_DAY,
    "new_certificate_stands": ScanAnswer.CERTIFICATE_GONE,
    "courier.not_enveloped": ScanAnswer.NOT_ENVELOPED,
}


def _refused(engine: CaseEngine, scan: ScannedCode, asked: _Asked, refusal: Refused) -> ScannedCode:
    """Return the answer of a refusal; of a race, how list and parcel stand by now."""
    if isinstance(refusal, WrongState):
        if asked.workflow == "handover":
            return replace(scan, answer=ScanAnswer.LIST_CLOSED, refusal=refusal)
        with engine.database.connect() as connection:
            later = find(connection, scan.code)
        if later.answer is not scan.answer:
            return replace(later, refusal=refusal)
    code = refusal.verdict.code if isinstance(refusal, RuleFailed) else refusal.code
    return replace(scan, answer=_BY_CODE.get(code, ScanAnswer.REFUSED), refusal=refusal)
