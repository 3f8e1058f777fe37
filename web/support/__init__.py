"""Whom people ask for help: the units, the proposals to change them, questions and answers."""

from web.support import answering, asking, views
from web.support.blueprint import blueprint

__all__ = ["answering", "asking", "blueprint", "views"]
