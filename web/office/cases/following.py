"""The next case: after a move somebody goes on with the same task, where there is another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import flash, url_for

from web.gate.composition import composed
from web.gate.language import lazy_gettext
from web.gate.session import current
from web.office.queues import lists
from web.office.queues.pages import QueueViewer
from web.office.queues.worklist import QueueFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.kit.reading import CaseRecord
    from workflow.model.definition import Transition

LOOKED_AT = 20
"""Cases that are asked, the most urgent first, whether the move can be made in them."""

NONE_LEFT = lazy_gettext("Bu işlem için sırada başka başvuru yok.")


def next_address(case: CaseRecord, move: Transition) -> str:
    """Return the page of this move in the next case, of one's own first; else one's work list."""
    for one in _candidates(case):
        explained = composed().engine.explain(one.id, current().actor, workflow=case.workflow)
        if any(item.transition.name == move.name and item.allowed for item in explained):
            return url_for("office.move", reference=one.reference, trigger=move.name)
    flash(str(NONE_LEFT), "info")
    return url_for("office.worklist_page")


def _candidates(case: CaseRecord) -> Iterator[lists.QueueRow]:
    """Yield the other cases where this one stood: those that one holds, then those nobody does."""
    desk, database = QueueViewer(), composed().database
    scope = QueueFilter((case.state,))
    for asked in (replace(scope, holder=desk.user), replace(scope, free=True)):
        found = lists.top(database, asked, desk.today, LOOKED_AT)
        yield from (one for one in found if one.id != case.id)
