"""The columns of a table of data, and what its cells carry for a narrow screen.

A wide table is read by its columns. On a narrow screen ``site.css`` lays each row out as a block,
where a cell says the heading of its column before its value (WCAG 2.2, 1.4.10). A browser may take
an element laid out in another way for no part of a table any more, so the roles are written out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask import Flask

_OPENING = re.compile(r"<(tr|td|th)(?=[\s>])")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """The heading of a column; one that sorts has the address that sorts by it."""

    title: str
    number: bool = False
    address: str = ""
    direction: str = "none"
    """How the table is sorted by it, in the words of ``aria-sort``."""


def table_columns(columns: Iterable[str | TableColumn]) -> list[TableColumn]:
    """Return the columns of a table; a bare title is a column of text."""
    return [TableColumn(one) if isinstance(one, str) else one for one in columns]


def labelled_cells(rows: str, columns: Sequence[TableColumn]) -> Markup:
    """Return the rows of a table, each cell with its role and the heading of its column."""
    labels = [str(escape(column.title)) for column in columns]
    found: list[str] = []
    end, cells = 0, chain(labels, repeat(""))
    for opening in _OPENING.finditer(rows):
        tag = opening.group(1)
        found += [rows[end : opening.end()], f' role="{_ROLES[tag]}"']
        end = opening.end()
        if tag == "tr":
            cells = chain(labels, repeat(""))
        elif label := next(cells):
            found.append(f' data-label="{label}"')
    return Markup("".join([*found, rows[end:]]))  # noqa: S704 - the rows come from a template


_ROLES = {"tr": "row", "td": "cell", "th": "rowheader"}


def add_tables(app: Flask) -> None:
    """Give the templates what the macro ``data_table`` is made of."""
    app.jinja_env.globals.update(column=TableColumn)
    app.jinja_env.filters.update(table_columns=table_columns, labelled_cells=labelled_cells)
