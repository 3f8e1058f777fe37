"""What an applicant sees: his applications, his e-onay, his certificates, and the code page."""

from web.portal import application, approval, certificate, code, consent, filing, home, pin
from web.portal.blueprint import blueprint

__all__ = [
    "application",
    "approval",
    "blueprint",
    "certificate",
    "code",
    "consent",
    "filing",
    "home",
    "pin",
]
