"""What an officer and an operator see: their lists, a case, and the moves they may make."""

from web.office import (
    bulk,
    claiming,
    counter,
    filters,
    overview,
    person_data,
    queues,
    scans,
    search,
    standing_pages,
    views,
)
from web.office.face import blueprint

__all__ = [
    "blueprint",
    "bulk",
    "claiming",
    "counter",
    "filters",
    "overview",
    "person_data",
    "queues",
    "scans",
    "search",
    "standing_pages",
    "views",
]
