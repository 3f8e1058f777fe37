"""The forms of the public page: a code to ask with, and a file to compare."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField

from web.gate.language import lazy_gettext as _

LONGEST_CODE = 64
"""Characters of a code with all blanks and hyphens that people paste along."""


class CodeForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The verification code."""

    class Meta:
        """How the library treats the form."""

        csrf = False  # it only asks; a QR code must be able to open the answer

    kod = StringField(
        _("Belge doğrulama kodu"),
        description=_("Belgenin altında yazan beş grup: 1a2b-3c4d-5e6f-7a8b-9c0d gibi."),
        render_kw={"maxlength": LONGEST_CODE, "autocomplete": "off", "spellcheck": "false"},
    )


class FileForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The file in somebody's hand."""

    dosya = FileField(_("Elinizdeki dosya"))
