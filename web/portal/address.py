"""The pages on which the holder says where their card goes: until it leaves, after a try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request

from handlers.applications import address
from handlers.applications.payloads import NewAddress
from handlers.kit.roles import APPLICANT
from handlers.parcels import redelivery
from handlers.ways.days import last_whole_day
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.portal import moves, own_records
from web.portal.blueprint import blueprint
from web.portal.contact_forms import AtHomeForm
from web.portal.forms import OwnAddressForm
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Refused, RuleFailed, StaleVersion

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.parcels.redelivery import ParcelUnderWay
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


def parcel_of(case: CaseRecord) -> ParcelUnderWay | None:
    """Return the parcel of one's own application that is with the courier."""
    with composed().database.connect() as connection:
        return redelivery.under_way(connection, case.id)


def tracking_link(number: str) -> str | None:
    """Return where the courier tells of a parcel; None where the office names no such page."""
    page = composed().settings.courier_tracking
    return None if page is None else page.replace("{number}", number)


@blueprint.route("/basvurularim/<reference>/evde-yoktum", methods=["GET", "POST"])
@allow(APPLICANT)
def not_at_home(reference: str) -> ResponseReturnValue:
    """Ask the courier for another address, or to keep the parcel until it is collected."""
    case = own_records.case(reference, "application")
    parcel = parcel_of(case)
    if parcel is None or case.state != "awaiting_collection":
        said = gettext("Kurye şu an bu kart için sizden bir istek beklemiyor.")
        return _back(case, said, "info")
    form = AtHomeForm()
    if request.method == "GET" or not form.validate():
        return _parcel_page(case, parcel, form)
    wish = form.istek.data
    brought = NewAddress(form.adres.data if wish == redelivery.OTHER else None)
    try:
        composed().engine.fire(
            parcel.id, _WISHES[wish], current().actor, brought.payload(), workflow="parcel"
        )
    except Refused as error:
        form.istek.errors = [told(error, composed().library.workflow("parcel"))]
        return _parcel_page(case, parcel_of(case) or parcel, form)
    said = gettext("İsteğiniz kuryeye iletiliyor; kabul edilmezse size bildirilir.")
    return _back(case, said, "success")


_WISHES = {redelivery.OTHER: "ask_other_address", redelivery.KEEP: "ask_to_keep"}


def _parcel_page(case: CaseRecord, parcel: ParcelUnderWay, form: AtHomeForm) -> ResponseReturnValue:
    page = render_template(
        "portal/not_at_home.html",
        case=case,
        parcel=parcel,
        form=form,
        link=tracking_link(parcel.tracking_number),
        reason=moves.reason_of(case),
        until=last_whole_day(case.row["due_at"], day_in_istanbul(composed().clock.now())),
        back=moves.home_of(case),
    )
    return page, 422 if form.errors else 200


def _back(case: CaseRecord, said: str, sort: str) -> ResponseReturnValue:
    flash(said, sort)
    return redirect(moves.home_of(case))


def _mark(case: CaseRecord) -> str:
    return address.mark(composed().engine.services.vault, case.row["delivery_address"])


def _page(case: CaseRecord, form: OwnAddressForm) -> str:
    return render_template("portal/address.html", case=case, form=form, back=moves.home_of(case))
