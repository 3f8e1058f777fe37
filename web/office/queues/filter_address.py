"""How a list's filter stands in the address, and the links that change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from states.kit.text import normal, sort_key
from web.gate.language import lazy_gettext
from web.gate.language import lazy_gettext as _
from web.gate.sealed_names import open_name, seal_name
from web.kit.formats import day as day_words
from web.kit.tables import TableColumn
from web.kit.wording import kind_title, state_title
from web.office.queues.worklist import BY_DEADLINE, GROUPS, SORTS, TITLES, QueueCursor, known_states

if TYPE_CHECKING:
    from web.office.queues.catalogue import Queue
    from web.office.queues.worklist import QueueFilter
    from workflow.model.definition import Definition

NAME = "ad"
"""The part that holds a name; it stands sealed in an address (`web.gate.sealed_names`)."""

FILTERS = ("durum", "tur", "sure", "kimde", "kurum", "ilk", "son", NAME)
"""The parts of the filter as they stand in the address."""

LONGEST = 300
"""Characters of one value; a sealed name is the longest."""

ORDER = ("sirala", "yon")
"""The parts that say how the list is sorted."""

SORTED = {
    "ad": _("Başvuru sahibi, kurum"),
    "gelis": _("Bu duruma geliş"),
    "son-tarih": _("Son tarih"),
}
"""The headings of the columns that a list can be sorted by, under their words in the address."""

HOLDERS = {"ben": _("Benim üzerimde"), "bos": _("Kimsenin üzerinde değil")}

WORDS = {
    "kurum": lazy_gettext("Kurum: {}"),
    "ilk": lazy_gettext("Son tarihi {} ya da sonrası"),
    "son": lazy_gettext("Son tarihi {} ya da öncesi"),
    NAME: lazy_gettext("Ada göre"),
}
"""How a part of the filter is said that has no words of its own."""

LONGEST_NAME = 60
"""Characters of a name that a list is filtered by."""

_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)

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
        institution=_code(get("kurum", "")),
        first=_day(get("ilk", "")),
        last=_day(get("son", "")),
        name=sort_key(open_name(get(NAME, ""))),
        sort=sort,
        descending=get("yon") == "azalan",
        after=QueueCursor.read(get("sonra", ""), sort),
    )


def _code(typed: str) -> str:
    """Return the code of an institution as it is kept: in capitals, without blanks around it."""
    return typed.strip().translate(_CAPITALS)[:LONGEST]


def _day(typed: str) -> date | None:
    """Return the day that an address names, as people write it; None for what is none."""
    try:
        return datetime.strptime(typed.strip(), "%d.%m.%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def _all(arguments: MultiDict[str, str]) -> list[str]:
    return arguments.getlist("durum")


def query_of(arguments: MultiDict[str, str], names: tuple[str, ...] = FILTERS + ORDER) -> Query:
    """Return the filter as it stands in the address, without the place in the list."""
    typed = {
        name: [value[:LONGEST] for value in arguments.getlist(name) if value] for name in names
    }
    return {name: values for name, values in typed.items() if values}


def text_of(query: Query) -> str:
    """Write a filter as the query of an address."""
    return urlencode(query, doseq=True)


def read_text(text: str) -> Query:
    """Read what ``text_of`` wrote; parts that are not of a filter are left out."""
    return query_of(MultiDict(parse_qsl(text)))


def chips(query: Query, definition: Definition) -> list[tuple[str, Query]]:
    """Return a word for each value of the filter, with the filter that is left without it.

    What these words are kept in holds no name, so a name is only said to be part of the filter.
    """
    return [
        (_word(name, value, definition), _without(query, name, value))
        for name in FILTERS
        for value in query.get(name, [])
    ]


def without_name(query: Query) -> Query:
    """Return a filter as it may be kept: a name is nobody's but of the one who typed it."""
    return {name: values for name, values in query.items() if name != NAME}


def typed_in(form: MultiDict[str, str]) -> Query:
    """Return the filter that a form brings, with the name that was typed sealed."""
    found = without_name(query_of(form))
    sealed = seal_name(normal(form.get("ara", ""))[:LONGEST_NAME])
    return {**found, NAME: [sealed]} if sealed else found


def _word(name: str, value: str, definition: Definition) -> str:
    if name == "durum":
        return state_title(definition, value)
    if name == "tur":
        return kind_title(definition, value)
    if name in WORDS:
        day = _day(value)
        return WORDS[name].format(day_words(day) if day else value)
    return str(TITLES.get(value) or HOLDERS.get(value, value))


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
