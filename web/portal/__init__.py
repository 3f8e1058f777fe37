"""What an applicant sees: applications, e-onay, certificates, and the code page."""

from web.portal import (
    address,
    application,
    approval,
    certificate,
    code,
    consent,
    contact,
    filing,
    home,
    lost_card,
    messages,
    pin,
)
from web.portal.blueprint import blueprint

__all__ = [
    "address",
    "application",
    "approval",
    "blueprint",
    "certificate",
    "code",
    "consent",
    "contact",
    "filing",
    "home",
    "lost_card",
    "messages",
    "pin",
]
