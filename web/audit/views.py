"""Owns the auditor's pages: the journal, its proof and its export; all of them only read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from handlers.reads import record_read
from web.audit import entries, proof, takeout
from web.audit.asked import Asked
from web.composition import composed
from web.people import names_of
from web.permissions import allow
from web.session import current
from workflow.refusal import DefinitionMissing
from workflow.sentences import sentence

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.audit.entries import Line
    from workflow.definition import Definition

blueprint = Blueprint("audit", __name__, url_prefix="/denetim")

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@blueprint.get("/gunluk")
@allow("auditor")
def journal() -> ResponseReturnValue:
    """Show the journal, newest first, filtered by the address."""
    asked = Asked.of(request.args)
    problems = asked.problems()
    lines, following, total = ([], None, 0) if problems else _lines(asked)
    page = render_template(
        "audit/journal.html",
        asked=asked,
        problems=problems,
        lines=lines,
        total=total,
        following=following,
        paged="sonra" in request.args,
        names=names_of(composed().database, [line.actor for line in lines]),
        definitions={line.workflow: definition_of(line) for line in lines},
        why=why,
        proof=proof.last(),
        triggers=_triggers(),
    )
    return page, 422 if problems else 200


def _lines(asked: Asked) -> tuple[list[Line], entries.Mark | None, int]:
    database = composed().database
    after = entries.Mark.read(request.args.get("sonra", ""))
    read = entries.refusals if asked.refused else entries.moves
    lines, following = read(database, asked.meant(), after)
    return lines, following, entries.count(database, asked.meant(), refused=asked.refused)


def _triggers() -> dict[str, str]:
    """Return the transitions of all workflows with their titles, each name once."""
    found: dict[str, str] = {}
    for definition in composed().library.current.values():
        for move in definition.transitions.values():
            found.setdefault(move.name, move.title.tr)
    return found


def definition_of(line: Line) -> Definition | None:
    """Return the definition a line speaks of, the current one for a refused attempt."""
    library = composed().library
    try:
        if line.definition:
            return library.pinned(line.definition)
    except DefinitionMissing:
        pass
    return library.current.get(line.workflow)


def why(line: Line) -> str:
    """Say in Turkish why an attempt was refused."""
    return sentence(
        definition_of(line), line.code, {"rule": line.code, **(line.params or {})}, "tr"
    )


@blueprint.get("/gunluk/aktar")
@allow("auditor")
def export() -> ResponseReturnValue:
    """Hand out exactly what the filter shows, as CSV or JSON Lines."""
    fmt = request.args.get("bicim", "")
    asked = Asked.of(request.args)
    if fmt not in MEDIA_TYPES or asked.problems():
        abort(400)
    house = composed()
    taken = takeout.take_out(
        house.database,
        asked,
        "csv" if fmt == "csv" else "jsonl",
        house.clock.now(),
        current().actor.name,
    )
    record_read(
        house.office,
        current().actor,
        f"journal:{taken.head.entries}:{taken.head.last_hash}",
        json.dumps(dict(taken.head.filter), ensure_ascii=False, sort_keys=True),
    )
    name = f"gunluk-{house.clock.now():%Y%m%d-%H%M%S}.{fmt}"
    answer = Response(taken, content_type=MEDIA_TYPES[fmt])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/dogrula")
@allow("auditor")
def verify() -> ResponseReturnValue:
    """Verify the whole journal and show the outcome on its page."""
    proof.make()
    return redirect(url_for("audit.journal"))
