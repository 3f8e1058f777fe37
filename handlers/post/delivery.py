"""The postman: takes messages out of the outbox, hands them over, writes down what came of them.

One worker at a time is at a channel. Nothing is locked while a carrier is spoken to; what it said
of a message is written with the next few. A worker that dies in between has handed over messages
that count as written: they go once more, under the same Message-ID.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from handlers.post import elsewhere
from handlers.post.carrier import HandedOver, OutgoingMessage
from handlers.post.channels import KEP, SMS, channels_of, tell_once_more
from handlers.post.kep import papers_of
from handlers.post.keyed import message_id, to_mark
from handlers.post.tries import TriedMessage, leave_unsent, write_tries
from handlers.post.words import plain_words
from states.cases.notice import AT_ONCE, IN_TURN, TryOutcome
from states.kit.errors import CodedError
from states.people.person import DEAD
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from handlers.kit.context import CaseEngine
    from handlers.post.carrier import Attachment, Carrier

LOCK_SPACE = 0x4E4557

CHANNELS = ("email", "sms", "kep")
"""All channels that a message can name; the place is the second key of its lock."""

ADDRESS = {"email": "p.email", "sms": "p.phone", "kep": "p.email"}
"""Where a person's address of each channel stands (SQL)."""

BOUT = 5.0
"""Seconds after which a bout ends, so that a worker which is to stop is not kept."""

BATCH = 50
"""Messages that are read at once; those that come meanwhile wait for no more than these."""

SHARE = 10
"""Of these, so many at least are from the slower lane while both have some."""

TOGETHER = 10
"""Answers that are written at once: so many messages at most go twice after a kill."""


PROMPT = 0.25
"""Seconds after which they are written though they are fewer."""

_LIGHTLY = text("SET LOCAL synchronous_commit = off")

_USED = text(
    "SELECT count(*) FROM notice_try WHERE channel = :channel AND at > :since"
    " AND outcome NOT IN ('no_address', 'withheld', 'delivered', 'delayed')"
)

_DUE = """
SELECT n.id, n.key, n.subject, n.text, n.language, n.to_sealed, p.standing, {address} AS address
FROM notice n JOIN person p ON p.id = n.person_id
WHERE n.state = 'written' AND n.channel = :channel AND n.lane = :lane AND n.due_at <= :now
ORDER BY n.due_at, n.id LIMIT :most
"""


def deliver(
    engine: CaseEngine,
    carriers: Sequence[Carrier],
    seconds: Callable[[], float] = time.monotonic,
) -> int:
    """Hand over what is due, a bout on each channel; return of how many messages something came.

    On a channel without a carrier messages are marked as not sent: they are read on the pages.
    CarrierAway of the first carrier that is away, after all have been tried.
    """
    by_channel = {carrier.channel: carrier for carrier in carriers}
    told, failed = 0, None
    for place, channel in enumerate(CHANNELS):
        carrier = by_channel.get(channel)
        with held_alone(engine, LOCK_SPACE, place) as holder:
            if holder is None:
                continue
            if carrier is None:
                told += leave_unsent(engine.database, channel)
                continue
            bout = _Bout(engine, carrier, seconds)
            try:
                told += bout.run()
            except CodedError as away:
                failed = failed or away
    if failed:
        raise failed
    return told


@dataclass(slots=True)
class _Bout:
    """Some seconds of handing over on one channel."""

    engine: CaseEngine
    carrier: Carrier
    seconds: Callable[[], float]
    told: int = 0
    _answers: list[TriedMessage] = field(default_factory=list)
    _marks: dict[int, str] = field(default_factory=dict)
    _papers: dict[str, tuple[Attachment, ...]] = field(default_factory=dict)
    _since: float = 0.0

    def run(self) -> int:
        """Hand over until nothing is due, the time is over or the rate is used up."""
        try:
            for said in self.carrier.hand_over(self._messages()):
                self._note(said)
        finally:
            self._write()
        return self.told

    def _messages(self) -> Iterator[OutgoingMessage]:
        end = self.seconds() + BOUT
        while self.seconds() < end:
            self._write()
            rows = self._read()
            for row in rows:
                if self.seconds() >= end:
                    return
                message = self._message(row)
                if message is not None:
                    yield message
            if not rows:
                return

    def _read(self) -> Sequence[Any]:
        """Return what is due, the faster lane first, no more than the rate of the minute lets."""
        now = self.engine.clock.now()
        with self.engine.database.connect() as connection:
            most = BATCH
            if self.carrier.rate:
                values = {"channel": self.carrier.channel, "since": now - timedelta(minutes=1)}
                most = min(most, self.carrier.rate - int(connection.scalar(_USED, values) or 0))
            if most <= 0:
                return ()
            due = text(_DUE.format(address=ADDRESS[self.carrier.channel]))
            values = {"channel": self.carrier.channel, "now": now}
            slow = connection.execute(due, {**values, "lane": IN_TURN, "most": most}).all()
            kept = min(len(slow), SHARE, most // 2)
            fast = connection.execute(due, {**values, "lane": AT_ONCE, "most": most - kept}).all()
            rows = [*fast, *slow[: most - len(fast)]]
            if self.carrier.channel == KEP:
                self._papers = papers_of(connection, [row.key for row in rows])
            return rows

    def _message(self, row: Any) -> OutgoingMessage | None:  # noqa: ANN401 - a row of _DUE
        """Return a message to be handed over; of one that cannot be, that is noted."""
        vault = self.engine.services.vault
        to, code = elsewhere.opened(vault, row.key, row.address, row.to_sealed)
        self._marks[row.id] = to_mark(vault, to) if to else ""
        if row.standing == DEAD or not row.text:
            self._note(HandedOver(row.id, TryOutcome.WITHHELD))
            return None
        if not to:
            self._note(HandedOver(row.id, TryOutcome.NO_ADDRESS))
            return None
        name = message_id(vault, row.id, row.key, self.engine.services.mail_domain)
        papers = self._papers.get(row.key, ())
        # The code is in none of the rows: it is filled in on the way out.
        subject, body = (
            words.replace(elsewhere.CODE_PLACE, code) if code else words
            for words in (row.subject, row.text)
        )
        return OutgoingMessage(
            row.id, name, to, subject, body, attachments=papers, language=row.language
        )

    def _note(self, said: HandedOver) -> None:
        words, mark = plain_words(said.words), self._marks.pop(said.id)
        self._answers.append(TriedMessage(said.id, said.outcome, words, mark))
        if len(self._answers) >= TOGETHER or self.seconds() >= self._since + PROMPT:
            self._write()

    def _write(self) -> None:
        self._since = self.seconds()
        if not self._answers:
            return
        self.engine.point("before_noted")
        with self.engine.database.begin() as connection:
            # A kill loses nothing of this; what a fall of the machine takes goes once more.
            connection.execute(_LIGHTLY)
            now = self.engine.clock.now()
            write_tries(connection, self.carrier.channel, self._answers, now)
            elsewhere.forget_gone(connection, [one.id for one in self._answers])
            if SMS in channels_of(self.engine.services):
                tell_once_more(connection, [one.id for one in self._answers], now)
        self.told += len(self._answers)
        self._answers.clear()
