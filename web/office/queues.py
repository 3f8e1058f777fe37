"""Owns the pages of the lists: what waits for somebody, most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from web.composition import composed
from web.office import worklist
from web.office.face import blueprint
from web.permissions import allow
from workflow.clock import day_in_istanbul

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@blueprint.get("/is-listem")
@allow("officer")
def worklist_page() -> ResponseReturnValue:
    """List the applications that an officer carries on, most urgent first."""
    return _list("officer", "office/worklist.html")


@blueprint.get("/uretim")
@allow("operator")
def production() -> ResponseReturnValue:
    """List the applications in production and with the courier."""
    return _list("operator", "office/production.html")


def _list(role: str, template: str) -> ResponseReturnValue:
    house = composed()
    definition = house.library.workflow("application")
    mine = worklist.workable(definition, role)
    today = day_in_istanbul(house.clock.now())
    wanted = _wanted(mine)
    found = worklist.read(house.database, wanted, today)
    following = {**request.args.to_dict(flat=False), "sonra": [found.following]}
    return render_template(
        template,
        page=found,
        wanted=wanted,
        mine=mine,
        definition=definition,
        groups=worklist.TITLES,
        asked=_asked(),
        following=following if found.following else None,
    )


def _wanted(mine: tuple[str, ...]) -> worklist.Wanted:
    """Read the filter from the address; what is not ours is left out."""
    definition = composed().library.workflow("application")
    kind = request.args.get("tur", "")
    return worklist.Wanted(
        states=worklist.known_states(definition, request.args.getlist("durum")) or mine,
        ending=worklist.ending(definition),
        kind=kind if kind in definition.kinds else "",
        group=request.args.get("sure", ""),
        text=request.args.get("ara", "").strip()[:100],
        after=worklist.parse_after(request.args.get("sonra", "")),
    )


def _asked() -> dict[str, list[str]]:
    """Return the filter as it stands in the address, without the place in the list."""
    known = ("ara", "durum", "tur", "sure")
    return {name: [v for v in request.args.getlist(name) if v] for name in known}
