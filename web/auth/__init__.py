"""Signing in and out: personas in the demo, an OpenID provider, or the card."""

from web.auth import card, everywhere
from web.auth.views import blueprint

__all__ = ["blueprint", "card", "everywhere"]
