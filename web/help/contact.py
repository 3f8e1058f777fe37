"""Where people get help from this office: what the settings say, an invented one in the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from states.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Contact:
    """The office as people outside know it; what is not set is None."""

    office: str
    phone: str | None = None
    email: str | None = None
    hours: str | None = None
    address: str | None = None

    @property
    def reachable(self) -> bool:
        """Whether there is anything by which the office is reached."""
        return any((self.phone, self.email, self.address))

    @property
    def dialled(self) -> str:
        """The telephone number as a link dials it (RFC 3966): digits, a leading plus."""
        kept = "".join(sign for sign in self.phone or "" if sign.isdigit() and sign.isascii())
        return f"+{kept}" if (self.phone or "").startswith("+") else kept


INVENTED = Contact(
    "TEST Sertifika Başvuru Ofisi",
    "0 (312) 000 00 00",
    "destek@ornek.invalid",
    "Hafta içi 08.30–17.30",
    "TEST Mahallesi Deneme Sokağı 5, 06000 Çankaya/Ankara",
)
"""What a demo shows where its settings say nothing."""


def contact_of(settings: Settings) -> Contact:
    """Return how the office of these settings is reached."""
    said = Contact(
        settings.office_name,
        settings.support_phone,
        settings.support_email,
        settings.support_hours,
        settings.support_address,
    )
    return INVENTED if settings.demo and not said.reachable else said
