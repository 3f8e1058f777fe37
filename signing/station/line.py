"""The line of a station: take an order, make its card, write the result down, hand it in, go on.

Whenever the process dies, the next one hands in what is written down, is given the same order
again by its office, and finds on the card how far it came.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from signing.app.words.refusals import tell
from signing.authority import production
from signing.authority.production import produce
from signing.errors import CardInUse, CertificateMismatch, IssuerAway, RequestInvalid, SigningError
from signing.station import words
from signing.station.desk import Wish
from signing.station.errors import CardNotBlank, CardOfOtherMaker, OfficeAway, OfficeRefused
from signing.station.issuer import OfficeIssuer
from signing.station.reader import CardSlotStore
from signing.station.spool import SpooledResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from signing.station.desk import Desk
    from signing.station.office import OrderingOffice
    from signing.station.protocol import OrderSheet
    from signing.station.spool import Spool
    from signing.tokens.slots import TokenStore

Answer = TypeVar("Answer")

STEPS = ("claimed", *production.STEPS, "spooled", "handed_in", "cleared")
"""The points of a card at which a kill must do no harm."""

LOOK = 10.0
"""Seconds between two looks for a new order."""

LONGEST_WAIT = 60.0
"""Seconds between two tries of an office that is away, at most; they double from one second."""

OVER = frozenset({"order_done", "order_of_other", "order_unknown", "order_void"})
"""What an office says of an order that is not this station's any more."""

HOPELESS = frozenset({"certificate_mismatch", "issuer_refused", "request_invalid"})
"""Refusals of a certificate that another card would not change."""

REASONS: Mapping[type[SigningError], str] = {
    CardInUse: "card_in_use",
    CardNotBlank: "card_in_use",
    CardOfOtherMaker: "card_of_other_maker",
}
"""What an office is told of a card that failed; any other fault is that of a faulty card."""


class StationStopped(Exception):
    """The person at the station stops; the order in hand stays with it."""


@dataclass
class StationTally:
    """What a run came to."""

    made: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass
class Workplace:
    """Where cards are made: the store, what each maker calls itself on its cards, and results."""

    store: TokenStore
    spool: Spool
    makers: Mapping[str, str] = field(default_factory=dict)

    def expect(self, sheet: OrderSheet) -> None:
        """Get ready for the card of an order."""
        if isinstance(self.store, CardSlotStore):
            manufacturer = self.makers.get(sheet.place.maker, "")
            self.store.expect(sheet.order.card, manufacturer)


def silent(_step: str) -> None:
    """Note nothing: the checkpoint of an ordinary run."""


class StationLine:
    """Makes the cards of one or several offices, one at a time, the most urgent first."""

    def __init__(
        self,
        offices: Sequence[OrderingOffice],
        place: Workplace,
        desk: Desk,
        wait: Callable[[float], object],
        checkpoint: Callable[[str], None] = silent,
    ) -> None:
        """Keep what it works with; `checkpoint` is called at each of STEPS once it is durable."""
        self._offices = {office.url: office for office in offices}
        self._place, self._desk = place, desk
        self._wait, self._checkpoint = wait, checkpoint
        self._set_aside: list[str] = []
        self._pause = 1.0
        self._told = ""
        self.tally = StationTally()

    def run(self, count: int | None = None, *, drain: bool = False) -> StationTally:
        """Make cards until `count` are made, or with `drain` until none waits; else for ever.

        Ends only when every result is handed in. Raises what ends a run: OfficeRefused of a secret
        or clock, SpoolUnusable, and what nobody at the desk could mend.
        """
        with suppress(StationStopped):
            while self._go_on(count, drain=drain):
                continue
        return self.tally

    def _go_on(self, count: int | None, *, drain: bool) -> bool:
        owed = self._hand_in_all()
        if count is not None and self.tally.made >= count:
            if not owed:
                return False
            self._rest()
            return True
        found, answered = self._next(owed)
        if found is not None:
            self._make(*found)
        elif drain and answered:
            return False
        else:
            self._wait(LOOK)
        return True

    def _next(self, owed: frozenset[str]) -> tuple[tuple[OrderingOffice, OrderSheet] | None, bool]:
        """Return the most urgent order of all offices, and whether all of them answered.

        An office to which a result is owed would give the same order again.
        """
        found: list[tuple[OrderingOffice, OrderSheet]] = []
        waiting, answered = 0, not owed
        for office in (one for url, one in self._offices.items() if url not in owed):
            try:
                answer = office.claim(self._set_aside)
            except OfficeAway as away:
                self._say_once(str(tell(away)))
                answered = False
                continue
            waiting += answer.waiting
            if answer.sheet is not None:
                found.append((office, answer.sheet))
        if not found:
            self._say_once(words.NOTHING_WAITS)
            return None, answered
        office, sheet = min(found, key=lambda one: one[1].due)
        self._checkpoint("claimed")
        self._told = ""
        self._desk.say(words.insert(sheet, waiting))
        return (office, sheet), answered

    def _make(self, office: OrderingOffice, sheet: OrderSheet) -> None:
        self._place.expect(sheet)
        wish: Wish | None = self._desk.ready(sheet)
        fault: SigningError | None = None
        while wish is Wish.MAKE:
            issuer = OfficeIssuer(office, sheet)
            try:
                made = produce(self._place.store, issuer, sheet.order, self._checkpoint)
            except SigningError as error:
                fault = error
                wish = self._judge(office, sheet, error)
                continue
            self._pause = 1.0
            place = sheet.place
            der = made.certificate.der
            self._place.spool.keep(
                SpooledResult(
                    office.url, sheet.label, sheet.reference, place.box, place.number, der
                )
            )
            self._checkpoint("spooled")
            self._desk.say(words.made(sheet))
            self.tally.made += 1
            return
        if wish is Wish.STOP:
            self._desk.say(words.STOPPED)
            raise StationStopped
        if wish is Wish.SKIP:
            self._skip(office, sheet)
        elif wish is not None:
            reason = REASONS.get(type(fault), "card_faulty") if fault else "given_up"
            self._fail(office, sheet, reason, again=wish is Wish.ANOTHER)

    def _judge(self, office: OrderingOffice, sheet: OrderSheet, fault: SigningError) -> Wish | None:
        """Say what a fault means for the order; None when the order is over."""
        if isinstance(fault, IssuerAway):
            self._rest(fault)
            return Wish.MAKE
        if isinstance(fault, OfficeRefused):
            self._refused(office, sheet, fault)
            return None
        if isinstance(fault, CertificateMismatch | RequestInvalid):
            self._desk.say(str(tell(fault)))
            self._fail(office, sheet, fault.code, again=False)
            return None
        return self._desk.failed(sheet, fault)

    def _refused(self, office: OrderingOffice, sheet: OrderSheet, fault: OfficeRefused) -> None:
        """Deal with what the office refuses of an order; raises what concerns the station."""
        if fault.refusal in OVER:
            self._desk.say(str(tell(fault)))
            self._spoilt(sheet)
        elif fault.refusal in HOPELESS:
            self._desk.say(str(tell(fault)))
            self._fail(office, sheet, fault.refusal, again=False)
        elif fault.refusal == "key_differs":
            self._desk.say(str(tell(fault)))
            self._fail(office, sheet, "card_lost", again=True)
        else:
            raise fault

    def _skip(self, office: OrderingOffice, sheet: OrderSheet) -> None:
        try:
            self._insist(lambda: office.skip(sheet.label))
        except OfficeRefused as refusal:
            self._desk.say(str(tell(refusal)))
            return
        self._set_aside.append(sheet.label)
        self.tally.skipped += 1
        self._desk.say(words.SKIPPED)

    def _fail(self, office: OrderingOffice, sheet: OrderSheet, reason: str, *, again: bool) -> None:
        """Tell the office that a card failed, and the person what became of its application."""
        try:
            told = self._insist(lambda: office.fail(sheet.label, reason, again=again))
        except OfficeRefused as refusal:
            if refusal.refusal not in OVER:
                raise
            self._desk.say(str(tell(refusal)))
        else:
            if told.stopped:
                self._desk.say(words.STOPPED_THERE)
            elif told.ordered_again:
                self._desk.say(words.ORDERED_AGAIN)
            elif told.why_not:
                self._desk.say(words.NOT_ORDERED.format(why=told.why_not))
            else:
                self._desk.say(words.BACK_IN_LINE)
        self._spoilt(sheet)

    def _spoilt(self, sheet: OrderSheet) -> None:
        self.tally.failed += 1
        self._desk.say(words.SPOIL.format(card=words.card_at(sheet.place, sheet.reference)))

    def _hand_in_all(self) -> frozenset[str]:
        """Hand in what is written down; return the offices that are away and owed a result."""
        owed = set()
        for result in self._place.spool.results():
            card = words.card_at(result, result.reference)
            office = self._offices.get(result.office)
            if office is None:
                self._say_once(words.STRANGE_OFFICE.format(office=result.office, card=card))
                continue
            try:
                office.hand_in(result.order, result.certificate)
            except OfficeAway as away:
                self._say_once(f"{tell(away)} {words.RESULT_KEPT}")
                owed.add(result.office)
            except OfficeRefused as refusal:
                self._not_taken(result, refusal)
            else:
                self._checkpoint("handed_in")
                self._place.spool.remove(result)
                self._checkpoint("cleared")
                self._desk.say(words.TAKEN)
        return frozenset(owed)

    def _not_taken(self, result: SpooledResult, refusal: OfficeRefused) -> None:
        """Set a card aside that its office does not take; raises what concerns the station."""
        if not refusal.refusal.startswith(("order_", "result_")):
            raise refusal
        self._desk.say(str(tell(refusal)))
        if refusal.refusal == "result_damaged":
            # The order is still this station's, and its card is read once more.
            self._place.spool.set_aside(result)
            self.tally.made = max(0, self.tally.made - 1)
            self._rest()
            return
        card = words.card_at(result, result.reference)
        self._desk.say(words.SPOIL.format(card=card))
        self._place.spool.set_aside(result)
        self.tally.failed += 1

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until the office answers."""
        while True:
            try:
                answer = ask()
            except OfficeAway as away:
                self._rest(away)
                continue
            self._pause = 1.0
            return answer

    def _rest(self, away: SigningError | None = None) -> None:
        """Wait for an office that is away, each time longer."""
        if away is not None:
            seconds = round(self._pause)
            self._desk.say(words.WAITING.format(told=tell(away), seconds=seconds))
        self._wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_WAIT)

    def _say_once(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._desk.say(text)
