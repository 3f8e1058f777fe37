"""How far a person's renewal has come, in the few words a coordinator needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Standing(StrEnum):
    """Where a person stands; the value names it, ``TITLES`` says it in Turkish."""

    NOT_STARTED = "not_started"
    NO_E_ONAY = "no_e_onay"
    UNDER_WAY = "under_way"
    HELD = "held"
    IN_PRODUCTION = "in_production"
    WITH_COURIER = "with_courier"
    NOT_ACTIVE = "not_active"
    ACTIVE = "active"


TITLES: Mapping[Standing, str] = {
    Standing.NOT_STARTED: "Başlanmadı",
    Standing.NO_E_ONAY: "e-onay yok",
    Standing.UNDER_WAY: "Başvuru onay bekliyor",
    Standing.HELD: "Üretim tarihi bekleniyor",
    Standing.IN_PRODUCTION: "Üretimde",
    Standing.WITH_COURIER: "Kuryede",
    Standing.NOT_ACTIVE: "Teslim edildi, etkin değil",
    Standing.ACTIVE: "Geçerli",
}

LOOKS: Mapping[Standing, str] = {
    Standing.NOT_STARTED: "tag-stop",
    Standing.NO_E_ONAY: "tag-stop",
    Standing.UNDER_WAY: "tag-wait",
    Standing.HELD: "tag-wait",
    Standing.NOT_ACTIVE: "tag-wait",
    Standing.ACTIVE: "tag-done",
}
"""The look of a tag, beside its words; others have the plain one."""

BY_STATE: Mapping[str, Standing] = {
    "draft": Standing.UNDER_WAY,
    "method_chosen": Standing.UNDER_WAY,
    "e_onay": Standing.NO_E_ONAY,
    "e_imza": Standing.UNDER_WAY,
    "awaiting_status": Standing.UNDER_WAY,
    "wet_signature": Standing.UNDER_WAY,
    "in_person": Standing.UNDER_WAY,
    "paper_received": Standing.UNDER_WAY,
    "returned_to_applicant": Standing.UNDER_WAY,
    "in_review": Standing.UNDER_WAY,
    "approved": Standing.HELD,
    "held": Standing.HELD,
    "queued": Standing.IN_PRODUCTION,
    "checking_certificate": Standing.IN_PRODUCTION,
    "certificate_unseen": Standing.HELD,
    "in_production": Standing.IN_PRODUCTION,
    "awaiting_token": Standing.IN_PRODUCTION,
    "production_stopped": Standing.IN_PRODUCTION,
    "produced": Standing.IN_PRODUCTION,
    "not_booked": Standing.IN_PRODUCTION,
    "couriered": Standing.WITH_COURIER,
    "courier_silent": Standing.WITH_COURIER,
    "recalled": Standing.WITH_COURIER,
    "delivery_contested": Standing.WITH_COURIER,
    "courier_returned": Standing.WITH_COURIER,
    "delivered": Standing.NOT_ACTIVE,
}
"""What the state of the application in hand means; the dead ends count as no application."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person's standing is told from.

    ``application`` is the state of the application in hand: the renewal of his certificate, or,
    for a first certificate not usable yet, its own; ``opens_on`` is its first day of production.
    """

    apply_from: date
    consented: bool
    application: str | None
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """A standing with its words, and the day until which the application is held."""

    standing: Standing
    until: date | None = None

    @property
    def title(self) -> str:
        """The words."""
        return TITLES[self.standing]

    @property
    def look(self) -> str:
        """The class of the tag."""
        return LOOKS.get(self.standing, "")


def tell(facts: Facts, today: date) -> Told:
    """Return where a person stands."""
    if facts.application is None:
        if today < facts.apply_from:
            return Told(Standing.ACTIVE)
        return Told(Standing.NOT_STARTED if facts.consented else Standing.NO_E_ONAY)
    standing = BY_STATE[facts.application]
    if standing is Standing.NO_E_ONAY and facts.consented:
        standing = Standing.UNDER_WAY  # only the person's own press is missing
    return Told(standing, facts.opens_on if standing is Standing.HELD else None)
