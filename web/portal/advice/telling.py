"""What a person is told about a case: the texts of its state with its dates filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from handlers.kit.time_limits import STATUS_LIMIT
from handlers.ways.days import apply_by, apply_from, last_whole_day
from web.kit.formats import day, moment
from web.portal.advice.circumstances import (
    ANNOUNCED,
    CHECKED,
    DELIVERED_EARLY,
    HELD,
    IN_TIME,
    IN_USE,
    NOT_BEGUN,
    ON_ITS_WAY,
    RENEW_BY,
    RENEW_LATER,
    RENEW_TODAY,
    RENEWED,
    RENEWING,
    STATED,
)
from web.portal.advice.states import (
    APPLICATION,
    CLOSED,
    HINDERED,
    MADE_AT_ONCE,
    MADE_FROM,
    NEW_CONSENT,
    OTHER_WAY,
    TABLES,
    Advice,
)
from workflow.model.clock import day_in_istanbul, start_of_day

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


def advise(workflow: str, row: Mapping[str, Any], today: date, *, checked: bool = False) -> Advice:
    """Return what the person of a case is told about where it stands, with its dates filled in.

    ``checked`` says that a suspended certificate's activation is being checked.
    """
    found = CHECKED if checked else _special(row) or TABLES[workflow][row["state"]]
    return _filled(found, row, today)


def of_delivered(
    row: Mapping[str, Any], certificate: Mapping[str, Any] | None, now: datetime
) -> Advice:
    """Return what is told of an application whose card was delivered, by its certificate."""
    today = day_in_istanbul(now)
    begins = certificate["not_before"] if certificate else None
    if certificate and certificate["state"] == "active":
        return _filled(IN_USE, row, today)
    if certificate and certificate["state"] == "suspended" and begins and now < begins:
        return _filled(DELIVERED_EARLY, row, today, begins=day(begins))
    return advise("application", row, today)


def of_certificate(
    row: Mapping[str, Any],
    renewal: Renewal | None,
    now: datetime,
    window: Mapping[str, object],
    *,
    checked: bool = False,
) -> Advice:
    """Return what the holder of a certificate is told, with what renews it and when it begins.

    ``window`` is the dated policy of today, which says by when to renew it.
    """
    begins, today = row["not_before"], day_in_istanbul(now)
    travelled = row.get("activate_by") is not None and row.get("suspended_by") != "office"
    if row["state"] == "suspended" and travelled and begins and now < begins:
        return _filled(NOT_BEGUN, row, today, begins=_start(begins), until=day(row["ends_on"]))
    if row["state"] != "active" or row["seen"] is None:
        return advise("certificate", row, today, checked=checked)
    if renewal is None:
        return _to_renew(row, today, window)
    if renewal.state != "delivered":
        return _filled(RENEWING, row, today, renewal=renewal.reference)
    told = {"begins": _start(renewal.begins), "until": _written(renewal.until)}
    return _filled(RENEWED, row, today, renewal=renewal.reference, **told)


def _to_renew(row: Mapping[str, Any], today: date, window: Mapping[str, object]) -> Advice:
    """Return what is told of a certificate in force that nothing renews yet."""
    found = TABLES["certificate"]["active"]
    if row["ends_on"] is None:
        return _filled(found, row, today)
    begins, last = apply_from(row["ends_on"], window), apply_by(row["ends_on"], window)
    step = RENEW_LATER if today < begins else RENEW_BY if today <= last else RENEW_TODAY
    days = {"renew_from": day(begins), "renew_by": day(last)}
    return _filled(replace(found, step=step), row, today, **days)


def waiting(
    row: Mapping[str, Any], wait: Duration, code: str, sentence: str, today: date
) -> Advice:
    """Return what is told of an application that waits for its person's approval by e-onay.

    ``wait`` is how long it does so at least; ``code`` and ``sentence`` say what refuses the
    approval, and are empty where only the person's own act is missing.
    """
    found = HINDERED.get(code, APPLICATION["e_onay"])
    if code and code not in HINDERED:
        step = NEW_CONSENT if code.startswith("consent.") else OTHER_WAY
        plain = sentence.replace("{", "{{").replace("}", "}}")
        found = Advice(plain, step, found.expected)
    return _filled(found, row, today, limit=day(max(_limit(row, wait), today)))


def closed(row: Mapping[str, Any], trigger: str, reason: str, today: date) -> Advice:
    """Return what is told of an application whose time is over, with what closed it."""
    found = _filled(APPLICATION["expired"], row, today)
    told = CLOSED.get(trigger)
    return replace(found, reason=told.format(reason=reason)) if told else found


def _limit(row: Mapping[str, Any], wait: Duration) -> date:
    """Return the last day of the wait for an approval, which ends no sooner than it may be made."""
    opens: date | None = row.get("production_opens_on")
    over = day_in_istanbul(row["entered_at"] + wait)
    return over if opens is None else max(over, opens)


def _filled(found: Advice, row: Mapping[str, Any], today: date, **more: str) -> Advice:
    entered: datetime = row["entered_at"]
    facts = {
        "since": day(entered),
        "settled": day(entered + STATUS_LIMIT),
        "due": day(row.get("due_at")),
        "last": day(last_whole_day(row.get("due_at"), today)),
        "opens": day(row.get("production_opens_on")),
        "made": _made(row.get("production_opens_on"), today),
        "ends": day(row.get("ends_on")),
        "on_hold": _written(row.get("suspended_at")),
        "by": day(last_whole_day(row.get("activate_by"), today)),
        "allowed": _written(row.get("activation_opens_at")),
        "couriered": day(row.get("couriered_at")),
        "tracking": row.get("tracking_number") or "–",
        **more,
    }
    return Advice(*(text.format(**facts) for text in (found.reason, found.step, found.expected)))


def _made(opens: date | None, today: date) -> str:
    """Say when an application is made once it is approved: at once where its day has come."""
    if opens is None or opens <= today:
        return str(MADE_AT_ONCE)
    return MADE_FROM.format(opens=day(opens))


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
    if row.get("activate_by") is None:
        return ON_ITS_WAY if row.get("suspended_by") == "journey" else None
    return IN_TIME


def _start(value: datetime | None) -> str:
    """Say from when on something holds: the day where it is the whole of it, else the moment."""
    if value is None or value == start_of_day(day_in_istanbul(value)):
        return day(value)
    return moment(value)


def _written(value: date | datetime | None) -> str:
    return moment(value) if isinstance(value, datetime) else day(value)
