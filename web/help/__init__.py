"""What people may read without signing in: contact, personal data, instructions."""

from web.help.views import blueprint

__all__ = ["blueprint"]
