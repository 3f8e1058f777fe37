"""The public page of documents: what a code stands for, and whether a file is that document.

A wrong code is answered alike whether it was mistyped or never given out, and throttled.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request, url_for

from handlers.desk import documents, verification
from handlers.papers import reading
from handlers.papers.letters import APPLICATION_FORM, Template
from handlers.papers.letters.sheets import VERIFICATION_PATH
from signing.cms.pades import SIZE_LIMIT
from web.gate.composition import composed
from web.gate.guesses import Guesses
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import LimitOfAll, limiter
from web.gate.permissions import public
from web.verify.forms import LONGEST_CODE, CodeForm, FileForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.desk.verification import DocumentStanding

blueprint = Blueprint("verify", __name__)

WRONG_CODES = "10 per 5 minutes"
"""How often one source may be wrong."""

EACH = "120 per minute"
"""How many questions of one source are answered, with a code or without one."""

TOGETHER = "600 per minute"
"""How many codes of all sources are looked up."""

UNKNOWN = _("Bu kodla bir belge bulunamadı. Kodu belgeden yeniden okuyup yazınız.")
MISSING = _("Karşılaştırılacak dosyayı seçiniz.")
TOO_LARGE = _("Dosya çok büyük; en çok 4 MB karşılaştırılır.")


asking = limiter.shared_limit(EACH, scope="dogrula.each")
together = LimitOfAll("dogrula", TOGETHER)
guesses = Guesses("dogrula", WRONG_CODES, together)


@blueprint.get(VERIFICATION_PATH)
@public
@asking
def page() -> ResponseReturnValue:
    """Ask for a code, or answer for the one in the address."""
    typed = request.args.get("kod", "")
    return _answered(typed) if typed.strip() else _ask(CodeForm(formdata=None))


@blueprint.post(VERIFICATION_PATH)
@public
@asking
def compare() -> ResponseReturnValue:
    """Compare a file with the document of the code, byte for byte."""
    return _answered(request.args.get("kod", ""), FileForm())


@blueprint.get(f"{VERIFICATION_PATH}/ingilizce/<kind>/<revision>")
@public
@asking
def wording(kind: str, revision: str) -> ResponseReturnValue:
    """Show in English what every document of a revision says; the data of none."""
    parts = reading.read_wording(kind, revision)
    if not parts:
        abort(404)
    return render_template(
        "reading.html",
        parts=parts,
        code="",
        back=url_for("verify.page"),
        back_title=gettext("Belge doğrulama"),
    )


@blueprint.app_template_global()
def current_form() -> Template:
    """Return the application form in its current revision."""
    return APPLICATION_FORM


def _answered(typed: str, file: FileForm | None = None) -> ResponseReturnValue:
    code = verification.read_code(typed[:LONGEST_CODE])
    if not code:
        guesses.miss()
        return _unknown(typed)
    found = guesses.look_up(lambda connection: verification.find(connection, code))
    if found is None:
        return _unknown(typed)
    if file is None or not file.validate_on_submit():
        return _show(found, file or FileForm(formdata=None))
    content = _content(file)
    if not 0 < len(content) <= SIZE_LIMIT:
        file.dosya.errors = [TOO_LARGE if content else MISSING]
        return _show(found, file)
    with composed().database.connect() as connection:
        return _show(found, file, same=documents.is_copy(connection, found.document, content))


def _unknown(typed: str) -> ResponseReturnValue:
    form = CodeForm(formdata=None, kod=typed[:LONGEST_CODE])
    form.kod.errors = [UNKNOWN]
    return _ask(form, HTTPStatus.NOT_FOUND)


def _content(form: FileForm) -> bytes:
    """Read the file as far as it may go; a large one lies on the disk until it is closed."""
    if not form.dosya.data:
        return b""
    with form.dosya.data.stream as stream:
        content: bytes = stream.read(SIZE_LIMIT + 1)
    return content


def _ask(form: CodeForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    return render_template("verify/ask.html", form=form), status


def _show(
    found: DocumentStanding, form: FileForm, *, same: bool | None = None
) -> ResponseReturnValue:
    answer = render_template(
        "verify/document.html",
        found=found,
        form=form,
        same=same,
        readable=bool(reading.read_wording(found.document.kind, found.document.revision)),
    )
    return answer, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
