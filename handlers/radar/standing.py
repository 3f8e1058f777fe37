"""Where a person stands with what follows their certificate: the one answer of list and radar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class RenewalStanding(StrEnum):
    """How far a renewal has come; the words stand in ``web/institution/standing.py``."""

    NOT_STARTED = "not_started"
    NO_E_ONAY = "no_e_onay"
    UNDER_WAY = "under_way"
    HELD = "held"
    IN_PRODUCTION = "in_production"
    WITH_COURIER = "with_courier"
    NOT_ACTIVE = "not_active"
    ACTIVE = "active"


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

NOT_FETCHED = frozenset({"awaiting_collection", "courier_returned"})
"""States of an application whose card lies ready and its holder has not taken it."""


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


def renewal_standing(facts: Facts, today: date) -> RenewalStanding:
    """Return how far the renewal has come."""
    if facts.application is None:
        if today < facts.apply_from:
            return RenewalStanding.ACTIVE
        return RenewalStanding.NOT_STARTED if facts.consented else RenewalStanding.NO_E_ONAY
    standing = BY_STATE[facts.application]
    if standing is RenewalStanding.NO_E_ONAY and facts.consented:
        return RenewalStanding.UNDER_WAY  # only the person's own press is missing
    return standing


class RadarStanding(StrEnum):
    """What the radar counts, most urgent first; the words stand beside the others'."""

    LATE = "late"
    ENDED = "ended"
    NO_E_ONAY = "no_e_onay"
    NOT_FETCHED = "not_fetched"
    NOT_ACTIVE = "not_active"
    HELD = "held"
    WITH_COURIER = "with_courier"
    ON_TRACK = "on_track"


_AS_RENEWAL: Mapping[RenewalStanding, RadarStanding] = {
    RenewalStanding.NO_E_ONAY: RadarStanding.NO_E_ONAY,
    RenewalStanding.HELD: RadarStanding.HELD,
    RenewalStanding.WITH_COURIER: RadarStanding.WITH_COURIER,
    RenewalStanding.NOT_ACTIVE: RadarStanding.NOT_ACTIVE,
}
"""What the radar shows by itself; with the rest nothing is amiss."""


def radar_standing(facts: Facts, today: date, ends_on: date, *, overdue: bool) -> RadarStanding:
    """Return where the radar counts a certificate; ``overdue`` is the router's word for it."""
    if facts.application is None and ends_on < today:
        return RadarStanding.ENDED
    if overdue:
        return RadarStanding.LATE
    if facts.application in NOT_FETCHED:
        return RadarStanding.NOT_FETCHED
    return _AS_RENEWAL.get(renewal_standing(facts, today), RadarStanding.ON_TRACK)
