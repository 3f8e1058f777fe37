"""The applicant's start page: their applications, their certificates and their e-onay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from handlers.kit.roles import APPLICANT
from web.gate.composition import composed
from web.gate.permissions import allow
from web.portal import own_records, routing
from web.portal.advice.telling import advise, of_certificate
from web.portal.approval import advice_for
from web.portal.blueprint import blueprint

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@blueprint.get("/basvurularim")
@allow(APPLICANT)
def home() -> ResponseReturnValue:
    """Show what one has, where it stands, and what comes next."""
    consent = own_records.consent_in_force()
    applications, certificates = own_records.applications(), own_records.certificates()
    renewals, day = own_records.renewals(), routing.day()
    return render_template(
        "portal/home.html",
        card=routing.own_card(day),
        applications=[(row, advice_for(vars(row))) for row in applications],
        certificates=[
            (row, of_certificate(vars(row), renewals.get(row.id), day.now, day.window))
            for row in certificates
        ],
        consent=consent,
        signs=any(row.state == "active" for row in certificates),
        consent_advice=advise("consent", vars(consent), day.today) if consent else None,
        definitions=composed().library.current,
    )
