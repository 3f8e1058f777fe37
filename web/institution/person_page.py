"""The page of a person of a coordinator's subtree: what is so, what was told, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, render_template

from handlers.kit.roles import COORDINATOR
from handlers.ways.asked import routing_day
from states.logs.reminder import Ladder
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.institution import people
from web.institution.blueprint import blueprint
from web.institution.request import address_of
from web.institution.subtree import own_institution
from web.kit.ways import shown
from workflow.model.refusal import RoleNotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from web.institution.people import CertificateLine


@dataclass(frozen=True, slots=True)
class OwnMoves:
    """The moves of a certificate that its coordinator may make, and why not the others.

    Of each that may be made title and address, of each other one title and reason.
    """

    open: Sequence[tuple[str, str]]
    closed: Sequence[tuple[str, str]]


@blueprint.get("/kurum/kisi/<int:number>")
@allow(COORDINATOR)
def person(number: int) -> ResponseReturnValue:
    """Show a person of the coordinator's subtree; 404 alike for others and for nobody."""
    top = own_institution()
    found = None if top is None else people.find(composed().database, number, top.path)
    if found is None:
        abort(404)
    engine = composed().engine
    day = routing_day(engine)
    sheet = people.read(engine, *found, day)
    return render_template(
        "institution/person.html",
        sheet=sheet,
        route=shown(sheet.route, day),
        moves={one.id: _moves(one) for one in sheet.certificates},
        standings=people.STANDINGS,
        ladders=people.LADDERS,
        step_words=step_words,
        certificates=composed().library.workflow("certificate"),
        applications=composed().library.workflow("application"),
    )


def step_words(ladder: str, step: int) -> str:
    """Say which step of a ladder it is; one by hand has its day only."""
    if ladder == Ladder.BY_HAND:
        return ""
    if ladder in {Ladder.COORDINATOR, Ladder.ABOVE}:
        return gettext("yenileme dönemi başladıktan %(n)s gün sonra", n=step)
    return gettext("bitişe %(n)s gün kala", n=step)


def _moves(one: CertificateLine) -> OwnMoves:
    """Sort the moves of a certificate that have a page here by whether they may be made now."""
    engine = composed().engine
    definition = engine.library.workflow("certificate")
    opened, closed = [], []
    for explained in engine.explain(one.id, current().actor, workflow="certificate"):
        address = address_of(explained.transition.name, one.reference)
        refusal = explained.refusal
        title = spoken(explained.transition.title)
        if not address:
            continue
        if refusal is None:
            opened.append((title, address))
        elif not isinstance(refusal, RoleNotAllowed):
            closed.append((title, told(refusal, definition)))
    return OwnMoves(opened, closed)
