"""Whom the people of an institution ask for help: the units, and the proposals to change them."""

from web.support import views
from web.support.blueprint import blueprint

__all__ = ["blueprint", "views"]
