"""The paper desk: the application of a paper, its scans and its registration on one page."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.applications.payloads import FORM
from handlers.desk import paper_desk
from handlers.desk.paper_desk import REGISTER, REGISTERS, ScannedFile
from handlers.kit.roles import OFFICER
from handlers.papers import scans
from states.kit.invalid import Invalid
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import current
from web.gate.uploads import examined
from web.office.blueprint import blueprint
from web.office.cases import page
from web.office.cases import scans as scan_pages
from web.office.cases.answers import late, refused
from web.office.cases.paper_forms import FILES, PaperDeskForm
from workflow.model.refusal import Refused, StaleVersion
from workflow.model.request import Request

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord
    from web.office.cases.paper_forms import FileRow
    from web.office.cases.scans import Shown

TITLE = _("Evrakı kaydet")
TICKED = [{"basvuru": True}, {"kimlik": True}]
"""What the first two files of an application show as a rule."""


@blueprint.get("/evrak-kabul/<reference>")
@allow(OFFICER)
def paper_desk_page(reference: str) -> ResponseReturnValue:
    """Show the one page on which the paper of an application is taken in."""
    found = scan_pages.application_case(reference)
    if found.state not in REGISTERS:
        return redirect(url_for("office.scans", reference=found.reference))
    code = request.args.get("kod", "")[:100]
    form = PaperDeskForm(formdata=None, seen=str(found.version), kod=code, files=TICKED)
    return _page(found, form)


@blueprint.post("/evrak-kabul/<reference>")
@allow(OFFICER)
@limiter.limit("60 per 5 minutes")
def take_in_paper(reference: str) -> ResponseReturnValue:
    """Keep the scans and register the paper, and open the desk for the next one."""
    found = scan_pages.application_case(reference)
    form = PaperDeskForm()
    valid = form.validate_on_submit()
    if found.state not in REGISTERS or form.seen.data != str(found.version):
        return late(found, TITLE, _seen(form, found))
    kept = scan_pages.shown(found)
    if not form.whole(_kinds_of(kept, form)) or not valid:
        return _page(found, form), 422
    return _take_in(found, form, kept)


def _take_in(found: CaseRecord, form: PaperDeskForm, kept: list[Shown]) -> ResponseReturnValue:
    drawn = [_drawn(row) for row in form.filled()]
    scanned = [one for one in drawn if one is not None]
    if len(scanned) < len(drawn):
        return _page(found, form), 422
    rows = zip(scanned, form.filled(), strict=True)
    files = [ScannedFile(one.row.sha256, _kinds_of([one], form)) for one in kept]
    files += [ScannedFile(scan.sha256, row.kinds) for scan, row in rows]
    listed = paper_desk.paper_list(files, form.numbers())
    actor = current().actor
    asked = Request(REGISTER, actor, listed.payload(), found.version)
    try:
        paper_desk.register(composed().engine, actor, found.id, scanned, asked)
    except Invalid as invalid:
        form.files[0].form.dosya.errors = [told(invalid)]
        return _page(found, form), 422
    except StaleVersion:
        return late(found, TITLE, found.version)
    except Refused as refusal:
        return _refused(found, form, refusal)
    flash(
        gettext(
            "%(reference)s: evrak kaydedildi; başka bir görevlinin onayını bekliyor.",
            reference=found.reference,
        ),
        "success",
    )
    if "kalan" in request.form:
        return redirect(url_for("office.case", reference=found.reference))
    return redirect(url_for("office.intake"))


def _refused(found: CaseRecord, form: PaperDeskForm, refusal: Refused) -> ResponseReturnValue:
    """Put what is wrong with the paper beside its code; anything else is a page of its own."""
    if not str(refusal.params.get("rule", "")).startswith("paper."):
        return refused(found, TITLE, refusal)
    form.kod.errors = [told(refusal, found.definition)]
    return _page(found, form), 422


def _seen(form: PaperDeskForm, found: CaseRecord) -> int:
    """Return the version that the page showed; the present one where it says none."""
    return found.version if form.seen.errors else int(form.seen.data)


def _drawn(row: FileRow) -> scans.DrawnScan | None:
    """Return the file of a row, drawn; None where it is no scan, which is said at its field."""
    with closing(row.form.dosya.data) as file:
        content = file.read(scans.LARGEST + 1)
    try:
        return scans.drawn_scan(examined(content), paper_desk.scan_kind(row.kinds))
    except Invalid as invalid:
        row.form.dosya.errors = [told(invalid)]
        return None


def _kinds_of(kept: list[Shown], form: PaperDeskForm) -> tuple[str, ...]:
    """Return the kinds of documents on scans that were taken in before this page."""
    named = {FORM: FORM, "identity": str(form.identity.data)}
    return tuple(named.get(one.row.kind, "other") for one in kept)


def _page(found: CaseRecord, form: PaperDeskForm) -> str:
    return render_template(
        "office/paper_desk.html",
        case=found,
        about=page.subject(found),
        form=form,
        scans=scan_pages.shown(found),
        kinds=scans.KINDS,
        megabytes=scans.LARGEST // 1024**2,
        most_pages=scans.rendering.MOST_PAGES,
        files=FILES,
    )
