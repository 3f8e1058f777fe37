"""What all workflows of a file share: roles, kinds and dated windows, checked row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from workflow.model.definition import Text
from workflow.model.expression import ExpressionError
from workflow.model.shape import FileRecord, FileWord
from workflow.model.value import signature, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.problem import Report

SYSTEM = "system"
"""The role in which timers and effects move cases; each file declares it with a title."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The shared parts of a file; ``roles`` as declared, kinds and windows as values."""

    roles: Mapping[str, FileRecord]
    kinds: Mapping[str, Row]
    windows: tuple[Row, ...]


def vocabulary(file: FileRecord, report: Report) -> Vocabulary:
    """Read the shared parts; rows with mistakes are noted and left out."""
    roles = file.record("roles")
    if "roles" in file and SYSTEM not in roles:
        report.add(roles.place, f"the role '{SYSTEM}' is missing: timers and effects act in it")
    kinds = file.record("kinds").records()
    windows = [item for item in file.series("windows") if isinstance(item, FileRecord)]
    window_rows = [_row(window, report) for window in windows]
    kind_rows = {name: _row(kind, report) for name, kind in kinds.items()}
    _same_fields(list(kinds.values()), list(kind_rows.values()), "kind", report)
    _same_fields(windows, window_rows, "window", report)
    _in_order(windows, window_rows, report)
    return Vocabulary(roles.records(), kind_rows, tuple(window_rows))


def text_of(record: FileRecord) -> Text:
    """Return a title or sentence in both languages."""
    return Text(record.word("tr"), record.word("en"))


def _row(record: FileRecord, report: Report) -> Row:
    row: Row = {}
    for name, value in record.values.items():
        if isinstance(value, FileRecord):
            row[name] = text_of(value)
            continue
        try:
            row[name] = _value(record, name)
        except _BadValueError as error:
            report.add(error.token.scalar.place_of(error.mistake.offset), error.mistake.message)
    return row


class _BadValueError(Exception):
    """A word that is a faulty date, number or duration."""

    def __init__(self, token: FileWord, mistake: ExpressionError) -> None:
        super().__init__()
        self.token = token
        self.mistake = mistake


def _value(record: FileRecord, name: str) -> object:
    values = []
    token = record.token(name)
    for item in record.tokens(name):
        try:
            values.append(value_of(item))
        except ExpressionError as error:
            raise _BadValueError(item, error) from error
    return values[0] if token else tuple(values)


def _same_fields(records: list[FileRecord], rows: list[Row], what: str, report: Report) -> None:
    """Note rows that differ from the first in their fields or in the type of one."""
    for record, row in zip(records[1:], rows[1:], strict=True):
        first = rows[0]
        for name in record.values.keys() - records[0].values.keys():
            report.unknown(record.at(name), f"field of the first {what}", name, first)
        for name in records[0].values.keys() - record.values.keys():
            report.add(record.place, f"'{name}' is missing: each {what} has it")
        for name in sorted(first.keys() & row.keys()):
            if signature(first[name]) != signature(row[name]):
                message = f"'{name}' has another type than in the first {what}"
                report.add(record.at(name), message)


def _in_order(records: list[FileRecord], rows: list[Row], report: Report) -> None:
    last: date | None = None
    for record, row in zip(records, rows, strict=True):
        day = row.get("from")
        if not isinstance(day, date):
            continue
        if last is not None and day <= last:
            report.add(
                record.at("from"), f"{day} is not after {last}: windows are sorted by 'from'"
            )
        last = day
