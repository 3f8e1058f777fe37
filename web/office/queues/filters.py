"""Saving and deleting the filters of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request

from handlers.desk import saved_filters
from handlers.kit.roles import DESK
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.office.blueprint import blueprint
from web.office.queues import filter_address
from web.office.queues.pages import QueueViewer
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.office.queues.catalogue import Queue
    from web.office.queues.filter_address import Query


@blueprint.post("/filtre/uygula")
@allow(*DESK)
def apply_filter() -> ResponseReturnValue:
    """Take a filter that was typed to its address, in which no name stands open."""
    queue = QueueViewer().queue_of(request.form.get("liste", ""))
    return _to_list(queue, filter_address.typed_in(request.form))


@blueprint.post("/filtre")
@allow(*DESK)
def save_filter() -> ResponseReturnValue:
    """Keep the filter of a list under a name."""
    desk = QueueViewer()
    queue = desk.queue_of(request.form.get("liste", ""))
    query = filter_address.read_text(request.form.get("filtre", ""))
    kept = filter_address.without_name(query)
    place, composition = saved_filters.FilterPlace(desk.user, queue.key), composed()
    name = request.form.get("ad", "")
    try:
        saved_filters.save(
            composition.database,
            place,
            saved_filters.NamedFilter(
                name, filter_address.text_of(kept), shared=bool(request.form.get("ortak"))
            ),
            composition.clock.now(),
        )
    except RuleFailed as error:
        flash(gettext("Filtre kaydedilmedi: %(why)s", why=told(error, desk.definition)), "danger")
    else:
        flash(gettext("Filtre kaydedildi."), "success")
    return _to_list(queue, query)


@blueprint.post("/filtre/<int:number>/sil")
@allow(*DESK)
def forget_filter(number: int) -> ResponseReturnValue:
    """Delete a filter of one's own; one that is not there is gone already."""
    desk = QueueViewer()
    queue = desk.queue_of(request.form.get("liste", ""))
    if saved_filters.forget(composed().database, desk.user, number):
        flash(gettext("Filtre silindi."), "success")
    return _to_list(queue, filter_address.read_text(request.form.get("filtre", "")))


def _to_list(queue: Queue, query: Query) -> ResponseReturnValue:
    return redirect(queue.at(query))
