"""What a courier company tells of parcels: each event by itself, once (docs/courier.md)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from http import HTTPStatus
from typing import TYPE_CHECKING

from handlers.parcels.events import (
    LONGEST_ID,
    SHOWN_TITLES,
    CourierEvent,
    EventKind,
    ReturnReason,
    complete,
    parse_moment,
    parse_tracking_number,
    word_of,
)
from handlers.parcels.matching import EventOutcome, take_events
from handlers.parcels.tracking_file import NumberedEvent
from states.kit.invalid import Invalid
from web.api.body import json_object
from web.api.courier_description import MOST_EVENTS, OPTIONAL, PATH, REQUIRED
from web.api.rejected import Rejected
from web.api.shared_secret import SecretWords, refuse_stranger
from web.api.views import blueprint
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.guesses import Guesses
from web.gate.language import gettext
from web.gate.limits import LimitOfAll, limiter
from web.gate.permissions import public
from workflow.model.actor import system

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask.typing import ResponseReturnValue

    from handlers.parcels.matching import JudgedEvent
    from states.kit.errors import CodedError

COURIER = system("courier")
"""Who moves what a courier company tells of."""

WRONG_SECRETS = "5 per 5 minutes"
EACH = "120 per minute"
TOGETHER = "600 per minute"

asking = limiter.shared_limit(EACH, scope="courier.each")
guesses = Guesses("courier", WRONG_SECRETS, LimitOfAll("courier", TOGETHER))


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What came of one event: taken, known already, or refused with a code and a sentence."""

    id: str
    result: EventOutcome
    code: str = ""
    title: str = ""

    def said(self) -> dict[str, str]:
        """Return it as JSON takes it; what is empty is left out."""
        values = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in values.items() if value or name == "id"}


@blueprint.post(PATH)
@public
@asking
def courier_events() -> ResponseReturnValue:
    """Take events in their order; each is answered by itself, and a refused one may come again."""
    _refuse_stranger()
    told_events = json_object({"events"})["events"]
    if not isinstance(told_events, list) or not 1 <= len(told_events) <= MOST_EVENTS:
        sentence = gettext(
            "Bir istekte 1–%(most_events)s olay bir dizi olarak bildirilir.",
            most_events=MOST_EVENTS,
        )
        raise Rejected(HTTPStatus.BAD_REQUEST, "field_malformed", sentence)
    return {"answers": [_answer(one, place).said() for place, one in enumerate(told_events)]}


def _refuse_stranger() -> None:
    """Raise Rejected for who does not know the courier's secret, and where there is none."""
    absent = gettext("Bu ofise bağlı bir kurye kuruluşu yok.")
    unknown = gettext("Kurye kuruluşunun sırrı yanlış ya da eksik.")
    secret = composed().settings.courier_secret
    refuse_stranger(guesses, secret, SecretWords("courier", absent, unknown))


def _answer(said: object, place: int) -> EventAnswer:
    """Take one event and return its answer; what it lacks costs no other event."""
    name = said.get("id") if isinstance(said, dict) else None
    name = name if isinstance(name, str) else ""
    try:
        event = _event(said)
    except Invalid as invalid:
        return _refused(name, invalid)
    [judged] = take_events(composed().engine, COURIER, [NumberedEvent(place, event)])
    return _answered(name, judged)


def _answered(name: str, judged: JudgedEvent) -> EventAnswer:
    if judged.error is not None:
        return _refused(name, judged.error)
    return EventAnswer(name, judged.outcome)


def _refused(name: str, error: CodedError) -> EventAnswer:
    definition = composed().library.workflow("application")
    code = str(error.params.get("rule", error.code)).replace(".", "_")
    sentence = told(error, definition)
    return EventAnswer(name[:LONGEST_ID], EventOutcome.REFUSED, code, sentence)


def _event(said: object) -> CourierEvent:
    """Read one event; Invalid names the first field that is missing, too much or malformed."""
    values = _words(said)
    if not 1 <= len(values["id"]) <= LONGEST_ID or not (
        values["id"].isascii() and values["id"].isprintable()
    ):
        raise Invalid("event.malformed", field="id")
    return complete(
        CourierEvent(
            tracking_number=parse_tracking_number(values["tracking_number"]),
            kind=EventKind(_one_of(values, "kind", EventKind)),
            at=parse_moment(values["at"]),
            reason=ReturnReason(_one_of(values, "reason", ReturnReason))
            if values.get("reason")
            else None,
            shown=_one_of(values, "shown", SHOWN_TITLES) if values.get("shown") else "",
            shown_number=word_of(values.get("shown_number", "")),
            handed_by=word_of(values.get("handed_by", "")),
            event_id=values["id"],
        )
    )


def _words(said: object) -> Mapping[str, str]:
    if not isinstance(said, dict):
        raise Invalid("event.malformed", field="event")
    for name in sorted((REQUIRED - said.keys()) | (said.keys() - REQUIRED - OPTIONAL)):
        raise Invalid("event.malformed", field=str(name)[:40])
    for name, value in said.items():
        if not isinstance(value, str) or "\0" in value:
            raise Invalid("event.malformed", field=name)
    return said


def _one_of(values: Mapping[str, str], name: str, known: Iterable[str]) -> str:
    if values[name] not in set(known):
        raise Invalid("event.malformed", field=name)
    return values[name]
