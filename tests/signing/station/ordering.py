"""An office that orders cards, as a station's line sees it: without HTTP and with faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from signing.station.protocol import CardPlace, ClaimAnswer, FailAnswer, OrderSheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.errors import SigningError

FIRST = date(2026, 3, 1)


@dataclass
class FakeOffice:
    """Gives orders in their order until their certificates are handed in.

    `faults` are raised by a verb, one a call, before it does anything; None lets a call pass.
    """

    authority: Authority
    orders: list[ProductionOrder]
    url: str = "https://ofis.example"
    faults: dict[str, list[SigningError | None]] = field(default_factory=dict)
    place: CardPlace = field(default_factory=lambda: CardPlace("K-7", "0012", "TEST"))
    due: date = FIRST
    begun: bool = False
    failing: FailAnswer = field(
        default_factory=lambda: FailAnswer(stopped=False, ordered_again=False, why_not="")
    )
    taken: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def _fault(self, verb: str, *said: str) -> None:
        self.asked.append((verb, *said))
        faults = self.faults.get(verb, [])
        fault = faults.pop(0) if faults else None
        if fault is not None:
            raise fault

    def sheet(self, order: ProductionOrder) -> OrderSheet:
        """Give an order as it is handed out."""
        number = self.orders.index(order)
        due = self.due + timedelta(days=number)
        reference = f"B{number:09}"
        return OrderSheet(order, reference, self.place, due, self.begun, self.authority.issuing)

    def claim(self, besides: Sequence[str]) -> ClaimAnswer:
        """Give the first order that is left."""
        self._fault("claim")
        left = [
            one for one in self.orders
            if one.card.serial not in self.taken and one.card.serial not in besides
        ]  # fmt: skip
        return ClaimAnswer(self.sheet(left[0]) if left else None, len(left))

    def certify(self, label: str, proof: bytes) -> bytes:
        """Certify."""
        self._fault("certify", label)
        (order,) = (one for one in self.orders if one.card.serial == label)
        return self.authority.certify(order.request, proof)

    def hand_in(self, label: str, der: bytes) -> None:
        """Keep a certificate."""
        self._fault("hand_in", label)
        self.taken[label] = der

    def skip(self, label: str) -> None:
        """Note it."""
        self._fault("skip", label)

    def fail(self, label: str, reason: str, *, again: bool) -> FailAnswer:
        """Forget the order."""
        self._fault("fail", label, reason, str(again))
        self.orders = [one for one in self.orders if one.card.serial != label]
        return self.failing
