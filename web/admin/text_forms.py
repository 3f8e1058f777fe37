"""The form by which an administrator proposes another wording of a message."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField, TextAreaField, validators

from handlers.papers.letters.grammar import LONGEST_SUBJECT
from handlers.papers.letters.message_texts import PARTS, Wording
from web.gate.language import lazy_gettext as _
from web.kit.decision import LONGEST_REASON

_SUBJECT = {"maxlength": str(LONGEST_SUBJECT), "spellcheck": "true"}
_BODY = {"rows": "14", "spellcheck": "true"}


class WordingForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """Subject and body in both languages, from which day, and why."""

    subject_tr = StringField(_("Türkçe konu"), render_kw={**_SUBJECT, "lang": "tr"})
    body_tr = TextAreaField(_("Türkçe metin"), render_kw={**_BODY, "lang": "tr"})
    subject_en = StringField(_("İngilizce konu"), render_kw={**_SUBJECT, "lang": "en"})
    body_en = TextAreaField(_("İngilizce metin"), render_kw={**_BODY, "lang": "en"})
    revizyon = HiddenField(
        validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,6}$")]
    )
    vaka = StringField(
        _("Önizlenecek kayıt"),
        description=_(
            "Boş bırakılırsa uydurma bir kayıtla önizlenir. Bir başvuru, sertifika ya da e-onay "
            "numarası yazabilirsiniz; kişinin adı ve adresi gösterilmez."
        ),
        validators=[validators.Length(max=40, message=_("Numarayı denetleyiniz."))],
        render_kw={"autocomplete": "off"},
    )

    def wording(self) -> Wording:
        """Return what was written: lines end alike, blanks around it count for nothing."""
        subject_tr, body_tr, subject_en, body_en = (
            (self[part].data or "").replace("\r\n", "\n").strip() for part in PARTS
        )
        return Wording(subject_tr, _ended(body_tr), subject_en, _ended(body_en))

    def show(self, wording: Wording, revision: int) -> None:
        """Begin with a wording, to become a revision."""
        for part in PARTS:
            self[part].data = getattr(wording, part)
        self.revizyon.data = str(revision)


class ProposedWordingForm(WordingForm):
    """The same, once it is to be proposed and not only looked at."""

    gun = DateField(
        _("Yürürlük günü"),
        validators=[
            validators.InputRequired(_("Metnin hangi günden sonra gönderileceğini seçiniz."))
        ],
    )
    gerekce = TextAreaField(
        _("Gerekçe"),
        validators=[
            validators.InputRequired(_("Gerekçeyi yazınız.")),
            validators.Length(
                max=LONGEST_REASON,
                message=_(
                    "Gerekçe en çok %(longest_reason)s harf olabilir.",
                    longest_reason=LONGEST_REASON,
                ),
            ),
        ],
    )


def _ended(text: str) -> str:
    return f"{text}\n" if text else ""
