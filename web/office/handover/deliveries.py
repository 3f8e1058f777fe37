"""The courier's file: rehearsed, then run; what differs from our records is told row by row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flask import render_template, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from handlers.kit.roles import OPERATOR
from handlers.lists.uploaded_table import LARGEST
from handlers.parcels.matching import EventOutcome, judge_events, take_events
from handlers.parcels.rehearsal import pack, unpack
from handlers.parcels.tracking_file import (
    COLUMNS,
    MOST_ROWS,
    REQUIRED,
    TrackingFile,
    read_tracking_file,
)
from states.kit.invalid import Invalid
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import current
from web.gate.uploads import examined
from web.office.blueprint import blueprint
from web.office.handover import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from handlers.parcels.matching import JudgedEvent

MISSING = _("Yüklenecek dosyayı seçiniz.")


class TrackingForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The courier's file."""

    dosya = FileField(_("Kuryenin dosyası (CSV ya da XLSX)"))


@blueprint.get("/ofis/kurye/teslimler")
@allow(OPERATOR)
def tracking_upload() -> ResponseReturnValue:
    """Show the form of the courier's file."""
    return _form(TrackingForm(formdata=None), 200)


@blueprint.post("/ofis/kurye/teslimler")
@allow(OPERATOR)
@limiter.limit("30 per 5 minutes")
def rehearse_tracking() -> ResponseReturnValue:
    """Read a file and say what it would do; nothing changes."""
    form = TrackingForm()
    if not form.validate_on_submit() or not form.dosya.data:
        form.dosya.errors = [MISSING]
        return _form(form, 422)
    composition, actor = composed(), current().actor
    try:
        tracking = read_tracking_file(examined(form.dosya.data.read(LARGEST + 1)))
    except Invalid as invalid:
        form.dosya.errors = [words.refusal(invalid)]
        return _form(form, 422)
    judged = judge_events(composition.engine, actor, tracking.events)
    carried = pack(composition.engine.services.vault, actor, tracking)
    return _result(tracking, judged, carried)


@blueprint.post("/ofis/kurye/teslimler/isle")
@allow(OPERATOR)
@limiter.limit("30 per 5 minutes")
def take_tracking() -> ResponseReturnValue:
    """Run what was rehearsed: each event by itself, judged anew."""
    composition, actor = composed(), current().actor
    try:
        vault = composition.engine.services.vault
        tracking = unpack(vault, actor, request.form.get("prova", ""))
    except Invalid as invalid:
        form = TrackingForm(formdata=None)
        form.dosya.errors = [words.refusal(invalid)]
        return _form(form, 422)
    return _result(tracking, take_events(composition.engine, actor, tracking.events))


def _result(
    tracking: TrackingFile, judged: Sequence[JudgedEvent], carried: str = ""
) -> ResponseReturnValue:
    """Show what would come of a file, or what came of it where nothing is carried on."""
    differing = [
        (one.number, one.event.tracking_number, words.why(one))
        for one in judged
        if one.outcome is EventOutcome.REFUSED
    ]
    differing += [(one.number, "", one.reason) for one in tracking.rejected]
    taken = [one for one in judged if one.outcome is EventOutcome.TAKEN]
    return render_template(
        "office/handover/tracking.html",
        taken=len(taken),
        kinds=Counter(one.event.kind for one in taken),
        known=sum(one.outcome is EventOutcome.KNOWN for one in judged),
        differing=sorted(differing),
        carried=carried,
        words=words,
    )


def _form(form: TrackingForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "office/handover/upload.html",
        form=form,
        columns=[(title, name in REQUIRED) for name, title in COLUMNS.items()],
        most_rows=MOST_ROWS,
        megabytes=LARGEST // 1024**2,
        words=words,
    )
    return page, status
