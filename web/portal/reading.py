"""The English reading copy of a document of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import APPLICANT
from handlers.papers import reading
from states.papers.document import Document
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.portal import own_records
from web.portal.blueprint import blueprint
from workflow.model.definition import Text

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


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
