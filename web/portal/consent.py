"""The e-onay of a person: what it needs, its text, the box, the result, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, redirect, render_template, url_for

from handlers.consents.terms import current_version
from handlers.kit.roles import APPLICANT
from handlers.papers.letters import CONSENT_RECORD, PDF_TYPE
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.portal import moves, own_records, routing
from web.portal.advice.telling import advise
from web.portal.blueprint import blueprint
from web.portal.code import issuing
from web.portal.text import read_and_sign

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord


@blueprint.get("/e-onay")
@allow(APPLICANT)
def consent_start() -> ResponseReturnValue:
    """Say what an e-onay is and what it needs, and whether one is in force."""
    consent = own_records.consent_in_force()
    return render_template(
        "portal/consent_start.html",
        consent=consent,
        advice=advise("consent", vars(consent), routing.day().today) if consent else None,
        current_version=_current_version(),
        usable=[row for row in own_records.certificates() if row.state == "active"],
    )


@blueprint.post("/e-onay/basla")
@allow(APPLICANT)
def consent_begin() -> ResponseReturnValue:
    """Freeze the text for this person, or go on with one that is waiting for their signature."""
    begun = own_records.consent_begun()
    if begun is not None and begun.terms_version == _current_version():
        # One whose signature is being checked is shown instead of its text.
        return redirect(url_for("portal.consent_text", reference=begun.reference))
    values = {"person_id": own_records.person_id()}
    consent_id = composed().engine.open("consent", "offer", current().actor, values)
    reference = reference_of("consent", consent_id)
    return redirect(url_for("portal.consent_text", reference=reference))


@blueprint.route("/e-onay/<reference>/metin", methods=["GET", "POST"])
@allow(APPLICANT)
@issuing
def consent_text(reference: str) -> ResponseReturnValue:
    """Show the frozen text with its unticked box, and give out a code once it is ticked."""
    case = own_records.case(reference, "consent")
    if case.state != "offered":
        return redirect(moves.home_of(case))
    return read_and_sign(case, gettext("e-onay metni"), url_for("portal.consent_start"))


@blueprint.get("/e-onay/<reference>")
@allow(APPLICANT)
def consent(reference: str) -> ResponseReturnValue:
    """Show one e-onay: reference, time, what happens next, and what was signed."""
    case = own_records.case(reference, "consent")
    signature = own_records.signature(case.id)
    return render_template(
        "portal/consent.html",
        case=case,
        advice=advise("consent", case.row, routing.day().today),
        reason=moves.reason_of(case),
        signature=signature,
        standing=own_records.standing(signature),
        possible=moves.possible(case),
        record=own_records.paper(case.id, CONSENT_RECORD.kind),
        waiting=[row for row in own_records.applications() if row.state == "e_onay"],
    )


@blueprint.route("/e-onay/<reference>/geri-al", methods=["GET", "POST"])
@allow(APPLICANT)
def withdraw(reference: str) -> ResponseReturnValue:
    """Let a person take their e-onay back, on a page of its own."""
    return moves.confirm(own_records.case(reference, "consent"), "withdraw")


@blueprint.route("/e-onay/<reference>/birak", methods=["GET", "POST"])
@allow(APPLICANT)
def abandon(reference: str) -> ResponseReturnValue:
    """Let a person drop an e-onay that is not in force yet, on a page of its own."""
    return moves.confirm(own_records.case(reference, "consent"), "abandon")


@blueprint.get(
    "/belge/<any(application, consent, certificate):workflow>/<reference>.<any(txt, pdf, p7s):part>"
)
@allow(APPLICANT)
def signed_file(workflow: str, reference: str, part: str) -> ResponseReturnValue:
    """Hand out what was signed: a text (``txt``) or PDF (``pdf``), or the container (``p7s``)."""
    case = own_records.case(reference, workflow)
    signature = own_records.signature(case.id)
    if signature is None:
        abort(404)
    if part == "p7s":
        return file(case, signature.container, "application/pkcs7-signature", part)
    document = own_records.document(signature.document_sha256)
    if (document.media_type == PDF_TYPE) != (part == "pdf"):
        abort(404)
    return file(case, own_records.issued(document), document.media_type, part)


@blueprint.get("/e-onay/<reference>/kayit.pdf")
@allow(APPLICANT)
def consent_record(reference: str) -> ResponseReturnValue:
    """Hand out what the office recorded of an e-onay that came into force."""
    case = own_records.case(reference, "consent")
    document = own_records.paper(case.id, CONSENT_RECORD.kind)
    if document is None:
        abort(404)
    return file(case, document.content, document.media_type, "pdf")


def file(case: CaseRecord, content: bytes, media_type: str, part: str) -> Response:
    """Hand out a file under the reference of its case."""
    head = {"Content-Disposition": f'attachment; filename="{case.reference}.{part}"'}
    return Response(content, content_type=media_type, headers=head)


def _current_version() -> str | None:
    with composed().database.connect() as connection:
        return current_version(connection)
