"""The page between a frozen text and the code that signs it: the whole text, and a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from handlers.papers import letters
from handlers.signatures.purposes import PURPOSES, purpose_of
from signing.fingerprint import short_fingerprint
from web.portal import issue, own_records
from web.portal.forms import ReadForm

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
