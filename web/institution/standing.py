"""How far a person's renewal has come, in the few words a coordinator needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class RenewalStanding(StrEnum):
    """Where a person stands; the value names it, ``TITLES`` says it in Turkish."""

    NOT_STARTED = "not_started"
    NO_E_ONAY = "no_e_onay"
    UNDER_WAY = "under_way"
    HELD = "held"
    IN_PRODUCTION = "in_production"
    WITH_COURIER = "with_courier"
    NOT_ACTIVE = "not_active"
    ACTIVE = "active"


TITLES: Mapping[RenewalStanding, str] = {
    RenewalStanding.NOT_STARTED: _("Başlanmadı"),
    RenewalStanding.NO_E_ONAY: _("e-onay yok"),
    RenewalStanding.UNDER_WAY: _("Başvuru onay bekliyor"),
    RenewalStanding.HELD: _("Üretim tarihi bekleniyor"),
    RenewalStanding.IN_PRODUCTION: _("Üretimde"),
    RenewalStanding.WITH_COURIER: _("Kuryede"),
    RenewalStanding.NOT_ACTIVE: _("Teslim edildi, etkin değil"),
    RenewalStanding.ACTIVE: _("Geçerli"),
}

LOOKS: Mapping[RenewalStanding, str] = {
    RenewalStanding.NOT_STARTED: "tag-stop",
    RenewalStanding.NO_E_ONAY: "tag-stop",
    RenewalStanding.UNDER_WAY: "tag-wait",
    RenewalStanding.HELD: "tag-wait",
    RenewalStanding.NOT_ACTIVE: "tag-wait",
    RenewalStanding.ACTIVE: "tag-done",
}
"""The look of a tag, beside its words; others have the plain one."""

BY_STATE: Mapping[str, RenewalStanding] = {
    "draft": RenewalStanding.UNDER_WAY,
    "method_chosen": RenewalStanding.UNDER_WAY,
    "e_onay": RenewalStanding.NO_E_ONAY,
    "e_imza": RenewalStanding.UNDER_WAY,
    "awaiting_status": RenewalStanding.UNDER_WAY,
    "wet_signature": RenewalStanding.UNDER_WAY,
    "in_person": RenewalStanding.UNDER_WAY,
    "paper_received": RenewalStanding.UNDER_WAY,
    "returned_to_applicant": RenewalStanding.UNDER_WAY,
    "in_review": RenewalStanding.UNDER_WAY,
    "approved": RenewalStanding.HELD,
    "held": RenewalStanding.HELD,
    "queued": RenewalStanding.IN_PRODUCTION,
    "checking_certificate": RenewalStanding.IN_PRODUCTION,
    "certificate_unseen": RenewalStanding.HELD,
    "in_production": RenewalStanding.IN_PRODUCTION,
    "awaiting_token": RenewalStanding.IN_PRODUCTION,
    "production_stopped": RenewalStanding.IN_PRODUCTION,
    "produced": RenewalStanding.IN_PRODUCTION,
    "not_booked": RenewalStanding.IN_PRODUCTION,
    "booked": RenewalStanding.IN_PRODUCTION,
    "couriered": RenewalStanding.WITH_COURIER,
    "awaiting_collection": RenewalStanding.WITH_COURIER,
    "courier_silent": RenewalStanding.WITH_COURIER,
    "recalled": RenewalStanding.WITH_COURIER,
    "delivery_contested": RenewalStanding.WITH_COURIER,
    "courier_returned": RenewalStanding.WITH_COURIER,
    "delivered": RenewalStanding.NOT_ACTIVE,
}
"""What the state of the application in hand means; the dead ends count as no application."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person's standing is told from.

    ``application`` is the state of the application in hand: the renewal of their certificate, or,
    for a first certificate not usable yet, its own; ``opens_on`` is its first day of production.
    """

    apply_from: date
    consented: bool
    application: str | None
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class StandingText:
    """A standing with its words, and the day until which the application is held."""

    standing: RenewalStanding
    until: date | None = None

    @property
    def title(self) -> str:
        """The words."""
        return TITLES[self.standing]

    @property
    def look(self) -> str:
        """The class of the tag."""
        return LOOKS.get(self.standing, "")


def tell(facts: Facts, today: date) -> StandingText:
    """Return where a person stands."""
    if facts.application is None:
        if today < facts.apply_from:
            return StandingText(RenewalStanding.ACTIVE)
        return StandingText(
            RenewalStanding.NOT_STARTED if facts.consented else RenewalStanding.NO_E_ONAY
        )
    standing = BY_STATE[facts.application]
    if standing is RenewalStanding.NO_E_ONAY and facts.consented:
        standing = RenewalStanding.UNDER_WAY  # only the person's own press is missing
    return StandingText(standing, facts.opens_on if standing is RenewalStanding.HELD else None)
