"""Papers that the office itself makes: set, sealed on its token, ready to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.papers import letters
from handlers.papers.letters import sheets
from workflow.model.context import pass_point

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.kit.services import Services
    from workflow.model.context import Point

OUR_NUMBER = "E-NESOFIS-710.03"
"""What the numbers of our letters begin with: ours, and 710.03 of the state's file plan."""

REASONS = {
    "consent_record": "e-onay kaydının mühürlenmesi",
    "courier_manifest": "Kurye teslim listesinin mühürlenmesi",
    "hand_over": "Kurye teslim formunun mühürlenmesi",
    "official_letter": "Resmî yazının mühürlenmesi",
    "unit_letter": "Birimlere yazının mühürlenmesi",
    "unit_list": "Birim listesinin mühürlenmesi",
}
"""Why a paper is sealed, as it stands in its signature."""


def make_paper(
    services: Services,
    template: letters.Template,
    values: Mapping[str, object],
    now: datetime,
    point: Point = pass_point,
) -> letters.Made:
    """Set a paper and seal it; the token is asked, so this stands outside any transaction.

    Signs that no document can show become question marks. Without a seal the paper is as it was
    set. ``point`` is passed once it is drawn, and once it is sealed. Raises the refusals of the
    token.
    """
    code = letters.new_verification_code()
    pdf = sheets.typeset(template, code, now, shown(values), services.site)
    point("paper_drawn")
    if services.seal is not None:
        pdf = services.seal().seal(pdf, REASONS[template.kind], now)
    point("paper_sealed")
    return letters.Made(template, code, now, pdf, letters.PDF_TYPE)


def shown(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a paper with question marks for the signs that none can show."""
    return {name: _shown_value(value) for name, value in values.items()}


def _shown_value(value: object) -> object:
    if isinstance(value, str):
        return sheets.shown(value)
    if isinstance(value, list):
        return [shown(row) for row in value]
    return value
