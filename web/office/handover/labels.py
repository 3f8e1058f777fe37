"""What is printed for parcels that wait in the house: sheets of labels, the sheet of one card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, request

from handlers.kit.reads import DataAccess, record_reads
from handlers.kit.roles import OPERATOR
from handlers.parcels import finding
from handlers.parcels.drawing import A4_14, draw_carrier, draw_labels
from states.kit.reference import read_number
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.handover.pages import pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from handlers.parcels.finding import FoundParcel

LABELS, CARRIER = "Kurye etiketi", "Kart taşıyıcı sayfası"
"""Purposes under which the reading of a name and an address is kept."""


@blueprint.get("/ofis/kurye/etiketler.pdf")
@allow(OPERATOR)
def parcel_labels() -> ResponseReturnValue:
    """Hand out the labels of all that waits in the house; ``atla`` places are used up already."""
    skipped = min(read_number(request.args.get("atla", "")) or 0, A4_14.places - 1)
    with composed().database.connect() as connection:
        parcels = finding.parcels_in_house(connection)
    if not parcels:
        abort(404)
    _note(parcels, LABELS)
    printed = [one.printed for one in parcels]
    return pdf(draw_labels(printed, composed().clock.now(), skipped=skipped), "etiketler.pdf")


@blueprint.get("/ofis/kurye/tasiyici/<code>.pdf")
@allow(OPERATOR)
def carrier_sheet(code: str) -> ResponseReturnValue:
    """Hand out the sheet that carries the card of a parcel which waits in the house."""
    with composed().database.connect() as connection:
        parcel = finding.find_parcel(connection, code)
        if parcel is None or parcel.state != "booked":
            abort(404)
        card = finding.card_number(connection, parcel.application_id)
    _note([parcel], CARRIER)
    return pdf(draw_carrier(parcel.printed_with(card), composed().clock.now()), f"{code}.pdf")


def _note(parcels: Sequence[FoundParcel], purpose: str) -> None:
    """Keep whose name and address is printed, by whom; what cannot be kept is not printed."""
    engine = composed().engine
    with engine.database.begin() as connection:
        record_reads(
            connection,
            current().actor,
            engine.clock.now(),
            DataAccess("label", purpose),
            [one.person_id for one in parcels],
        )
