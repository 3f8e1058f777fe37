"""The page between a frozen text and the code that signs it, and the text read in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import APPLICANT
from handlers.papers import letters, reading
from handlers.signatures.purposes import PURPOSES, purpose_of
from signing.fingerprint import short_fingerprint
from states.papers.document import Document
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.portal import issue, own_records
from web.portal.blueprint import blueprint
from web.portal.forms import ReadForm
from workflow.model.definition import Text

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord


def read_and_sign(
    case: CaseRecord, heading: str, back: str, purpose: str = "", template: str = "portal/read.html"
) -> ResponseReturnValue:
    """Show the text of a case; give out a code once the person has ticked that he read it.

    ``purpose`` is what the signature is for, where the case has more than its usual one;
    ``template`` may say more than the text.
    """
    purpose = purpose or purpose_of(case.workflow)
    issue.refuse_unsignable(case, purpose)
    form = ReadForm()
    if form.validate_on_submit():
        return redirect(url_for("portal.code", reference=issue.issue(case, purpose)))
    document = own_records.document(case.row[PURPOSES[purpose].document])
    page = render_template(
        template,
        case=case,
        form=form,
        heading=heading,
        document=document,
        text=letters.words_of(document),
        fingerprint=short_fingerprint(letters.signable(document)),
        back=back,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/belge/<sha256>/ingilizce")
@allow(APPLICANT)
def reading_copy(sha256: str) -> ResponseReturnValue:
    """Show what a document of one's own says, in English, beside nothing that could be signed."""
    mine = select(Document).where(
        Document.sha256 == sha256, Document.person_id == own_records.person_id()
    )
    with Session(composed().database) as session:
        document = session.scalar(mine)
        parts = reading.read_copy(document, _titles()) if document else []
        code = document.verification_code if document else ""
    if not parts:
        abort(404)
    return render_template(
        "reading.html",
        parts=parts,
        code=code,
        back=url_for("portal.home"),
        back_title=gettext("Başvurularım"),
    )


def _titles() -> dict[str, str]:
    """Return the English titles of the kinds of application, by the Turkish ones."""
    kinds = composed().library.workflow("application").kinds.values()
    titles = [kind.get("title") for kind in kinds]
    return {title.tr: title.en for title in titles if isinstance(title, Text)}
