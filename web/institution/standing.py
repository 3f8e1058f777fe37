"""Where a person stands, in the few words a coordinator needs; what it is, the radar says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.radar.standing import RadarStanding, RenewalStanding, renewal_standing
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from handlers.radar.standing import Facts

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

RADAR_TITLES: Mapping[RadarStanding, str] = {
    RadarStanding.LATE: _("Son başvuru günü geçti"),
    RadarStanding.ENDED: _("Süresi doldu"),
    RadarStanding.NO_E_ONAY: TITLES[RenewalStanding.NO_E_ONAY],
    RadarStanding.NOT_FETCHED: _("Kart teslim alınmadı"),
    RadarStanding.NOT_ACTIVE: TITLES[RenewalStanding.NOT_ACTIVE],
    RadarStanding.HELD: TITLES[RenewalStanding.HELD],
    RadarStanding.WITH_COURIER: TITLES[RenewalStanding.WITH_COURIER],
    RadarStanding.ON_TRACK: _("Yolunda"),
}
"""What the radar counts, in the order of its columns."""

LOOKS: Mapping[RenewalStanding, str] = {
    RenewalStanding.NOT_STARTED: "tag-stop",
    RenewalStanding.NO_E_ONAY: "tag-stop",
    RenewalStanding.UNDER_WAY: "tag-wait",
    RenewalStanding.HELD: "tag-wait",
    RenewalStanding.NOT_ACTIVE: "tag-wait",
    RenewalStanding.ACTIVE: "tag-done",
}
"""The look of a tag, beside its words; others have the plain one."""


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
    standing = renewal_standing(facts, today)
    return StandingText(standing, facts.opens_on if standing is RenewalStanding.HELD else None)
