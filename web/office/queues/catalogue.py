"""Which lists there are: one's own cases, those one may take, and a queue for each task."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import url_for

from handlers.kit.roles import OPERATOR
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.office.queues.worklist import QueueFilter, carries_on, open_states, workable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition

QUEUES = {
    "wet_signature": _("Kaydedilecek evrak"),
    "in_person": _("Kimliği görülecekler"),
    "paper_received": _("İncelenecek evrak"),
    "in_review": _("İncelenecek yanıtlar"),
    "queued": _("Üretim sırası"),
    "production_stopped": _("Üretimi duranlar"),
    "produced": _("Kurye kaydı alınacaklar"),
    "not_booked": _("Kurye kaydı alınamayanlar"),
    "booked": _("Kuryeye verilecekler"),
    "couriered": _("Kuryedekiler"),
    "awaiting_collection": _("Alınmayı bekleyen gönderiler"),
    "courier_silent": _("Haber alınamayan gönderiler"),
    "recalled": _("Kuryeden geri istenenler"),
    "delivery_contested": _("İncelenecek teslimatlar"),
    "courier_returned": _("Kuryeden dönenler"),
}
"""What a queue is called by what is done there; a state that is not named goes by its title."""

MINE, FREE, EVERY, PRODUCTION = "benim", "bos", "hepsi", "uretim"


@dataclass(frozen=True, slots=True)
class Queue:
    """One list: its key, its title, where it stands, and which cases belong to it.

    ``scope`` is what belongs to it before any filter; ``state`` the state of a queue, and
    ``tasks`` the titles of the moves that are made there.
    """

    key: str
    title: str
    endpoint: str
    scope: QueueFilter
    empty: str
    state: str = ""
    tasks: tuple[str, ...] = ()

    def at(self, query: Mapping[str, list[str]] = MappingProxyType({})) -> str:
        """Return the address of the list with a filter."""
        values: dict[str, Any] = {**query}
        if self.state:
            values["queue"] = self.state
        return url_for(self.endpoint, **values)


def queues_of(definition: Definition, role: str, user: int) -> list[Queue]:
    """Return the lists of somebody in a role, in the order in which they are offered."""
    states = workable(definition, role)
    every = open_states(definition)
    own = Queue(
        MINE, gettext("İş listem"), "office.worklist_page", QueueFilter(holder=user),
        gettext("Üzerinizde başvuru yok; alınabileceklerden birini üzerinize alabilirsiniz."),
    )  # fmt: skip
    free = Queue(
        FREE, gettext("Alınabilecekler"), "office.unclaimed", QueueFilter(states, free=True),
        gettext("Alınabilecek başvuru yok."),
    )  # fmt: skip
    whole = Queue(
        EVERY,
        gettext("Tüm başvurular"),
        "office.applications",
        QueueFilter(every),
        gettext("Açık başvuru yok."),
    )
    queues = [_queue(definition, role, state) for state in states]
    return [own, free, *queues, *_production(role, states), whole]


def _production(role: str, states: tuple[str, ...]) -> list[Queue]:
    if role != OPERATOR:
        return []
    empty = gettext("Üretimde veya kuryede bekleyen başvuru yok.")
    return [
        Queue(
            PRODUCTION, gettext("Üretim ve kurye"), "office.production", QueueFilter(states), empty
        )
    ]


def _queue(definition: Definition, role: str, state: str) -> Queue:
    moves = [move for move in definition.moves_from(state) if role in move.by]
    carrying = sorted(moves, key=lambda move: not carries_on(definition, move))
    return Queue(
        key=f"sira:{state}",
        title=QUEUES.get(state, spoken(definition.states[state].title)),
        endpoint="office.queue",
        scope=QueueFilter((state,)),
        empty=gettext("Bu sırada başvuru yok."),
        state=state,
        tasks=tuple(spoken(move.title) for move in carrying),
    )
