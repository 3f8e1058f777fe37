"""What an officer and an operator see: their lists, a case, and the moves they may make."""

from web.office import overview
from web.office.bulk import pages as bulk
from web.office.cases import claiming, counter, scans, views
from web.office.face import blueprint
from web.office.people import person_data, search, standing_pages
from web.office.queues import filters, queues

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
