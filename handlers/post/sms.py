"""SMS by HTTP: any provider whose language can be described (`states.kit.sms_provider`).

A message bears the same key in every repetition, so that a provider which keeps keys sends it once
even where its answer was lost. Another one may send it twice then; docs/sms.md says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.post.carrier import CarrierAway, HandedOver
from signing.errors import OnlineUnavailable
from states.cases.notice import TryOutcome
from states.kit.sms_provider import basic, look_up
from states.people.telephone import mobile_number
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from handlers.kit.post.sms_gateway import SmsGateway
    from handlers.post.carrier import OutgoingMessage
    from signing.network.fetch import HttpAnswer
    from states.kit.sms_provider import Json

LIMIT = 16 * 1024
"""Bytes of the longest answer."""

IN_A_ROW = 3
"""Messages without a usable answer, one after another, after which the provider counts as away."""

_GOOD = range(200, 300)
_REFUSED = range(400, 500)
# A secret that is refused, or an address that is wrong, is no fault of the message.
_AWAY = frozenset({401, 402, 403, 404, 405, 429})
_LATER = frozenset({408, 409, 425})


@dataclass(frozen=True)
class SmsCarrier:
    """The carrier of the channel ``sms``."""

    gateway: SmsGateway
    now: Callable[[], datetime]
    channel: str = field(default="sms", init=False)

    @property
    def rate(self) -> int:
        """How many messages a minute the provider may be given; 0 where nothing bounds them."""
        return self.gateway.rate

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> Iterator[HandedOver]:
        """Hand messages over one by one, on a connection that is kept; CarrierAway.

        In the quiet hours none is asked for: they wait, and count as not tried.
        """
        quiet, unanswered = self.gateway.quiet, 0
        if quiet is not None and quiet.hold(self.now().astimezone(ISTANBUL).time()):
            return
        for message in messages:
            number = mobile_number(message.to)
            if number is None:
                yield HandedOver(message.id, TryOutcome.BAD_ADDRESS, "no mobile number")
                continue
            try:
                said = self._judged(message, self._send(message, number))
            except OnlineUnavailable as unavailable:
                reason = str(unavailable.params["reason"])
                said = HandedOver(message.id, TryOutcome.TRY_LATER, reason)
            unanswered = unanswered + 1 if said.outcome is TryOutcome.TRY_LATER else 0
            yield said
            if unanswered >= IN_A_ROW:
                raise CarrierAway(reason="unanswered", words=said.words)

    def _send(self, message: OutgoingMessage, number: str) -> HttpAnswer:
        secret = self.gateway.secret.get_secret_value()
        values = {
            "to": number,
            "to_digits": number.removeprefix("+"),
            "text": short_text(message.subject, self.gateway.site, message.language),
            "sender": self.gateway.sender,
            "key": message.message_id.strip("<>"),
            "secret": secret,
            "basic": basic(secret),
        }
        provider = self.gateway.provider
        headers = {"Idempotency-Key": values["key"], **provider.filled_headers(values)}
        return self.gateway.fetcher.exchange(
            self.gateway.url, provider.filled_body(values), headers, LIMIT
        )

    def _judged(self, message: OutgoingMessage, answer: HttpAnswer) -> HandedOver:
        """Say what an answer means; CarrierAway for one that concerns all messages."""
        said = _read(answer)
        words = f"{answer.status} {self._words(said)}".strip()
        if answer.status in _AWAY:
            raise CarrierAway(reason=str(answer.status), words=words)
        if answer.status in _GOOD:
            outcome = self._outcome(said)
        elif answer.status in _REFUSED and answer.status not in _LATER:
            found = self._outcome(said) if self.gateway.provider.answer.code else None
            # A no of HTTP is never a yes, whatever its body says.
            outcome = TryOutcome.BAD_ADDRESS if found is TryOutcome.BAD_ADDRESS else _NO
        else:
            outcome = TryOutcome.TRY_LATER
        return HandedOver(message.id, outcome, words)

    def _outcome(self, said: Json) -> TryOutcome:
        told = self.gateway.provider.answer
        if told.code is None:
            return TryOutcome.TAKEN
        code = look_up(said, told.code)
        lists = {
            TryOutcome.TAKEN: told.taken,
            TryOutcome.BAD_ADDRESS: told.bad_number,
            TryOutcome.REFUSED: told.refused,
        }
        return next(
            (outcome for outcome, codes in lists.items() if code in codes), TryOutcome.TRY_LATER
        )

    def _words(self, said: Json) -> str:
        told = self.gateway.provider.answer
        found = [look_up(said, at) for at in (told.code, told.words) if at is not None]
        return " ".join(text for text in found if text is not None)


_NO = TryOutcome.REFUSED


def short_text(subject: str, site: str, language: str = "tr") -> str:
    """Return what is sent: the subject, which names nobody, and where the rest is read."""
    more = "Details" if language == "en" else "Ayrıntı"
    return f"{subject.strip().rstrip('.')}. {more}: {site}"


def _read(answer: HttpAnswer) -> Json:
    """Return what an answer says; what is no JSON says nothing."""
    try:
        said: Json = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said
