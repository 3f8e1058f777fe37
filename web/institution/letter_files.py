"""The files of letters to units: the draft, the sealed letter, and a unit's own list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort

from handlers.kit.roles import COORDINATOR, OFFICER
from handlers.unit_letters import archive, drawing
from web.gate.composition import composed
from web.gate.permissions import allow
from web.institution.blueprint import blueprint
from web.institution.letters import as_row, own_letter, received
from web.institution.subtree import own_institution

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.papers.document import Document

PDF = "application/pdf"
NAMES = {"yazi": "yazi.pdf", "liste": "liste.pdf", "tablo": "liste.xlsx"}


@blueprint.get("/kurum/yazilar/<reference>/taslak.pdf")
@allow(COORDINATOR, OFFICER)
def letter_draft(reference: str) -> ResponseReturnValue:
    """Show how a letter will look, before it has number, code and seal."""
    found = own_letter(reference)
    if found.state != "proposed":
        abort(404)
    draft = drawing.draft(composed().engine, as_row(found))
    return _file(draft, PDF, f"{found.reference}-taslak.pdf")


@blueprint.get("/kurum/yazilar/<reference>/yazi.pdf")
@allow(COORDINATOR, OFFICER)
def sent_paper(reference: str) -> ResponseReturnValue:
    """Hand out the sealed letter to its sender."""
    found = own_letter(reference)
    with composed().database.connect() as connection:
        return _paper(archive.paper_of(connection, found.id, "yazi"), found.reference, "yazi")


@blueprint.get("/kurum/gelen-yazilar/<reference>/<any(yazi, liste, tablo):part>")
@allow(COORDINATOR)
def received_paper(reference: str, part: str) -> ResponseReturnValue:
    """Hand out the letter, or the own list of the unit that got it."""
    found, place = received(reference), own_institution()
    unit = None if place is None else place.id
    with composed().database.connect() as connection:
        return _paper(archive.paper_of(connection, found.id, part, unit), found.reference, part)


def _paper(document: Document | None, reference: str, part: str) -> Response:
    if document is None:
        abort(404)
    return _file(document.content, document.media_type, f"{reference}-{NAMES[part]}")


def _file(content: bytes, media_type: str, name: str) -> Response:
    sort = "inline" if media_type == PDF else "attachment"
    head = {"Content-Disposition": f'{sort}; filename="{name}"'}
    return Response(content, content_type=media_type, headers=head)
