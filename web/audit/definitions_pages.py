"""The history of the definitions: what was published when, and what changed between two."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from flask import abort, render_template, request
from sqlalchemy import select

from handlers.kit.roles import AUDITOR
from states.logs.journal import PublishedDefinition
from web.audit import messages
from web.audit.blueprint import blueprint
from web.gate.composition import composed
from web.gate.permissions import allow
from workflow.model.refusal import DefinitionMissing
from workflow.present.difference import differences
from workflow.running import journal_verification

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Row

    from workflow.model.definition import Definition

BEFORE, AFTER = "once", "sonra"
"""The names of the two definitions in the address."""


@blueprint.get("/tanimlar")
@allow(AUDITOR)
def definitions() -> ResponseReturnValue:
    """List the published definitions of each workflow, newest first."""
    composition = composed()
    history: dict[str, list[Row[str, str, datetime]]] = {}
    query = select(
        PublishedDefinition.sha256, PublishedDefinition.workflow, PublishedDefinition.published_at
    ).order_by(PublishedDefinition.published_at.desc(), PublishedDefinition.sha256)
    with composition.database.connect() as connection:
        for row in connection.execute(query):
            history.setdefault(row.workflow, []).append(row)
    return render_template(
        "audit/definitions.html",
        history=history,
        current=composition.library.current,
        counted=journal_verification.last_proof(composition.database),
    )


@blueprint.get("/tanimlar/fark")
@allow(AUDITOR)
def difference() -> ResponseReturnValue:
    """Show in words what changed from one published definition to another of its workflow."""
    before, after = _published(BEFORE), _published(AFTER)
    if before.name != after.name:
        abort(400)
    changes = differences(before, after)
    return render_template(
        "audit/difference.html",
        before=before,
        after=after,
        total=len(changes),
        sections=[(name, list(found)) for name, found in groupby(changes, attrgetter("section"))],
        messages=messages,
        moments=_moments(before, after),
    )


def _published(name: str) -> Definition:
    try:
        return composed().library.published(request.args.get(name, ""))
    except DefinitionMissing:
        abort(404)


def _moments(*definitions: Definition) -> dict[str, datetime]:
    query = select(PublishedDefinition.sha256, PublishedDefinition.published_at).where(
        PublishedDefinition.sha256.in_([definition.sha256 for definition in definitions])
    )
    with composed().database.connect() as connection:
        return {row.sha256: row.published_at for row in connection.execute(query)}
