"""The upload of a staff list: the form, what becomes of a list, the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField

from handlers.kit.roles import COORDINATOR
from handlers.lists import uploads
from handlers.lists.sample import as_csv, as_xlsx, sample_rows
from handlers.lists.staff_list import COLUMNS, MOST_ROWS, REQUIRED, read_staff_list
from handlers.lists.uploaded_table import LARGEST
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID
from states.kit.text import normal
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import current, polled
from web.gate.uploads import examined
from web.institution.blueprint import blueprint
from web.institution.subtree import own_institution
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from handlers.kit.context import CaseEngine
    from states.papers.upload import StaffUpload
    from workflow.model.actor import Actor

MOST_SHOWN = 500
"""Rows of each sort on the page of a list, the first ones."""

MOST_LISTED = 20
"""Earlier lists on the page of the upload, the newest ones."""

LONGEST_NAME = 200

STATES = {
    "rehearsing": _("Prova ediliyor"),
    "rehearsed": _("Başlatmanızı bekliyor"),
    "running": _("İşleniyor"),
    "paused": _("Duraklatıldı"),
    "stopped": _("Durduruldu"),
    "done": _("Bitti"),
}

COMMANDS: dict[str, tuple[Callable[[CaseEngine, int, Actor], bool], str]] = {
    "baslat": (uploads.start, _("Liste işlenmeye başlandı.")),
    "duraklat": (uploads.pause, _("Liste duraklatıldı; eldeki satırlar bitince durur.")),
    "surdur": (uploads.resume, _("Liste işleniyor.")),
    "durdur": (uploads.stop, _("Liste durduruldu; kaydedilenler geri alınmadı.")),
}
"""What an uploader may do with a list, and what is told then."""

MISSING = _("Yüklenecek dosyayı seçiniz.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The list, and whether renewals are opened for the certificates in it."""

    dosya = FileField(_("Personel listesi (CSV ya da XLSX)"))
    yenileme = BooleanField(_("Listedeki sertifikalar için yenileme başvurusu aç (e-onay ile)"))


@blueprint.route("/kurum/yukle", methods=["GET", "POST"])
@allow(COORDINATOR)
@limiter.limit("30 per 5 minutes", methods=["POST"])
def upload() -> ResponseReturnValue:
    """Show the form of an upload, and take one in."""
    institution = own_institution()
    if institution is None:
        abort(403)
    form = UploadForm()
    if not form.validate_on_submit():
        return _form(form, 422 if form.errors else 200)
    if not form.dosya.data:
        form.dosya.errors = [MISSING]
        return _form(form, 422)
    try:
        number = _take_in(form, institution.path)
    except Invalid as invalid:
        form.dosya.errors = [told(invalid)]
        return _form(form, 422)
    return redirect(url_for("institution.watch", number=number))


@blueprint.get("/kurum/yuklemeler/<int:number>")
@allow(COORDINATOR)
def watch(number: int) -> ResponseReturnValue:
    """Show how far a list is, what its rehearsal says, or what came of it."""
    found = _own(number)
    database = composed().database
    rejected, reasons = uploads.told(database, found.id, "reason", MOST_SHOWN)
    left_out, what = uploads.told(database, found.id, "left_out", MOST_SHOWN)
    return render_template(
        "institution/result.html",
        upload=found,
        rejected=rejected,
        reasons=reasons,
        left_out=left_out,
        what=what,
        state=STATES[found.state],
        open=found.state in uploads.OPEN,
        unchanged=not (found.persons or found.certificates or found.renewals),
    )


@blueprint.get("/kurum/yuklemeler/<int:number>/durum")
@allow(COORDINATOR)
@polled
def upload_state(number: int) -> ResponseReturnValue:
    """Say how far a list is, for the page that waits; asking never prolongs the session."""
    found = _own(number)
    return {"state": found.state, "total": found.total, "done": found.done}


@blueprint.post("/kurum/yuklemeler/<int:number>/<any(baslat, duraklat, surdur, durdur):command>")
@allow(COORDINATOR)
def command_upload(number: int, command: str) -> ResponseReturnValue:
    """Start, pause, resume or stop a list; a second press changes nothing."""
    found = _own(number)
    change, told = COMMANDS[command]
    if change(composed().engine, found.id, current().actor):
        flash(str(told), "success")
    else:
        flash(
            gettext("Bu yükleme bu arada ilerledi; istediğiniz yapılmadı ya da yapılmıştı."), "info"
        )
    return redirect(url_for("institution.watch", number=found.id))


def _own(number: int) -> StaffUpload:
    """Return a list of the person signed in."""
    found = uploads.read(composed().database, min(number, MAX_ID))
    if found is None or found.actor != current().actor.name:
        abort(404)
    return found


@blueprint.get("/kurum/ornek-liste.<any(csv, xlsx):sort>")
@allow(COORDINATOR)
def sample(sort: str) -> ResponseReturnValue:
    """Hand out a list of invented people, with all columns there are."""
    rows = sample_rows(day_in_istanbul(composed().clock.now()))
    head = {"Content-Disposition": f'attachment; filename="ornek-liste.{sort}"'}
    if sort == "csv":
        return Response(as_csv(rows), content_type="text/csv; charset=utf-8", headers=head)
    return Response(as_xlsx(rows), content_type=XLSX, headers=head)


def _take_in(form: UploadForm, within: str) -> int:
    """Keep the rows of the upload, enter a short list at once, and return its number; Invalid."""
    engine = composed().engine
    content = examined(form.dosya.data.read(LARGEST + 1))
    staff = read_staff_list(content)
    renewals = bool(form.yenileme.data)
    name = normal(form.dosya.data.filename or "")[:LONGEST_NAME]
    handed = uploads.Handed(name, content, current().actor, within, renewals)
    number = uploads.keep(engine, handed, staff)
    if len(staff.rows) <= uploads.SHORT:
        uploads.enter(engine, number)
    return number


def _form(form: UploadForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "institution/upload.html",
        form=form,
        columns=[(title, name in REQUIRED) for name, title in COLUMNS.items()],
        most_rows=MOST_ROWS,
        megabytes=LARGEST // 1024**2,
        latest=uploads.latest(composed().database, current().actor, MOST_LISTED),
        states=STATES,
    )
    return page, status
