"""What a courier says of a parcel, in the words of the house."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from handlers.cards.payloads import LONGEST as LONGEST_WORD
from handlers.papers.letters import MONTHS
from states.kit.dates import parse_day
from states.kit.invalid import Invalid
from states.kit.text import identifier, normal
from workflow.model.clock import ISTANBUL
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class EventKind(StrEnum):
    """What happened to a parcel."""

    ATTEMPT = "attempt"
    AT_BRANCH = "at_branch"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"


class ReturnReason(StrEnum):
    """Why a parcel was not handed over, or came back."""

    ABSENT = "absent"
    REFUSED = "refused"
    WRONG_ADDRESS = "wrong_address"
    MOVED = "moved"
    NOT_COLLECTED = "not_collected"
    NO_DOCUMENT = "no_document"
    DAMAGED = "damaged"
    RECALLED = "recalled"
    OTHER = "other"


KIND_TITLES: Mapping[EventKind, Text] = {
    EventKind.ATTEMPT: Text("Teslim denemesi", "Attempt to deliver"),
    EventKind.AT_BRANCH: Text("Şubede", "At the branch"),
    EventKind.DELIVERED: Text("Teslim edildi", "Delivered"),
    EventKind.RETURNED: Text("İade", "Returned"),
    EventKind.LOST: Text("Kayıp", "Lost"),
}

REASON_TITLES: Mapping[ReturnReason, Text] = {
    ReturnReason.ABSENT: Text("Adreste bulunamadı", "Nobody at the address"),
    ReturnReason.REFUSED: Text("Kabul etmedi", "Refused to take it"),
    ReturnReason.WRONG_ADDRESS: Text("Adres yanlış", "Wrong address"),
    ReturnReason.MOVED: Text("Taşınmış", "Has moved"),
    ReturnReason.NOT_COLLECTED: Text("Şubeden alınmadı", "Not collected from the branch"),
    ReturnReason.NO_DOCUMENT: Text("Kimlik göstermedi", "Showed no identity document"),
    ReturnReason.DAMAGED: Text("Zarf hasarlı", "Envelope damaged"),
    ReturnReason.RECALLED: Text("Geri istendi", "Called back"),
    ReturnReason.OTHER: Text("Başka bir neden", "Another reason"),
}

SHOWN_TITLES: Mapping[str, Text] = {
    "identity_card": Text("Kimlik kartı", "Identity card"),
    "passport": Text("Pasaport", "Passport"),
    "driving_licence": Text("Sürücü belgesi", "Driving licence"),
}

TRACKING_NUMBER = re.compile(r"[A-Za-z0-9-]{4,40}")
"""What a tracking number consists of (docs/courier.md)."""

LONGEST_ID = 100
"""Characters of the name that a courier gives to an event."""


@dataclass(frozen=True, slots=True)
class CourierEvent:
    """One thing that happened to a parcel; ``event_id`` is the courier's, "" where it gives none.

    Of a delivery ``shown``, ``shown_number`` and ``handed_by`` say what the holder showed and who
    handed the card over; they are "" for all else.
    """

    tracking_number: str
    kind: EventKind
    at: datetime
    reason: ReturnReason | None = None
    shown: str = ""
    shown_number: str = ""
    handed_by: str = ""
    event_id: str = ""

    def __repr__(self) -> str:
        """Leave out what the holder showed."""
        return f"CourierEvent({self.tracking_number}, {self.kind}, {self.at.isoformat()})"


def complete(event: CourierEvent) -> CourierEvent:
    """Return an event that says all its kind has to; raise Invalid for what is missing."""
    if event.kind is EventKind.DELIVERED:
        if not event.shown or not event.shown_number:
            raise Invalid("courier.nothing_shown")
        if not event.handed_by:
            raise Invalid("courier.nobody_named")
    if event.kind is EventKind.RETURNED and event.reason is None:
        raise Invalid("tracking.reason_missing", known=list(REASON_TITLES.values()))
    return event


def parse_tracking_number(text: str) -> str:
    """Return a tracking number as typed or scanned, without blanks around it; raise Invalid."""
    typed = normal(text)
    if TRACKING_NUMBER.fullmatch(typed) is None:
        raise Invalid("tracking.number")
    return typed


def stated(reason: ReturnReason) -> str:
    """Return a reason as a move takes it: its code, and words where the code says nothing."""
    if reason is ReturnReason.OTHER:
        return f"{reason}: {REASON_TITLES[reason].tr}"
    return str(reason)


_BARE = str.maketrans("ıİI_-", "iii  ")


def fold_key(text: str) -> str:
    """Return a word of a courier's file as it is looked up: no case, no marks on or between.

    Programs of couriers write ``IADE``, ``İade`` and ``iade`` for one thing.
    """
    parts = unicodedata.normalize("NFD", normal(text).translate(_BARE))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(identifier(bare).split())


def written_as(title: Text) -> tuple[str, str]:
    """Return how a file may write a title in either language, as it is looked up."""
    return fold_key(title.tr), fold_key(title.en)


_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})?"
)
_CLOCK = re.compile(
    r"(?P<day>\S.*?)[ ,]+(?:saat )?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?",
    re.ASCII,
)
_WRITTEN = re.compile(r"(?P<day>\d{1,2}) (?P<month>[^\W\d_]+) (?P<year>\d{4})")
_MONTHS = {fold_key(name): number for number, name in enumerate(MONTHS, start=1)}


def parse_moment(text: str) -> datetime:
    """Return the moment of ``22.11.2026 17:05``, ``22 Kasım 2026 17:05:09`` or ISO 8601.

    A moment without a zone is one in Istanbul. Raises Invalid; also for a day without a clock.
    """
    typed = normal(text)
    if _ISO.fullmatch(typed):
        try:
            found = datetime.fromisoformat(typed)
        except ValueError as error:
            raise Invalid("date.absent", text=typed) from error
        parse_day(typed[:10])
        return found if found.tzinfo is not None else found.replace(tzinfo=ISTANBUL)
    parts = _CLOCK.fullmatch(typed)
    if parts is None:
        raise Invalid("tracking.moment")
    day = _day(parts["day"])
    try:
        return datetime(
            day.year,
            day.month,
            day.day,
            int(parts["hour"]),
            int(parts["minute"]),
            int(parts["second"] or 0),
            tzinfo=ISTANBUL,
        )
    except ValueError as error:
        raise Invalid("tracking.moment") from error


def _day(text: str) -> date:
    written = _WRITTEN.fullmatch(text)
    month = _MONTHS.get(fold_key(written["month"])) if written else None
    if written is None or month is None:
        return parse_day(text)
    return parse_day(f"{written['day']}.{month}.{written['year']}")


def word_of(text: str) -> str:
    """Return a name or number as it is compared and kept; raise Invalid for a long one."""
    word = normal(text)
    if len(word) > LONGEST_WORD:
        raise Invalid("tracking.word_long", longest=LONGEST_WORD)
    return word
