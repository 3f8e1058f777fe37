"""What came back, and what is too long away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.cards import scanning
from handlers.kit.roles import OPERATOR
from handlers.parcels import finding
from handlers.parcels.events import REASON_TITLES, ReturnReason, stated
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.handover import words
from web.office.handover.pages import answered

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

CHOOSE = _("Önce iadenin nedenini seçiniz.")


@blueprint.get("/ofis/kurye/iadeler")
@allow(OPERATOR)
def returned_parcels() -> ResponseReturnValue:
    """Show the field for parcels that the courier brought back; the reason stays chosen."""
    return render_template(
        "office/handover/returns.html",
        reasons=REASON_TITLES,
        chosen=request.args.get("neden", "")[:40],
    )


def _back(reason: str) -> str:
    return url_for("office.returned_parcels", neden=reason or None)


@blueprint.post("/ofis/kurye/iadeler")
@allow(OPERATOR)
def scan_return() -> ResponseReturnValue:
    """Take one parcel back for the chosen reason."""
    code, named = request.form.get("kod", ""), request.form.get("neden", "")
    if named not in {*ReturnReason}:
        flash(str(CHOOSE), "danger")
        return redirect(_back(""))
    reason = stated(ReturnReason(named))
    scan = scanning.take_back(composed().engine, code, reason, current().actor)
    return answered(scan, _back(named))


@blueprint.get("/ofis/kurye/zarflar")
@allow(OPERATOR)
def enclosed_cards() -> ResponseReturnValue:
    """Show the field for cards that were put into their envelopes."""
    return render_template("office/handover/enclose.html")


@blueprint.post("/ofis/kurye/zarflar")
@allow(OPERATOR)
def scan_enclosed() -> ResponseReturnValue:
    """Note that the card of a parcel is in its envelope, by the code on the label."""
    code = request.form.get("kod", "")
    scan = scanning.enclose(composed().engine, code, current().actor)
    return answered(scan, url_for("office.enclosed_cards"))


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
