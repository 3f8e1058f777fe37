"""The page of the hand-over: the open list, its scan field, what is in the house, what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from handlers.cards import scanning
from handlers.kit.reads import record_read
from handlers.kit.roles import OPERATOR
from handlers.parcels import finding
from handlers.parcels import scan_file as scan_file_reader
from handlers.parcels.manifest import find_manifest
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.gate.uploads import examined
from web.office.blueprint import blueprint
from web.office.handover import words
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.cards.scanning import ScannedCode
    from states.cases.handover import Handover

MOST_LISTS = 20
"""Earlier lists on the page, the newest ones."""

MISSING = _("Yüklenecek dosyayı seçiniz.")


class ScanFileForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A file that a scanner kept."""

    dosya = FileField(_("Tarayıcının dosyası (her satırda bir kod)"))


@blueprint.get("/ofis/kurye")
@allow(OPERATOR)
def handover_desk() -> ResponseReturnValue:
    """Show the open list with its field, what is still in the house, and earlier lists."""
    return _desk(ScanFileForm(formdata=None))


def _desk(form: ScanFileForm, status: int = 200) -> ResponseReturnValue:
    composition = composed()
    with composition.database.connect() as connection:
        listing = finding.newest_open_list(connection)
        scanned = finding.parcels_on(connection, listing.id) if listing else []
        page = render_template(
            "office/handover/desk.html",
            listing=listing,
            stale=listing is not None and not _of_today(listing),
            scanned=scanned[::-1],
            waiting=finding.parcels_in_house(connection),
            waits=finding.count_in_house(connection),
            late=finding.count_late(connection, composition.clock.now()),
            lists=finding.latest_lists(connection, MOST_LISTS),
            form=form,
            words=words,
            by_software=composition.engine.services.facts.parcels_by_software,
        )
    return page, status


def _of_today(listing: Handover) -> bool:
    return listing.begun_on == day_in_istanbul(composed().clock.now())


@blueprint.post("/ofis/kurye")
@allow(OPERATOR)
def begin_list() -> ResponseReturnValue:
    """Begin a hand-over list, unless one is open already."""
    engine = composed().engine
    with engine.database.connect() as connection:
        listing = finding.newest_open_list(connection)
    if listing is None:
        scanning.begin_list(engine, current().actor)
        flash(gettext("Liste başladı; zarfları okutunuz."), "success")
    else:
        flash(gettext("Açık bir liste zaten var."), "info")
    return redirect(url_for("office.handover_desk"))


@blueprint.post("/ofis/kurye/<int:number>/tara")
@allow(OPERATOR)
def scan_parcel(number: int) -> ResponseReturnValue:
    """Take one scan: JSON for the page that stays, a redirect for one without a script."""
    listing, code = _listing(number), request.form.get("kod", "")
    scan = scanning.scan_out(composed().engine, listing.id, code, current().actor)
    with composed().database.connect() as connection:
        waits = finding.count_in_house(connection)
    scanned = _listing(number).scanned
    return answered(scan, url_for("office.handover_desk"), scanned=scanned, waits=waits)


def answered(scan: ScannedCode, back: str, **more: object) -> ResponseReturnValue:
    """Answer a scan: in JSON for the page that stays, else by going back with a message."""
    text = words.scanned(scan)
    if request.accept_mimetypes.best == "application/json":
        return {"taken": scan.counts, "text": text, "parcel": scan.tracking_number, **more}
    flash(text, "success" if scan.counts else "danger")
    return redirect(back)


@blueprint.post("/ofis/kurye/<int:number>/dosya")
@allow(OPERATOR)
def scan_file(number: int) -> ResponseReturnValue:
    """Take a file of scans, each by itself, and show what came of them."""
    listing, form = _listing(number), ScanFileForm()
    if not form.validate_on_submit() or not form.dosya.data:
        form.dosya.errors = [MISSING]
        return _desk(form, 422)
    try:
        codes = scan_file_reader.codes_in(
            examined(form.dosya.data.read(scan_file_reader.LARGEST + 1))
        )
    except Invalid as invalid:
        form.dosya.errors = [words.refusal(invalid)]
        return _desk(form, 422)
    engine, actor = composed().engine, current().actor
    scans = [scanning.scan_out(engine, listing.id, code, actor) for code in codes]
    refused = [words.scanned(scan) for scan in scans if not scan.counts]
    return render_template(
        "office/handover/scanned.html", listing=listing, total=len(scans), refused=refused
    )


@blueprint.post("/ofis/kurye/<int:number>/<any(kapat, vazgec):command>")
@allow(OPERATOR)
def end_list(number: int, command: str) -> ResponseReturnValue:
    """Close a list, which makes its manifest, or give an empty one up."""
    listing, engine = _listing(number), composed().engine
    end = scanning.close_list if command == "kapat" else scanning.abandon_list
    try:
        end(engine, listing.id, current().actor)
    except Refused as refusal:
        flash(words.refusal(refusal), "danger")
        return redirect(url_for("office.handover_desk"))
    if command == "vazgec":
        flash(gettext("Listeden vazgeçildi."), "success")
        return redirect(url_for("office.handover_desk"))
    flash(gettext("Liste kapandı. Kurye görevlisine imzalatınız."), "success")
    return redirect(url_for("office.handover_list", number=listing.id))


@blueprint.get("/ofis/kurye/<int:number>")
@allow(OPERATOR)
def handover_list(number: int) -> ResponseReturnValue:
    """Show a list: what is on it, in the order of its scans, and its manifest."""
    listing = _listing(number)
    with composed().database.connect() as connection:
        return render_template(
            "office/handover/list.html",
            listing=listing,
            scanned=finding.parcels_on(connection, listing.id),
            manifest=find_manifest(connection, listing.id) is not None,
            words=words,
        )


@blueprint.get("/ofis/kurye/<int:number>/liste.pdf")
@allow(OPERATOR)
def handover_manifest(number: int) -> ResponseReturnValue:
    """Hand out the manifest of a closed list, which names no person."""
    listing = _listing(number)
    with composed().database.connect() as connection:
        manifest = find_manifest(connection, listing.id)
    if manifest is None:
        abort(404)
    record_read(
        composed().engine, current().actor, f"document:{manifest.sha256}", gettext("Kurye teslimi")
    )
    return pdf(manifest.content, f"{listing.reference}.pdf")


def pdf(content: bytes, name: str) -> Response:
    """Return an answer that a browser shows as a PDF."""
    head = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, content_type="application/pdf", headers=head)


def _listing(number: int) -> Handover:
    """Return a list by its number; 404 for none."""
    with composed().database.connect() as connection:
        listing = finding.read_list(connection, min(number, MAX_ID))
    if listing is None:
        abort(404)
    return listing
