"""The page of one certificate: its days, its activation, suspension and revocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template

from handlers.certificates.foreign import MADE, contact_of
from handlers.kit.roles import APPLICANT
from states.cases.application import FINAL_STATES
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.portal import moves, own_records, pin, routing
from web.portal.advice.telling import of_certificate
from web.portal.blueprint import blueprint
from web.portal.code import issuing
from web.portal.text import read_and_sign

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

ONLY_ONE = _(
    "Bu, geçerli tek sertifikanız. İptal ederseniz yeni kart için kimliğinizle başvuru ofisine "
    "gelmeniz gerekir. Kartı bulabilecekseniz iptal yerine askıya alınız."
)

REST_ON_IT = _("Sertifika iptal edilince bu başvurunun onaylanma yolu değişebilir.")


@blueprint.get("/sertifikalarim/<reference>")
@allow(APPLICANT)
def certificate(reference: str) -> ResponseReturnValue:
    """Show one certificate and what its holder may do with it."""
    case = own_records.case(reference, "certificate")
    checked = moves.is_checked(case)
    composition = composed()
    foreign, day = case.row["seen"] != MADE, routing.day()
    return render_template(
        "portal/certificate.html",
        foreign=foreign,
        contact=contact_of(composition.engine.services, case.row, day.now),
        case=case,
        card=routing.card_of(case.id, day),
        advice=of_certificate(
            case.row, own_records.renewals().get(case.id), day.now, day.window, checked=checked
        ),
        checked=checked,
        reason=moves.reason_of(case),
        replaced=own_records.to_be_replaced(case),
        possible=_possible(case),
        begun=pin.begun(case),
        pin=pin.offer(case),
    )


def _possible(case: CaseRecord) -> dict[str, str]:
    """Return the moves that the holder may try, called what they are for this holder."""
    found = moves.possible(case)
    if "activate" in found and _was_in_use(case):
        found["activate"] = gettext("Askıdan indir")
    return found


def _was_in_use(case: CaseRecord) -> bool:
    """Say whether a suspended certificate was valid before its holder put it on hold."""
    return bool(case.row["suspended_by"] == "holder")


@blueprint.route("/sertifikalarim/<reference>/etkinlestir", methods=["GET", "POST"])
@allow(APPLICANT)
@issuing
def activate(reference: str) -> ResponseReturnValue:
    """Show the text that is signed with the new card, and give out a code for it."""
    case = own_records.case(reference, "certificate")
    if case.state == "active":
        return redirect(moves.home_of(case))
    if not pin.begun(case):
        flash(
            gettext("Sertifikanız henüz başlamadı; başladıktan sonra etkinleştirebilirsiniz."),
            "info",
        )
        return redirect(moves.home_of(case))
    heading = (
        gettext("Sertifikayı askıdan indir")
        if _was_in_use(case)
        else gettext("Sertifikayı etkinleştir")
    )
    return read_and_sign(case, heading, moves.home_of(case))


@blueprint.route("/sertifikalarim/<reference>/etkinlestirme-iste", methods=["GET", "POST"])
@allow(APPLICANT)
def announce(reference: str) -> ResponseReturnValue:
    """Let the holder ask for the activation where it has to be announced before it is made."""
    return moves.confirm(own_records.case(reference, "certificate"), "announce_activation")


@blueprint.route("/sertifikalarim/<reference>/etkinlestirme-durdur", methods=["GET", "POST"])
@allow(APPLICANT)
def stop_activation(reference: str) -> ResponseReturnValue:
    """Let the holder stop an activation that somebody else has asked for."""
    return moves.confirm(own_records.case(reference, "certificate"), "stop_activation")


@blueprint.route("/sertifikalarim/<reference>/askiya-al", methods=["GET", "POST"])
@allow(APPLICANT)
def suspend(reference: str) -> ResponseReturnValue:
    """Let the holder suspend their certificate, on a page of its own."""
    return moves.confirm(own_records.case(reference, "certificate"), "suspend")


@blueprint.route("/sertifikalarim/<reference>/iptal-et", methods=["GET", "POST"])
@allow(APPLICANT)
def revoke(reference: str) -> ResponseReturnValue:
    """Let the holder revoke their certificate, on a page of its own."""
    case = own_records.case(reference, "certificate")
    return moves.confirm(case, "revoke", _at_stake(case))


def _at_stake(case: CaseRecord) -> list[str]:
    """Return what a revocation takes from its holder beside the certificate itself."""
    open_ones = [
        row.reference
        for row in own_records.applications()
        if row.old_certificate_id == case.id and row.state not in FINAL_STATES
    ]
    told = []
    if [row.id for row in own_records.certificates_in_hand()] == [case.id]:
        told.append(ONLY_ONE)
    if open_ones:
        told.append(
            gettext(
                "Bu sertifika için açık başvurunuz var: %(open_ones)s. %(rest_on_it)s",
                open_ones=", ".join(open_ones),
                rest_on_it=REST_ON_IT,
            )
        )
    return told
