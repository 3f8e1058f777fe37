"""What a coordinator sees: whose certificates end when, and the upload of their staff list."""

from web.institution import radar_page, request, roster_page, upload
from web.institution.blueprint import blueprint

__all__ = ["blueprint", "radar_page", "request", "roster_page", "upload"]
