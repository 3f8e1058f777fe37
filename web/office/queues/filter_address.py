"""How a list's filter stands in the address, and the links that change it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from web.kit.tables import TableColumn
from web.kit.wording import kind_title, state_title
from web.office.queues.worklist import BY_DEADLINE, GROUPS, SORTS, TITLES, QueueCursor, known_states

if TYPE_CHECKING:
    from web.office.queues.catalogue import Queue
    from web.office.queues.worklist import QueueFilter
    from workflow.model.definition import Definition

FILTERS = ("durum", "tur", "sure", "kimde")
"""The parts of the filter as they stand in the address."""

ORDER = ("sirala", "yon")
"""The parts that say how the list is sorted."""

SORTED = {"ad": "Başvuru sahibi, kurum", "gelis": "Bu duruma geliş", "son-tarih": "Son tarih"}
"""The headings of the columns that a list can be sorted by, under their words in the address."""

HOLDERS = {"ben": "Benim üzerimde", "bos": "Kimsenin üzerinde değil"}

Query = dict[str, list[str]]


def filters_of(
    queue: Queue, arguments: MultiDict[str, str], definition: Definition, user: int
) -> QueueFilter:
    """Read the filter of a list from its address; what is not ours is left out."""
    get = arguments.get
    kind, whose, sort = get("tur", ""), get("kimde", ""), get("sirala", BY_DEADLINE)
    sort = sort if sort in SORTS else BY_DEADLINE
    states = queue.scope.states
    return replace(
        queue.scope,
        states=states if queue.state else known_states(definition, _all(arguments)) or states,
        kind=kind if kind in definition.kinds else "",
        group=get("sure", "") if get("sure") in GROUPS else "",
        holder=user if whose == "ben" else queue.scope.holder,
        free=queue.scope.free or whose == "bos",
        sort=sort,
        descending=get("yon") == "azalan",
        after=QueueCursor.read(get("sonra", ""), sort),
    )


def _all(arguments: MultiDict[str, str]) -> list[str]:
    return arguments.getlist("durum")


def query_of(arguments: MultiDict[str, str], names: tuple[str, ...] = FILTERS + ORDER) -> Query:
    """Return the filter as it stands in the address, without the place in the list."""
    typed = {name: [value[:100] for value in arguments.getlist(name) if value] for name in names}
    return {name: values for name, values in typed.items() if values}


def text_of(query: Query) -> str:
    """Write a filter as the query of an address."""
    return urlencode(query, doseq=True)


def read_text(text: str) -> Query:
    """Read what ``text_of`` wrote; parts that are not of a filter are left out."""
    return query_of(MultiDict(parse_qsl(text)))


def chips(query: Query, definition: Definition) -> list[tuple[str, Query]]:
    """Return a word for each value of the filter, with the filter that is left without it."""
    return [
        (_word(name, value, definition), _without(query, name, value))
        for name in FILTERS
        for value in query.get(name, [])
    ]


def _word(name: str, value: str, definition: Definition) -> str:
    if name == "durum":
        return state_title(definition, value)
    if name == "tur":
        return kind_title(definition, value)
    return TITLES.get(value) or HOLDERS.get(value, value)


def _without(query: Query, name: str, value: str) -> Query:
    left = {**query, name: [other for other in query[name] if other != value]}
    return {key: values for key, values in left.items() if values}


def sort_columns(queue: Queue, query: Query, filters: QueueFilter) -> list[TableColumn]:
    """Return the columns that a list can be sorted by, each with the link that sorts by it."""
    return [
        TableColumn(
            title,
            address=queue.at(_sorted_by(query, filters, sort)),
            direction=_direction(filters, sort),
        )
        for sort, title in SORTED.items()
    ]


def _sorted_by(query: Query, filters: QueueFilter, sort: str) -> Query:
    """Return the address that sorts by a column, the other way when it is sorted by it."""
    back = filters.sort == sort and not filters.descending
    return {**query, "sirala": [sort], "yon": ["azalan" if back else "artan"]}


def _direction(filters: QueueFilter, sort: str) -> str:
    """Return how a column is sorted in the words of ``aria-sort``."""
    if filters.sort != sort:
        return "none"
    return "descending" if filters.descending else "ascending"
