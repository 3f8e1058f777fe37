"""What a person is told about a case: the texts of its state with its dates filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from handlers.kit.time_limits import STATUS_LIMIT
from web.kit.formats import day, moment
from web.portal.advice_texts import (
    ANNOUNCED,
    APPLICATION,
    CHECKED,
    CLOSED,
    HELD,
    HINDERED,
    IN_TIME,
    NEW_CONSENT,
    NOT_BEGUN,
    OTHER_WAY,
    RENEWED,
    RENEWING,
    STATED,
    TABLES,
    Advice,
)
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.duration import Duration


@dataclass(frozen=True, slots=True)
class Renewal:
    """What renews a certificate: the application, and the new certificate once it is made."""

    reference: str
    state: str
    begins: datetime | None = None
    until: date | None = None


def advise(workflow: str, row: Mapping[str, Any], *, checked: bool = False) -> Advice:
    """Return what the person of a case is told about where it stands, with its dates filled in.

    ``checked`` says that a suspended certificate's activation is being checked.
    """
    return _filled(CHECKED if checked else _special(row) or TABLES[workflow][row["state"]], row)


def of_certificate(
    row: Mapping[str, Any], renewal: Renewal | None, now: datetime, *, checked: bool = False
) -> Advice:
    """Return what the holder of a certificate is told, with what renews it and when it begins."""
    begins = row["not_before"]
    travelled = row.get("activate_by") is not None and row.get("suspended_by") != "office"
    if row["state"] == "suspended" and travelled and begins and now < begins:
        return _filled(NOT_BEGUN, row, begins=moment(begins), until=day(row["ends_on"]))
    if renewal is None or row["state"] != "active" or row["seen"] is None:
        return advise("certificate", row, checked=checked)
    if renewal.state != "delivered":
        return _filled(RENEWING, row, renewal=renewal.reference)
    told = {"begins": _written(renewal.begins), "until": _written(renewal.until)}
    return _filled(RENEWED, row, renewal=renewal.reference, **told)


def waiting(row: Mapping[str, Any], wait: Duration, code: str, sentence: str) -> Advice:
    """Return what is told of an application that waits for its person's approval by e-onay.

    ``wait`` is how long it does so at least; ``code`` and ``sentence`` say what refuses the
    approval, and are empty where only the person's own act is missing.
    """
    found = HINDERED.get(code, APPLICATION["e_onay"])
    if code and code not in HINDERED:
        step = NEW_CONSENT if code.startswith("consent.") else OTHER_WAY
        plain = sentence.replace("{", "{{").replace("}", "}}")
        found = Advice(plain, step, found.expected)
    return _filled(found, row, limit=day(_limit(row, wait)))


def closed(row: Mapping[str, Any], trigger: str, reason: str) -> Advice:
    """Return what is told of an application whose time is over, with what closed it."""
    found = _filled(APPLICATION["expired"], row)
    told = CLOSED.get(trigger)
    return replace(found, reason=told.format(reason=reason)) if told else found


def _limit(row: Mapping[str, Any], wait: Duration) -> date:
    """Return the last day of the wait for an approval, which ends no sooner than it may be made."""
    opens: date | None = row.get("production_opens_on")
    over = day_in_istanbul(row["entered_at"] + wait)
    return over if opens is None else max(over, opens)


def _filled(found: Advice, row: Mapping[str, Any], **more: str) -> Advice:
    entered: datetime = row["entered_at"]
    facts = {
        "since": day(entered),
        "settled": moment(entered + STATUS_LIMIT),
        "due": _written(row.get("due_at")),
        "opens": _written(row.get("production_opens_on")),
        "ends": _written(row.get("ends_on")),
        "on_hold": _written(row.get("suspended_at")),
        "by": _written(row.get("activate_by")),
        "allowed": _written(row.get("activation_opens_at")),
        "couriered": _written(row.get("couriered_at")),
        "tracking": row.get("tracking_number") or "–",
        **more,
    }
    return Advice(*(text.format(**facts) for text in (found.reason, found.step, found.expected)))


def _special(row: Mapping[str, Any]) -> Advice | None:
    """Return what is told of a certificate beside its state, None when nothing is."""
    if row["state"] == "active":
        return STATED if "seen" in row and row["seen"] is None else None
    if row["state"] != "suspended":
        return None
    if row.get("suspended_by") == "office":
        return HELD
    if row.get("activation_opens_at") is not None:
        return ANNOUNCED
    return None if row.get("activate_by") is None else IN_TIME


def _written(value: date | datetime | None) -> str:
    return moment(value) if isinstance(value, datetime) else day(value)
