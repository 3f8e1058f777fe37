"""What a coordinator sees: whose certificates end when, and the upload of their staff list."""

from web.institution import (
    bulk,
    letter_files,
    letter_form,
    letters,
    person_page,
    radar_page,
    request,
    roster_page,
    upload,
)
from web.institution.blueprint import blueprint

__all__ = [
    "blueprint", "bulk", "letter_files", "letter_form", "letters", "person_page", "radar_page",
    "request", "roster_page", "upload",
]  # fmt: skip
