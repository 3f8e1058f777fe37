"""What came back, and what is too long away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.kit.roles import OPERATOR
from handlers.parcels import finding, scanning
from handlers.parcels.events import REASON_TITLES, ReturnReason
from states.kit.invalid import Invalid
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.handover import words
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

CHOOSE = "Önce iadenin nedenini seçiniz."


@blueprint.get("/ofis/kurye/iadeler")
@allow(OPERATOR)
def returned_parcels() -> ResponseReturnValue:
    """Show the field for parcels that the courier brought back; the reason stays chosen."""
    return render_template(
        "office/handover/returns.html",
        reasons=REASON_TITLES,
        chosen=request.args.get("neden", "")[:40],
    )


@blueprint.post("/ofis/kurye/iadeler")
@allow(OPERATOR)
def scan_return() -> ResponseReturnValue:
    """Take one parcel back for the chosen reason."""
    code, named = request.form.get("kod", ""), request.form.get("neden", "")
    if named not in {*ReturnReason}:
        return _said(CHOOSE, "")
    reason = ReturnReason(named)
    try:
        parcel = scanning.scan_back(composed().engine, current().actor, code, reason)
    except (Invalid, Refused) as error:
        return _said(words.refused(code, error), named)
    text = f"{parcel.tracking_number} geri alındı: {REASON_TITLES[reason]} ({parcel.application})."
    return _said(text, named, taken=True)


def _said(text: str, reason: str, *, taken: bool = False) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return {"taken": taken, "text": text}
    flash(text, "success" if taken else "danger")
    return redirect(url_for("office.returned_parcels", neden=reason or None))


@blueprint.get("/ofis/kurye/gecikenler")
@allow(OPERATOR)
def late_parcels() -> ResponseReturnValue:
    """List the parcels of which the courier has said nothing for too long."""
    composition = composed()
    with composition.database.connect() as connection:
        late = finding.late_parcels(connection, composition.clock.now())
    return render_template(
        "office/handover/late.html", late=late, days=finding.LATE_AFTER.days, words=words
    )
