"""Which lists there are: one's own cases, those one may take, and a queue for each task."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import url_for

from handlers.kit.roles import OPERATOR
from web.gate.language import spoken
from web.office.queues.worklist import QueueFilter, carries_on, open_states, workable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition

QUEUES = {
    "wet_signature": "Kaydedilecek evrak",
    "in_person": "Kimliği görülecekler",
    "paper_received": "İncelenecek evrak",
    "in_review": "İncelenecek yanıtlar",
    "queued": "Üretim sırası",
    "production_stopped": "Üretimi duranlar",
    "produced": "Kurye kaydı alınacaklar",
    "not_booked": "Kurye kaydı alınamayanlar",
    "booked": "Kuryeye verilecekler",
    "couriered": "Kuryedekiler",
    "awaiting_collection": "Alınmayı bekleyen gönderiler",
    "courier_silent": "Haber alınamayan gönderiler",
    "recalled": "Kuryeden geri istenenler",
    "delivery_contested": "İncelenecek teslimatlar",
    "courier_returned": "Kuryeden dönenler",
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
        MINE, "İş listem", "office.worklist_page", QueueFilter(holder=user),
        "Üzerinizde başvuru yok; alınabileceklerden birini üzerinize alabilirsiniz.",
    )  # fmt: skip
    free = Queue(
        FREE, "Alınabilecekler", "office.unclaimed", QueueFilter(states, free=True),
        "Alınabilecek başvuru yok.",
    )  # fmt: skip
    whole = Queue(
        EVERY, "Tüm başvurular", "office.applications", QueueFilter(every), "Açık başvuru yok."
    )
    queues = [_queue(definition, role, state) for state in states]
    return [own, free, *queues, *_production(role, states), whole]


def _production(role: str, states: tuple[str, ...]) -> list[Queue]:
    if role != OPERATOR:
        return []
    empty = "Üretimde veya kuryede bekleyen başvuru yok."
    return [Queue(PRODUCTION, "Üretim ve kurye", "office.production", QueueFilter(states), empty)]


def _queue(definition: Definition, role: str, state: str) -> Queue:
    moves = [move for move in definition.moves_from(state) if role in move.by]
    carrying = sorted(moves, key=lambda move: not carries_on(definition, move))
    return Queue(
        key=f"sira:{state}",
        title=QUEUES.get(state, spoken(definition.states[state].title)),
        endpoint="office.queue",
        scope=QueueFilter((state,)),
        empty="Bu sırada başvuru yok.",
        state=state,
        tasks=tuple(spoken(move.title) for move in carrying),
    )
