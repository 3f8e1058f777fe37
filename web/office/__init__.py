"""What an officer and an operator see: their lists, a case, and the moves they may make."""

from web.office import overview
from web.office.blueprint import blueprint
from web.office.bulk import pages as bulk_pages
from web.office.cases import claiming, counter, paper_desk, scans, views
from web.office.handover import deliveries, labels, returns
from web.office.handover import pages as handover_pages
from web.office.people import (
    name_changes,
    person_data,
    registrations,
    search,
    standing_pages,
    unreachable,
)
from web.office.production import pages as production_pages
from web.office.production import shift_pages
from web.office.queues import absence_pages, filters, workload
from web.office.queues import pages as queue_pages
from web.office.stock import pages as stock_pages

__all__ = [
    "absence_pages",
    "blueprint",
    "bulk_pages",
    "claiming",
    "counter",
    "deliveries",
    "filters",
    "handover_pages",
    "labels",
    "name_changes",
    "overview",
    "paper_desk",
    "person_data",
    "production_pages",
    "queue_pages",
    "registrations",
    "returns",
    "scans",
    "search",
    "shift_pages",
    "standing_pages",
    "stock_pages",
    "unreachable",
    "views",
    "workload",
]
