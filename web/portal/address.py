"""The page on which the holder changes where their card goes, until it leaves the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request

from handlers.applications import address
from handlers.kit.roles import APPLICANT
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.portal import moves, own_records
from web.portal.blueprint import blueprint
from web.portal.forms import OwnAddressForm
from workflow.model.refusal import RuleFailed, StaleVersion

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord


def may_change(case: CaseRecord) -> bool:
    """Say whether the person signed in may change now where the card of their case goes."""
    return _hindrance(case) is None


def _hindrance(case: CaseRecord) -> RuleFailed | None:
    try:
        with composed().database.connect() as connection:
            address.judge_own(connection, case.row, current().actor)
    except RuleFailed as error:
        return error
    return None


@blueprint.route("/basvurularim/<reference>/adres", methods=["GET", "POST"])
@allow(APPLICANT)
def change_address(reference: str) -> ResponseReturnValue:
    """Show where the card goes and let its holder change it."""
    case = own_records.case(reference, "application")
    hindrance = _hindrance(case)
    if hindrance is not None:
        return _back(case, told(hindrance, case.definition), "danger")
    form = OwnAddressForm()
    if request.method == "GET":
        form.seen.data, form.shown.data = str(case.version), _mark(case)
        form.adres.data = case.row["delivery_address"]
        return _page(case, form)
    if not form.validate():
        return _page(case, form), 422
    return _change(case, form)


def _change(case: CaseRecord, form: OwnAddressForm) -> ResponseReturnValue:
    correction = address.Correction(int(form.seen.data), form.shown.data, form.adres.data, "")
    try:
        changed = address.change_own(composed().engine, case.id, current().actor, correction)
    except StaleVersion:
        return _back(case, moves.STALE, "warning")
    except RuleFailed as error:
        form.adres.errors = [told(error, case.definition)]
        return _page(case, form), 422
    said = (
        gettext("Teslimat adresiniz değiştirildi.")
        if changed
        else gettext("Kayıttaki adres zaten bu.")
    )
    return _back(case, said, "success")


def _back(case: CaseRecord, said: str, sort: str) -> ResponseReturnValue:
    flash(said, sort)
    return redirect(moves.home_of(case))


def _mark(case: CaseRecord) -> str:
    return address.mark(composed().engine.services.vault, case.row["delivery_address"])


def _page(case: CaseRecord, form: OwnAddressForm) -> str:
    return render_template("portal/address.html", case=case, form=form, back=moves.home_of(case))
