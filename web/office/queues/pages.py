"""The pages of the lists: one's own cases, those one may take, and the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request

from handlers.desk import saved_filters
from handlers.desk.claims import user_id
from handlers.kit.roles import DESK, OPERATOR
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.sealed_names import open_name
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.queues import filter_address, lists
from web.office.queues.catalogue import EVERY, FREE, MINE, PRODUCTION, Queue, queues_of
from web.office.queues.worklist import TITLES, QueueFilter, matching, open_states, workable
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from web.office.queues.filter_address import Query
    from web.office.queues.worklist import Rows
    from workflow.model.definition import Definition

FEW = 10
"""Rows of what one may take, shown below one's own cases."""


@blueprint.get("/is-listem")
@allow(*DESK)
def worklist_page() -> ResponseReturnValue:
    """List one's own open applications by lateness, and the most urgent that one may take."""
    desk = QueueViewer()
    shown = desk.page(MINE)
    return render_template("office/worklist.html", **shown, offered=_offered(desk, shown))


@blueprint.get("/alinabilecekler")
@allow(*DESK)
def unclaimed() -> ResponseReturnValue:
    """List the applications that nobody holds and one may take up."""
    return render_template("office/list.html", **QueueViewer().page(FREE))


@blueprint.get("/basvurular")
@allow(*DESK)
def applications() -> ResponseReturnValue:
    """List all open applications, or those in the states that are asked for."""
    return render_template("office/list.html", **QueueViewer().page(EVERY))


@blueprint.get("/uretim")
@allow(OPERATOR)
def production() -> ResponseReturnValue:
    """List the applications in production and with the courier."""
    return render_template("office/production.html", **QueueViewer().page(PRODUCTION))


@blueprint.get("/sira/<queue>")
@allow(*DESK)
def queue(queue: str) -> ResponseReturnValue:
    """List the applications that wait for one task."""
    return render_template("office/list.html", **QueueViewer().page(f"sira:{queue}"))


@blueprint.app_template_filter()
def address(query: Query) -> str:
    """Write a filter as the query of an address, for forms that carry it along."""
    return filter_address.text_of(query)


def matching_here() -> Rows:
    """Return the SELECT of the ids that the filter in this request's address finds.

    ``liste`` in the address names the list (`Queue.key`); 404 for none of
    ours.
    """
    desk = QueueViewer()
    filters = desk.filters_of(desk.queue_of(request.args.get("liste", "")))
    return matching(filters, desk.today)


def role_at_desk() -> str:
    """Return the role in which somebody works at the desk."""
    return next(role for role in DESK if role in current().actor.roles)


class QueueViewer:
    """Where somebody sits: their role, their lists, and the day."""

    definition: Definition
    today: date

    def __init__(self) -> None:
        """Take in who asks and when."""
        composition = composed()
        self.definition = composition.library.workflow("application")
        self.today = day_in_istanbul(composition.clock.now())
        self.user = user_id(current().actor)
        self.role = role_at_desk()
        self.queues = queues_of(self.definition, self.role, self.user)

    def queue_of(self, key: str) -> Queue:
        """Return one of the lists; 404 for one that is not for this role."""
        found = next((one for one in self.queues if one.key == key), None)
        return found or abort(404)

    def filters_of(self, queue: Queue) -> QueueFilter:
        """Return what the address asks of a list."""
        return filter_address.filters_of(queue, request.args, self.definition, self.user)

    def page(self, key: str) -> dict[str, Any]:
        """Return what the page of a list shows."""
        queue = self.queue_of(key)
        filters = self.filters_of(queue)
        database = composed().database
        found = lists.read(database, filters, self.today)
        query = filter_address.query_of(request.args)
        following = {**query, "sonra": [found.following]} if found.following else None
        place = saved_filters.FilterPlace(self.user, key)
        return {
            "queue": queue,
            "queues": self.queues,
            "sizes": self._sizes(),
            "page": found,
            "filters": filters,
            "query": query,
            "chips": filter_address.chips(query, self.definition),
            "filtered": bool(filter_address.query_of(request.args, filter_address.FILTERS)),
            "following": following,
            "definition": self.definition,
            "mine": workable(self.definition, self.role),
            "user": self.user,
            "typed_name": open_name(request.args.get(filter_address.NAME, "")),
            "groups": TITLES,
            "holders": filter_address.HOLDERS,
            "choices": [] if queue.state else self._choices(queue),
            "saved": saved_filters.saved(database, place),
            "sorts": filter_address.sort_columns(queue, query, filters),
        }

    def _sizes(self) -> dict[str, lists.Count]:
        """Return how long each list is; all open applications together are not counted."""
        states = workable(self.definition, self.role)
        found = lists.sizes(composed().database, states, self.user)
        queues = {f"sira:{state}": count for state, count in found.by_state.items()}
        return {MINE: found.held, FREE: found.free, PRODUCTION: found.together, **queues}

    def _choices(self, queue: Queue) -> list[str]:
        """Return the states to choose from: those of the list, then those that are closed."""
        states = queue.scope.states or open_states(self.definition)
        closed = [name for name, state in self.definition.states.items() if state.final]
        return [*states, *closed] if queue.key == EVERY else list(states)


def _offered(desk: QueueViewer, shown: dict[str, Any]) -> list[lists.QueueRow]:
    """Return the most urgent applications that one may take, beside the first page only."""
    if shown["filtered"] or shown["filters"].after is not None:
        return []
    return lists.top(composed().database, desk.queue_of(FREE).scope, desk.today, FEW)
