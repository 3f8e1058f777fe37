"""Reading the courier's file of what became of parcels (CSV or XLSX), row by row.

A faulty row never spoils the others: it is told with its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.lists.uploaded_table import RejectedRow, TableShape, reject
from handlers.parcels.events import (
    KIND_TITLES,
    LONGEST_ID,
    REASON_TITLES,
    SHOWN_TITLES,
    CourierEvent,
    EventKind,
    ReturnReason,
    complete,
    fold_key,
    parse_moment,
    parse_tracking_number,
    word_of,
    written_as,
)
from states.kit.invalid import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, TypeVar

    from workflow.model.definition import Text

    Sort = TypeVar("Sort")

MOST_ROWS = 500
"""Rows of a file: a day's parcels of a large office, and no more than one request can move."""

COLUMNS = {
    "tracking_number": "Takip numarası",
    "kind": "Durum",
    "at": "Zaman",
    "reason": "Neden",
    "shown": "Gösterilen belge",
    "shown_number": "Belge no",
    "handed_by": "Teslim eden",
    "event_id": "Olay no",
}
"""The columns: our name and the heading; either is taken, in any order and any case."""

REQUIRED = ("tracking_number", "kind", "at")

KINDS = {
    **{word: kind for kind, title in KIND_TITLES.items() for word in written_as(title)},
    **{fold_key(kind): kind for kind in EventKind},
    "dagitimda bulunamadi": EventKind.ATTEMPT,
    "deneme": EventKind.ATTEMPT,
    "iade edildi": EventKind.RETURNED,
    "kayboldu": EventKind.LOST,
    "teslim": EventKind.DELIVERED,
}
"""What a file may write for each kind of event, folded."""

REASONS = {
    **{word: reason for reason, title in REASON_TITLES.items() for word in written_as(title)},
    **{fold_key(reason): reason for reason in ReturnReason},
}
SHOWN = {
    **{word: shown for shown, title in SHOWN_TITLES.items() for word in written_as(title)},
    **{fold_key(shown): shown for shown in SHOWN_TITLES},
    "kimlik": "identity_card",
    "ehliyet": "driving_licence",
}

SHAPE = TableShape(
    COLUMNS,
    {fold_key(word): name for name, title in COLUMNS.items() for word in (name, title)},
    fold_key,
    MOST_ROWS,
)


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event and the row of the file that tells it, as a spreadsheet numbers rows."""

    number: int
    event: CourierEvent


@dataclass(frozen=True, slots=True)
class TrackingFile:
    """A file as read: the events in the order in which they happened, and the rows not taken."""

    events: tuple[NumberedEvent, ...]
    rejected: tuple[RejectedRow, ...]


def read_tracking_file(content: bytes) -> TrackingFile:
    """Read a file; Invalid when it is unusable."""
    if not content:
        raise Invalid("tracking.empty")
    try:
        return tracking_of(SHAPE.read(content))
    except (KeyError, TypeError) as error:
        raise Invalid("upload.type", most=MOST_ROWS) from error


def tracking_of(table: Mapping[str, Any]) -> TrackingFile:
    """Return the events of a table whose first row is its heading; Invalid."""
    lines = SHAPE.lines(table)
    names = SHAPE.names(next(lines, (1, []))[1])
    missing = SHAPE.missing(names, REQUIRED)
    if missing:
        raise Invalid("tracking.columns", missing=missing)
    return _collect(names, lines, table["faulty"])


def _collect(
    names: list[str | None], lines: Iterable[tuple[int, list[str]]], faulty: Iterable[int]
) -> TrackingFile:
    events: list[NumberedEvent] = []
    rejected = [reject(number, Invalid("row.quotation")) for number in faulty]
    seen: dict[object, int] = {}
    for number, cells in lines:
        try:
            event = _event(names, cells)
            _refuse_repeated(seen, number, event)
            events.append(NumberedEvent(number, event))
        except Invalid as invalid:
            rejected.append(reject(number, invalid))
    events.sort(key=lambda one: (one.event.at, one.number))
    rejected.sort(key=lambda one: one.number)
    return TrackingFile(tuple(events), tuple(rejected))


def _refuse_repeated(seen: dict[object, int], number: int, event: CourierEvent) -> None:
    keys: list[object] = [(event.tracking_number, event.kind, event.at)]
    keys += [event.event_id] if event.event_id else []
    for key in keys:
        if key in seen:
            raise Invalid("tracking.repeated", first=seen[key])
    seen.update(dict.fromkeys(keys, number))


def _event(names: list[str | None], cells: Iterable[str]) -> CourierEvent:
    """Return what one line tells; Invalid names the first thing wrong with it."""
    values = SHAPE.values(names, cells)
    if len(values["event_id"]) > LONGEST_ID:
        raise Invalid("cell.long", column=COLUMNS["event_id"], longest=LONGEST_ID)
    return complete(
        CourierEvent(
            tracking_number=parse_tracking_number(values["tracking_number"]),
            kind=_known(KINDS, values["kind"], "tracking.kind", KIND_TITLES.values()),
            at=parse_moment(values["at"]),
            reason=_reason(values["reason"]),
            shown=_shown(values["shown"]),
            shown_number=word_of(values["shown_number"]),
            handed_by=word_of(values["handed_by"]),
            event_id=values["event_id"],
        )
    )


def _reason(text: str) -> ReturnReason | None:
    return _known(REASONS, text, "tracking.reason", REASON_TITLES.values()) if text else None


def _shown(text: str) -> str:
    return _known(SHOWN, text, "tracking.shown", SHOWN_TITLES.values()) if text else ""


def _known(words: Mapping[str, Sort], text: str, code: str, known: Iterable[Text]) -> Sort:
    """Return what a word stands for; raise Invalid for one that stands for nothing."""
    found = words.get(fold_key(text))
    if found is None:
        raise Invalid(code, text=text[:40], known=list(known))
    return found
