"""Who stands at a station: a person who inserts cards and decides, or nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from signing.app.words.refusals import tell
from signing.errors import CardInUse
from signing.station import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.errors import SigningError
    from signing.station.protocol import OrderSheet

TRIES = 3
"""How often a card is tried where nobody decides."""


class Wish(Enum):
    """What is to be done with the card at hand."""

    MAKE = "make"
    SKIP = "skip"
    ANOTHER = "another"
    GIVE_UP = "give up"
    STOP = "stop"


class Desk(Protocol):
    """The face of a station."""

    def say(self, text: str) -> None:
        """Tell something."""

    def ready(self, sheet: OrderSheet) -> Wish:
        """Have the card of an order inserted: MAKE, SKIP or STOP."""

    def failed(self, sheet: OrderSheet, fault: SigningError) -> Wish:
        """Decide about a card that failed: MAKE, ANOTHER, GIVE_UP or STOP; or raise the fault."""


@dataclass
class PersonDesk:
    """A person at a terminal."""

    say: Callable[[str], None]
    ask: Callable[[str], str]

    def ready(self, sheet: OrderSheet) -> Wish:
        """Ask for the card."""
        if sheet.begun:
            self.say(words.ALREADY_BEGUN)
        choices = {"": Wish.MAKE, "a": Wish.SKIP, "d": Wish.STOP}
        while True:
            answer = self.ask(words.READY).strip()
            if answer == "b":
                self.ask(words.PAUSED)
            elif answer in choices:
                return choices[answer]

    def failed(self, sheet: OrderSheet, fault: SigningError) -> Wish:  # noqa: ARG002 - nobody asks which
        """Say what failed and ask what to do."""
        self.say(str(tell(fault)))
        choices = {"": Wish.MAKE, "y": Wish.ANOTHER, "v": Wish.GIVE_UP, "d": Wish.STOP}
        while (answer := self.ask(words.FAILED).strip()) not in choices:
            continue
        return choices[answer]


@dataclass
class UnattendedDesk:
    """Nobody: cards are made as they come, and what fails again and again ends the run."""

    say: Callable[[str], None]
    _failures: Counter[str] = field(default_factory=Counter)

    def ready(self, sheet: OrderSheet) -> Wish:  # noqa: ARG002 - every order is made
        """Make it."""
        return Wish.MAKE

    def failed(self, sheet: OrderSheet, fault: SigningError) -> Wish:
        """Try again what may pass, order another card for one that is used, raise the rest."""
        self.say(str(tell(fault)))
        if isinstance(fault, CardInUse):
            return Wish.ANOTHER
        self._failures[sheet.label] += 1
        if not fault.again or self._failures[sheet.label] >= TRIES:
            raise fault
        return Wish.MAKE
