"""Where anybody gets nes-imza, the card holder's program."""

from web.imza.views import blueprint

__all__ = ["blueprint"]
