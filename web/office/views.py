"""Owns the pages of officers and operators: the lists, a case, its papers, its moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, render_template, request, url_for

from handlers import documents, letters
from handlers.reads import record_read
from web.composition import composed
from web.office import drawing, moves, page, signed, worklist
from web.office.face import blueprint
from web.office.forms import has_page
from web.office.purposes import PURPOSES
from web.people import names_of
from web.permissions import allow
from web.reading import timeline
from web.session import current

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.document import Document
    from web.reading import Found

LARGEST_PAPER = 200_000
"""Characters of a document shown on a page."""


@blueprint.get("/is/<reference>")
@allow("officer", "operator", "auditor")
def case(reference: str) -> ResponseReturnValue:
    """Show where a case stands, what may be done, and what stands in the way."""
    found = page.found(reference)
    return _show(found, "office/case.html", drawing=drawing.of_case(found))


@blueprint.get("/is/<reference>/evrak")
@allow("officer", "operator", "auditor")
def papers(reference: str) -> ResponseReturnValue:
    """List the documents of a case."""
    found = page.found(reference)
    entries = timeline(composed().database, found.id)
    return _show(
        found, "office/papers.html", documents=page.documents(found, entries), purposes=PURPOSES
    )


@blueprint.post("/is/<reference>/evrak/<sha256>")
@allow("officer", "operator", "auditor")
def paper(reference: str, sha256: str) -> ResponseReturnValue:
    """Show the text of a document, for a purpose that is kept."""
    found = page.found(reference)
    document, purpose = _opened(found, sha256)
    text = letters.words_of(document)[:LARGEST_PAPER]
    return _show(found, "office/paper.html", document=document, text=text, purpose=purpose)


@blueprint.post("/is/<reference>/evrak/<sha256>.pdf")
@allow("officer", "operator", "auditor")
def paper_file(reference: str, sha256: str) -> ResponseReturnValue:
    """Hand out a PDF, with its signature once it has one, for a purpose that is kept."""
    found = page.found(reference)
    document, _ = _opened(found, sha256)
    if document.media_type != letters.PDF_TYPE:
        abort(404)
    with composed().database.connect() as connection:
        content = documents.issued(connection, document)
    name = f"{found.reference}-{document.kind}.pdf"
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=document.media_type, headers=head)


def _opened(found: Found, sha256: str) -> tuple[Document, str]:
    """Return a document of a case and the purpose it is opened for, which is kept."""
    purpose = PURPOSES.get(request.form.get("amac", ""))
    if purpose is None:
        abort(400)
    entries = timeline(composed().database, found.id)
    document = {row.sha256: row for row in page.documents(found, entries)}.get(sha256)
    if document is None:
        abort(404)
    record_read(composed().office, current().actor, f"document:{sha256}", purpose, found.subject)
    return document, purpose


@blueprint.get("/is/<reference>/imza")
@allow("officer", "operator", "auditor")
def signing(reference: str) -> ResponseReturnValue:
    """Show the signatures of a case and how they were judged."""
    found = page.found(reference)
    return _show(
        found,
        "office/signing.html",
        signatures=signed.signatures(found),
        behind=signed.consent_behind(found),
    )


@blueprint.get("/is/<reference>/gecmis")
@allow("officer", "operator", "auditor")
def history(reference: str) -> ResponseReturnValue:
    """Show every move and every refused attempt of a case."""
    found = page.found(reference)
    events = page.history(found)
    names = names_of(composed().database, [event.actor for event in events])
    return _show(found, "office/history.html", events=events, names=names)


def _show(found: Found, template: str, **more: object) -> str:
    about = page.subject(found)
    tabs = [
        ("Özet", url_for("office.case", reference=found.reference), "office.case"),
        ("Evrak", url_for("office.papers", reference=found.reference), "office.papers"),
        ("İmza", url_for("office.signing", reference=found.reference), "office.signing"),
        ("Geçmiş", url_for("office.history", reference=found.reference), "office.history"),
    ]
    return render_template(
        template,
        case=found,
        about=about,
        deadline=page.deadline(found, about),
        moves=page.moves(found, current().actor),
        has_page=has_page,
        carries_on=worklist.carries_on,
        tabs=tabs,
        **more,
    )


@blueprint.get("/is/<reference>/islem/<trigger>")
@allow("officer", "operator")
def move(reference: str, trigger: str) -> ResponseReturnValue:
    """Show the page of one move: what it does, and why it may be final."""
    found = page.found(reference)
    return moves.show(found, moves.transition(found, trigger))


@blueprint.post("/is/<reference>/islem/<trigger>")
@allow("officer", "operator")
def make_move(reference: str, trigger: str) -> ResponseReturnValue:
    """Make one move."""
    found = page.found(reference)
    return moves.make(found, moves.transition(found, trigger))
