"""Owns the upload of a staff list: the form, the result with its rejected rows, the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, render_template
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField

from handlers.intake import Intake
from handlers.sample import as_csv, as_xlsx, sample_rows
from handlers.services import vault_of
from handlers.staff_list import COLUMNS, LARGEST, MOST_ROWS, REQUIRED, read_staff_list
from states.invalid import Invalid
from web.composition import composed
from web.institution.blueprint import blueprint
from web.institution.subtree import own_institution
from web.limits import limiter
from web.permissions import allow
from web.session import current
from web.uploads import examined
from workflow.clock import day_in_istanbul

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.intake import Entered

MISSING = "Yüklenecek dosyayı seçiniz."
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The list, and whether renewals are opened for the certificates in it."""

    dosya = FileField("Personel listesi (CSV ya da XLSX)")
    yenileme = BooleanField("Listedeki sertifikalar için yenileme başvurusu aç (e-onay ile)")


@blueprint.route("/kurum/yukle", methods=["GET", "POST"])
@allow("coordinator")
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
        entered = _take_in(form, institution.path)
    except Invalid as invalid:
        form.dosya.errors = [invalid.sentence]
        return _form(form, 422)
    return render_template(
        "institution/result.html",
        entered=entered,
        unchanged=_unchanged(entered),
        name=form.dosya.data.filename,
    )


@blueprint.get("/kurum/ornek-liste.<any(csv, xlsx):sort>")
@allow("coordinator")
def sample(sort: str) -> ResponseReturnValue:
    """Hand out a list of invented people, with all columns there are."""
    rows = sample_rows(day_in_istanbul(composed().clock.now()))
    head = {"Content-Disposition": f'attachment; filename="ornek-liste.{sort}"'}
    if sort == "csv":
        return Response(as_csv(rows), content_type="text/csv; charset=utf-8", headers=head)
    return Response(as_xlsx(rows), content_type=XLSX, headers=head)


def _take_in(form: UploadForm, within: str) -> Entered:
    """Enter the rows of the upload for the coordinator; raises Invalid for an unusable file."""
    house = composed()
    staff = read_staff_list(examined(form.dosya.data.read(LARGEST + 1)))
    intake = Intake(house.office, vault_of(house.settings), current().actor, within)
    return intake.import_staff(staff, file_renewals=bool(form.yenileme.data))


def _unchanged(entered: Entered) -> bool:
    return not (entered.persons or entered.certificates or entered.renewals)


def _form(form: UploadForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "institution/upload.html",
        form=form,
        columns=[(title, name in REQUIRED) for name, title in COLUMNS.items()],
        most_rows=MOST_ROWS,
        megabytes=LARGEST // 1024**2,
    )
    return page, status
