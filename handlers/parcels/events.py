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


KIND_TITLES: Mapping[EventKind, str] = {
    EventKind.ATTEMPT: "Teslim denemesi",
    EventKind.AT_BRANCH: "Şubede",
    EventKind.DELIVERED: "Teslim edildi",
    EventKind.RETURNED: "İade",
    EventKind.LOST: "Kayıp",
}

REASON_TITLES: Mapping[ReturnReason, str] = {
    ReturnReason.ABSENT: "Adreste bulunamadı",
    ReturnReason.REFUSED: "Kabul etmedi",
    ReturnReason.WRONG_ADDRESS: "Adres yanlış",
    ReturnReason.MOVED: "Taşınmış",
    ReturnReason.NOT_COLLECTED: "Şubeden alınmadı",
    ReturnReason.NO_DOCUMENT: "Kimlik göstermedi",
    ReturnReason.DAMAGED: "Zarf hasarlı",
    ReturnReason.RECALLED: "Geri istendi",
    ReturnReason.OTHER: "Başka bir neden",
}

SHOWN_TITLES: Mapping[str, str] = {
    "identity_card": "Kimlik kartı",
    "passport": "Pasaport",
    "driving_licence": "Sürücü belgesi",
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
        return f"{reason}: {REASON_TITLES[reason]}"
    return str(reason)


_BARE = str.maketrans("ıİI_-", "iii  ")


def fold_key(text: str) -> str:
    """Return a word of a courier's file as it is looked up: no case, no marks on or between.

    Programs of couriers write ``IADE``, ``İade`` and ``iade`` for one thing.
    """
    parts = unicodedata.normalize("NFD", normal(text).translate(_BARE))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(identifier(bare).split())


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
