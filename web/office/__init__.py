"""What an officer and an operator see: their lists, a case, and the moves they may make."""

from web.office import queues, views
from web.office.face import blueprint

__all__ = ["blueprint", "queues", "views"]
