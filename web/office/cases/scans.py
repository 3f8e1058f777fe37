"""The pages of paper that came in: finding its application, its scans, and looking at one."""

from __future__ import annotations

import base64
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, validators

from handlers.desk.paper_desk import REGISTERS
from handlers.kit.reads import record_read
from handlers.kit.roles import OFFICER, READERS
from handlers.papers import scans
from handlers.papers.scans import sightings
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.kit.reference import parse, reference
from states.kit.text import identifier, normal
from states.papers.document import Document
from states.papers.scan import Scan, ScanPage
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import current
from web.gate.uploads import examined
from web.kit.cases import case_of
from web.kit.people import names_of
from web.kit.reading_purposes import PURPOSES
from web.kit.wording import choices_of
from web.office.blueprint import blueprint
from web.office.cases import tabs

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

UNKNOWN = _(
    "Bu numarayla bir başvuru bulunamadı. Numarayı ya da formun altındaki doğrulama kodunu "
    "denetleyiniz."
)
MISSING = _("Yüklenecek dosyayı seçiniz.")

SANDBOX = "default-src 'none'; sandbox"
"""The policy of an original: whatever it is, it may do nothing."""


class IntakeForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """What stands on the paper, typed or read by a barcode scanner, which types it."""

    numara = StringField(
        _("Başvuru numarası ya da belge doğrulama kodu"),
        description=_("Barkod okuyucu kullanabilirsiniz; karekoddaki adres de tanınır."),
        validators=[
            validators.InputRequired(_("Kâğıttaki numarayı yazınız.")),
            validators.Length(max=300, message=_("Numara bu kadar uzun olamaz.")),
        ],
    )


class ScanForm(FlaskForm):  # type: ignore[misc] # the same
    """One file and what it shows."""

    tur = SelectField(_("Taramada ne var?"), choices=choices_of(scans.KINDS))
    dosya = FileField(_("Tarama (PDF, JPEG, PNG ya da TIFF)"))


@dataclass(frozen=True, slots=True)
class Shown:
    """One scan as the page lists it, with its first pages in small."""

    row: scans.KeptScan
    small: list[str]


@blueprint.route("/evrak-kabul", methods=["GET", "POST"])
@allow(OFFICER)
@limiter.limit("60 per minute", methods=["POST"])
def intake() -> ResponseReturnValue:
    """Find the application that a paper belongs to."""
    form = IntakeForm()
    if not form.validate_on_submit():
        return render_template("office/intake.html", form=form), 422 if form.errors else 200
    found = _application(form.numara.data)
    if found is None:
        form.numara.errors = [UNKNOWN]
        return render_template("office/intake.html", form=form), 422
    return redirect(_desk_of(found, form.numara.data))


def _desk_of(found: str, typed: str) -> str:
    """Return where the paper of an application is taken in: registered, or scanned only.

    A code that led to it goes along, so that nobody types it again.
    """
    if application_case(found).state not in REGISTERS:
        return url_for("office.scans", reference=found)
    code = _code(normal(typed))
    known = _by_code(code) == found
    return url_for("office.paper_desk_page", reference=found, kod=code if known else None)


def _application(typed: str) -> str | None:
    """Return the reference of the application that a number or code belongs to."""
    word = normal(typed)
    try:
        workflow, number = parse(word)
    except ValueError:
        return _by_code(_code(word))
    known = select(Application.id).where(Application.id == number)
    with composed().database.connect() as connection:
        there = workflow == "application" and connection.scalar(known) is not None
    return reference(workflow, number) if there else None


def _code(word: str) -> str:
    """Return the verification code in what was typed or read: alone, or in an address."""
    return identifier(parse_qs(urlsplit(word).query).get("kod", [word])[0])


def _by_code(code: str) -> str | None:
    query = select(Application.id).join(Document, Document.sha256 == Application.form_sha256)
    with composed().database.connect() as connection:
        number = connection.scalar(query.where(Document.verification_code == code))
    return None if number is None else reference("application", number)


@blueprint.get("/is/<reference>/taramalar", endpoint="scans")
@allow(*READERS)
def list_scans(reference: str) -> ResponseReturnValue:
    """Show the scans of an application in small, and the form for another one."""
    return _page(application_case(reference), ScanForm())


@blueprint.post("/is/<reference>/taramalar")
@allow(OFFICER)
@limiter.limit("60 per 5 minutes")
def add_scan(reference: str) -> ResponseReturnValue:
    """Take in one scan."""
    found = application_case(reference)
    form = ScanForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    if not form.dosya.data:
        form.dosya.errors = [MISSING]
        return _page(found, form), 422
    composition = composed()
    with closing(form.dosya.data) as file:
        content = file.read(scans.LARGEST + 1)
    try:
        actor, now = current().actor, composition.clock.now()
        scans.keep(composition.database, actor, found.id, form.tur.data, examined(content), now)
    except Invalid as invalid:
        if found.state in scans.TAKEN_IN:
            form.dosya.errors = [told(invalid)]
            return _page(found, form), 422
        flash(told(invalid), "danger")  # the page has no form for it any more
    else:
        flash(gettext("Tarama başvuruya eklendi."), "success")
    return redirect(url_for("office.scans", reference=found.reference))


@blueprint.post("/is/<reference>/taramalar/<int:number>")
@allow(*READERS)
def look_at_scan(reference: str, number: int) -> ResponseReturnValue:
    """Show the pages of a scan as we drew them, for a purpose that is kept."""
    found = application_case(reference)
    scan, purpose = _opened(found, number)
    query = select(ScanPage.picture).where(ScanPage.scan_id == scan.id).order_by(ScanPage.n)
    with composed().database.connect() as connection:
        pictures = [_inline(picture) for picture in connection.scalars(query)]
    return tabs.show(
        found, "office/scan.html", scan=scan, pictures=pictures, purpose=purpose, kinds=scans.KINDS
    )


@blueprint.get("/is/<reference>/taramalar/<int:number>/sayfa/<int:page>")
@allow(OFFICER)
def scan_page(reference: str, number: int, page: int) -> ResponseReturnValue:
    """Hand out one page as we drew it, to be compared with the form; the read is kept."""
    found = application_case(reference)
    with composed().database.connect() as connection:
        row = scans.page_of(connection, found.id, number, page)
    if row is None:
        abort(404)
    what = sightings.one_page(row[0], page)
    record_read(composed().engine, current().actor, what, PURPOSES["review"], found.subject)
    return Response(row[1], content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@blueprint.post("/is/<reference>/taramalar/<int:number>/asil")
@allow(*READERS)
def original_scan(reference: str, number: int) -> ResponseReturnValue:
    """Hand out the file as it was uploaded, for a purpose that is kept; never to be shown."""
    found = application_case(reference)
    scan, _ = _opened(found, number)
    name = f"{found.reference}-tarama-{scan.id}.{scans.SUFFIXES[scan.media_type]}"
    head = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": SANDBOX,
    }
    return Response(scan.content, content_type="application/octet-stream", headers=head)


def application_case(reference_: str) -> CaseRecord:
    """Return the application of a reference; 404 for a record of another kind."""
    found = case_of(reference_)
    if found.workflow != "application":
        abort(404)
    return found


def _opened(found: CaseRecord, number: int) -> tuple[Scan, str]:
    """Return a scan of this application and the purpose it is opened for, which is kept."""
    purpose = PURPOSES.get(request.form.get("amac", ""))
    if purpose is None:
        abort(400)
    with Session(composed().database, expire_on_commit=False) as session:
        scan = session.get(Scan, number)
    if scan is None or scan.case_id != found.id:
        abort(404)
    what = sightings.whole_scan(scan.sha256)
    record_read(composed().engine, current().actor, what, purpose, found.subject)
    return scan, purpose


def shown(found: CaseRecord) -> list[Shown]:
    """Return the scans of an application with their pages in small, by two queries."""
    with composed().database.connect() as connection:
        rows = scans.of_case(connection, found.id)
        query = select(ScanPage.scan_id, ScanPage.small).order_by(ScanPage.scan_id, ScanPage.n)
        small = connection.execute(query.where(ScanPage.scan_id.in_([row.id for row in rows])))
        pages: dict[int, list[str]] = {row.id: [] for row in rows}
        for scan_id, picture in small:
            pages[scan_id].append(_inline(picture))
    return [Shown(row, pages[row.id]) for row in rows]


def view_hash(found: CaseRecord) -> str:
    """Return the hash of what is shown of an application's paper now."""
    with composed().database.connect() as connection:
        return scans.seen(connection, found.id, found.version)


def _inline(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def _page(found: CaseRecord, form: ScanForm) -> str:
    listed = shown(found)
    return tabs.show(
        found,
        "office/scans.html",
        form=form,
        scans=listed,
        kinds=scans.KINDS,
        purposes=PURPOSES,
        names=names_of(composed().database, [one.row.uploaded_by for one in listed]),
        takes_in=found.state in scans.TAKEN_IN and OFFICER in current().actor.roles,
        megabytes=scans.LARGEST // 1024**2,
        most_pages=scans.rendering.MOST_PAGES,
    )
