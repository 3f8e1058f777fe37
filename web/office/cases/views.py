"""The pages of a case: its summary, papers, signatures and past, and its moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, request

from handlers.desk import documents
from handlers.kit.reads import record_read
from handlers.kit.roles import DESK, READERS
from handlers.papers import letters
from handlers.ways.asked import ROUTED, route_of, routing_day
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.cases import case_of
from web.kit.fees import fee_told_office
from web.kit.people import names_of
from web.kit.reading_purposes import PURPOSES
from web.kit.ways import shown
from web.office.blueprint import blueprint
from web.office.cases import desk_actions, drawing, moves, signed, tabs
from web.office.cases import papers as records
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.papers.document import Document
    from web.kit.reading import CaseRecord
    from web.kit.ways import ShownRoute

LARGEST_PAPER = 200_000
"""Characters of a document shown on a page."""


@blueprint.get("/is/<reference>")
@allow(*READERS)
def case(reference: str) -> ResponseReturnValue:
    """Show where a case stands, what may be done, and what stands in the way."""
    found = case_of(reference)
    return tabs.show(
        found,
        "office/case.html",
        drawing=drawing.of_case(found),
        certificates=composed().library.workflow("certificate"),
        correctable=desk_actions.correctable(found),
        route=_route(found),
        fee=_fee(found),
    )


def _fee(found: CaseRecord) -> str | None:
    """Return who pays for an application and how much, as its person is told; None of others."""
    if found.workflow != "application":
        return None
    filed_on = day_in_istanbul(found.row["created_at"])
    return fee_told_office(found.definition, found.row["kind"], filed_on)


def _route(found: CaseRecord) -> ShownRoute | None:
    """Return what the person of a case is told to do today; of accounts and rights nothing."""
    if found.workflow not in ROUTED:
        return None
    engine = composed().engine
    day = routing_day(engine)
    told = route_of(engine, found.subject, day)
    return shown(told, day) if told else None


@blueprint.get("/is/<reference>/evrak")
@allow(*READERS)
def papers(reference: str) -> ResponseReturnValue:
    """List the documents of a case, and who opened each."""
    found = case_of(reference)
    listed = records.documents(found)
    read = records.readings(found, listed)
    return tabs.show(
        found,
        "office/papers.html",
        documents=listed,
        readable=records.with_words(found),
        lines=records.lines(found),
        readings=read,
        names=names_of(composed().database, {one.actor for all_ in read.values() for one in all_}),
        purposes=PURPOSES,
    )


@blueprint.post("/is/<reference>/evrak/<sha256>")
@allow(*READERS)
def paper(reference: str, sha256: str) -> ResponseReturnValue:
    """Show the text of a document, for a purpose that is kept."""
    found = case_of(reference)
    document, purpose = _opened(found, sha256)
    text = letters.words_of(document)[:LARGEST_PAPER]
    return tabs.show(found, "office/paper.html", document=document, text=text, purpose=purpose)


@blueprint.post("/is/<reference>/evrak/<sha256>.pdf", defaults={"suffix": "pdf"})
@blueprint.post("/is/<reference>/evrak/<sha256>.txt", defaults={"suffix": "txt"})
@allow(*READERS)
def paper_file(reference: str, sha256: str, suffix: str) -> ResponseReturnValue:
    """Hand out a document, a PDF with its signature, for a purpose that is kept."""
    found = case_of(reference)
    document, _ = _opened(found, sha256)
    if suffix != ("pdf" if document.media_type == letters.PDF_TYPE else "txt"):
        abort(404)
    with composed().database.connect() as connection:
        content = documents.issued(connection, document)
    name = f"{found.reference}-{document.kind}.{suffix}"
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=document.media_type, headers=head)


def _opened(found: CaseRecord, sha256: str) -> tuple[Document, str]:
    """Return a document of a case and the purpose it is opened for, which is kept."""
    purpose = PURPOSES.get(request.form.get("amac", ""))
    if purpose is None:
        abort(400)
    document = records.document(found, sha256)
    if document is None:
        abort(404)
    record_read(composed().engine, current().actor, f"document:{sha256}", purpose, found.subject)
    return document, purpose


@blueprint.get("/is/<reference>/imza")
@allow(*READERS)
def signing(reference: str) -> ResponseReturnValue:
    """Show the signatures of a case and how they were judged."""
    found = case_of(reference)
    return tabs.show(
        found,
        "office/signing.html",
        signatures=signed.signatures(found),
        behind=signed.consent_behind(found),
    )


@blueprint.get("/is/<reference>/gecmis")
@allow(*READERS)
def history(reference: str) -> ResponseReturnValue:
    """Show everything that happened to a case, page by page."""
    return desk_actions.show_history(case_of(reference))


@blueprint.get("/is/<reference>/islem/<trigger>")
@allow(*DESK)
def move(reference: str, trigger: str) -> ResponseReturnValue:
    """Show the page of one move: what it does, and why it may be final."""
    found = case_of(reference)
    return moves.show(found, moves.transition(found, trigger))


@blueprint.post("/is/<reference>/islem/<trigger>")
@allow(*DESK)
def make_move(reference: str, trigger: str) -> ResponseReturnValue:
    """Make one move."""
    found = case_of(reference)
    return moves.make(found, moves.transition(found, trigger))
