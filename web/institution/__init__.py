"""What a coordinator sees: whose certificates end when, and the upload of their staff list."""

from web.institution import request, roster_page, upload
from web.institution.blueprint import blueprint

__all__ = ["blueprint", "request", "roster_page", "upload"]
