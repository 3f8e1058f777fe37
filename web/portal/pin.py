"""What a certificate page says of the PIN: what may be done, or why not and where to turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect

from handlers.cards.pin import is_first
from handlers.kit.roles import APPLICANT
from handlers.kit.sentences import SENTENCES
from handlers.signatures.purposes import PURPOSES, move_of
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import lazy_gettext as _
from web.gate.language import spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.reading import timeline
from web.portal import moves, own_records
from web.portal.blueprint import blueprint
from web.portal.code import issuing
from web.portal.text import read_and_sign
from workflow.model.refusal import Refused
from workflow.model.request import Request

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

PURPOSE = "pin"
FIRST, AGAIN = _("PIN oluştur"), _("PIN kilidini aç")
ENDED = _("Bu sertifika artık kullanılmıyor.")
NOT_YET = _("Sertifikanız henüz başlamadı; PIN'inizi başladıktan sonra oluşturabilirsiniz.")
SETTING = frozenset(PURPOSES[PURPOSE].triggers)
LIVING = frozenset({"suspended", "active"})


@dataclass(frozen=True, slots=True)
class PinOffer:
    """What the holder may do with the PIN of his card; ``reason`` says why he may not, if so.

    ``made_at`` is when he last set one here.
    """

    first: bool
    reason: str
    made_at: datetime | None

    @property
    def title(self) -> str:
        """What the button and the page are called."""
        return FIRST if self.first else AGAIN


def begun(case: CaseRecord) -> bool:
    """Tell whether the new card can sign by now: a renewal begins when the old one ends."""
    first: datetime | None = case.row["not_before"]
    return first is None or first <= composed().clock.now()


def offer(case: CaseRecord) -> PinOffer | None:
    """Return what the page of a certificate offers; None for one that is used no more."""
    if case.state not in LIVING:
        return None
    database = composed().database
    with database.connect() as connection:
        first = is_first(connection, case.row["card_id"])
    made = [entry.at for entry in timeline(database, case.id) if entry.trigger in SETTING]
    return PinOffer(first, _reason(case), max(made, default=None))


def _reason(case: CaseRecord) -> str:
    trigger = move_of(PURPOSE, case.definition, case.state)
    if trigger not in case.definition.transitions:  # recorded before the office could do it
        return spoken(SENTENCES["pin.no_secret"])
    request = Request(trigger, current().actor)
    try:
        composed().engine.rehearse(case.id, request, workflow=case.workflow)
    except Refused as error:
        return told(error, case.definition)
    return ""


@blueprint.route("/sertifikalarim/<reference>/pin", methods=["GET", "POST"])
@allow(APPLICANT)
@issuing
def pin(reference: str) -> ResponseReturnValue:
    """Say what will happen, show the text that is signed at the end, and give out a code."""
    case = own_records.case(reference, "certificate")
    offered = offer(case)
    reason = ENDED if offered is None else offered.reason
    if not reason and not begun(case):
        reason = NOT_YET
    if offered is None or reason:
        flash(str(reason), "info")
        return redirect(moves.home_of(case))
    template = "portal/pin.html"
    return read_and_sign(case, offered.title, moves.home_of(case), PURPOSE, template)
