"""The forms of a question to the support unit and of its answer."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, validators

from handlers.questions.wording import LONGEST
from web.gate.language import lazy_gettext as _

_SIZE = {"maxlength": LONGEST, "rows": 6}
_HINT = _("En çok %(longest)s harf; T.C. kimlik numarası yazmayınız.", longest=LONGEST)


class QuestionForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """What somebody asks."""

    soru = TextAreaField(_("Sorunuz"), description=_HINT, render_kw=_SIZE)


class AnswerForm(FlaskForm):  # type: ignore[misc] # the same
    """What is answered, bound to what was shown."""

    surum = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    cevap = TextAreaField(_("Cevabınız"), description=_HINT, render_kw=_SIZE)
