"""What an officer and an operator see: their lists, a case, and the moves they may make."""

from web.office.views import blueprint

__all__ = ["blueprint"]
