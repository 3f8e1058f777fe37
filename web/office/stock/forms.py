"""The forms of the stock: a box that came in, and the moves of boxes and cards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from handlers.cards.boxes import LONGEST_NAME, LONGEST_NUMBER, NewBox, numbers_between
from handlers.cards.boxes import numbers_listed as listed
from handlers.cards.payloads import BoxCount
from handlers.kit.sentences import sentence_of
from states.cases.card_box import MOST_CARDS
from states.kit.invalid import Invalid
from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from workflow.model.context import Payload
    from workflow.model.definition import Transition

LONGEST_REASON = 1000
LONGEST_LIST = (LONGEST_NUMBER + 2) * (MOST_CARDS + 1)
"""Characters of a list of numbers that is read at all."""

_NEEDED = _("Bu alanı doldurunuz.")
_COUNT = _("Saydığınız kart sayısını rakamla yazınız.")


class BoxForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A box as it came: the numbers of its cards as first and last, or as a list."""

    name = StringField(
        _("Kutunun adı ya da numarası"),
        description=_("Kutunun üzerinde yazan."),
        validators=[validators.InputRequired(_NEEDED), validators.Length(max=LONGEST_NAME)],
    )
    maker = StringField(
        _("Kartların üreticisi"),
        validators=[validators.InputRequired(_NEEDED), validators.Length(max=LONGEST_NAME)],
    )
    first = StringField(_("İlk kartın numarası"), validators=[validators.Length(max=100)])
    last = StringField(_("Son kartın numarası"), validators=[validators.Length(max=100)])
    numbers = TextAreaField(
        _("Numaralar birbirini izlemiyorsa: numara listesi"),
        description=_("Her satıra bir numara; tablodan yapıştırabilirsiniz."),
        validators=[validators.Length(max=LONGEST_LIST, message=_("Liste çok uzun."))],
    )

    def box(self) -> NewBox | None:
        """Return the box; None, with the errors at their fields, for what cannot be one."""
        typed = (self.numbers.data or "").strip()
        first, last = (self.first.data or "").strip(), (self.last.data or "").strip()
        if bool(typed) == bool(first or last):
            both = gettext("Ya ilk ve son numarayı ya da numara listesini yazınız.")
            (self.numbers if typed else self.first).errors = [both]
            return None
        try:
            numbers = listed(typed) if typed else numbers_between(first, last)
        except Invalid as invalid:
            (self.numbers if typed else self.first).errors = [sentence_of(invalid, language())]
            return None
        return NewBox(self.name.data, self.maker.data, numbers)


class StockMove(FlaskForm):  # type: ignore[misc] # the same
    """What every move of a box or a card carries: the version that was shown."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])

    def payload(self) -> Payload:
        """Return what is handed in with the move."""
        return {}

    def stated_reason(self) -> str | None:
        """Return the reason of the move, None when it asks for none."""
        return None


class CountBox(StockMove):
    """How many cards somebody has counted."""

    cards = IntegerField(
        _("Saydığınız kart sayısı"),
        description=_("Kutuyu açıp kartları siz sayınız; kutuyu teslim alan sayamaz."),
        validators=[
            validators.InputRequired(_COUNT),
            validators.NumberRange(0, 10 * MOST_CARDS, message=_COUNT),
        ],
    )

    def payload(self) -> Payload:
        """Return the number."""
        return BoxCount(int(self.cards.data)).payload()


class ReasonedMove(StockMove):
    """A reason that is one of the codes of the move, with own words where they help."""

    words = TextAreaField(
        _("Açıklama"),
        description=_("Başka bir neden seçildiyse yazılması gerekir."),
        validators=[validators.Length(max=LONGEST_REASON)],
    )

    def stated_reason(self) -> str | None:
        """Return the chosen code, with own words after it."""
        words = (self.words.data or "").strip()
        return ": ".join(part for part in (self.cause.data, words) if part) or None


class ChosenCards(FlaskForm):  # type: ignore[misc] # the same
    """Cards that were ticked in a list."""

    cards = SelectMultipleField(_("Kartlar"), validate_choice=False)


def form_of(move: Transition) -> type[StockMove]:
    """Return the form of a move."""
    if move.name == "count":
        return CountBox
    if move.reasons:
        return _reasoned(tuple((code, spoken(text)) for code, text in move.reasons.items()))
    return StockMove


@cache
def _reasoned(codes: tuple[tuple[str, str], ...]) -> type[StockMove]:
    """Return a form that offers these codes."""
    cause = RadioField(
        gettext("Neden"),
        choices=[SelectChoice(code, text) for code, text in codes],
        validators=[validators.InputRequired(gettext("Bir neden seçiniz."))],
    )
    return type("ReasonedStockMove", (ReasonedMove,), {"cause": cause})
