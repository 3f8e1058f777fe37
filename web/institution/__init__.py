"""What a coordinator sees: whose certificates end when, and the upload of his staff list."""

from web.institution import roster_page, upload
from web.institution.blueprint import blueprint

__all__ = ["blueprint", "roster_page", "upload"]
