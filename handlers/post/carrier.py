"""The face of a carrier: what takes messages out of the house, and what it says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from states.kit.errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from states.cases.notice import TryOutcome


class CarrierAway(CodedError):
    """The carrier takes nothing from us at present, whatever the message; params: reason, words.

    No message counts as tried: all wait until it is back.
    """

    code = "carrier_away"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as its carrier gets it.

    ``message_id`` (RFC 5322, with its brackets) is the same in every repetition of this message;
    ``to`` is the address of the channel as it stands with the person. ``subject`` and, on a
    channel that others can look at, ``text`` hold neither name nor identity number.
    """

    id: int
    message_id: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    language: str = "tr"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a carrier says of one message: taken, try_later, refused or bad_address.

    ``words`` are the other side's; `handlers.post.words.plain_words` cleans them before they are
    kept.
    """

    id: int
    outcome: TryOutcome
    words: str = ""


class Carrier(Protocol):
    """One way out of the house, on one channel."""

    @property
    def channel(self) -> str:
        """``email``, ``sms`` or ``kep``."""
        ...  # pragma: no cover - a protocol has no body

    @property
    def rate(self) -> int:
        """How many messages a minute it may be given; 0 where nothing bounds them."""
        ...  # pragma: no cover - a protocol has no body

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> Iterator[HandedOver]:
        """Hand messages over in their order, many on one connection, and say what came of each.

        What was said of a message is yielded before the next one is asked for. CarrierAway when
        nothing can be handed over; the message at hand then counts as not tried.
        """
        ...  # pragma: no cover - a protocol has no body
