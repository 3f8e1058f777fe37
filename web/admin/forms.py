"""The forms of the administrator: what he proposes of an account, and what he decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField, validators

from handlers.accounts.grants import LONGEST
from handlers.kit.roles import STAFF
from handlers.people.holders import NamedHuman
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.decision import LONGEST_REASON
from web.kit.wording import role_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from states.people.institution import Institution
    from workflow.model.definition import Definition

NO_INSTITUTION = ""


class ReasonForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A proposal or decision that needs nothing but a reason."""

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


class RoleForm(ReasonForm):
    """The one role that an account would hold."""

    rol = SelectField(_("Rol"), validators=[validators.InputRequired(_("Rolü seçiniz."))])
    kurum = SelectField(
        _("Kurum"),
        description=_("Yalnız kurum yetkilisi için."),
        validators=[validators.Optional()],
    )

    def offer(self, definition: Definition, institutions: Sequence[Institution]) -> RoleForm:
        """Fill in the roles and institutions."""
        self.rol.choices = [(name, role_title(definition, name)) for name in STAFF]
        self.kurum.choices = [(NO_INSTITUTION, gettext("Yok"))] + [
            (str(one.id), one.name) for one in institutions
        ]
        return self

    def role_and_institution(self) -> dict[str, object]:
        """Return role and institution as a proposal holds them."""
        place = self.kurum.data
        return {"role": self.rol.data, "institution_id": int(place) if place else None}


class HumanForm(ReasonForm):
    """The human whom an account belongs to."""

    ad = StringField(
        _("Ad"),
        validators=[
            validators.InputRequired(_("Adı yazınız.")),
            validators.Length(
                max=LONGEST // 2,
                message=_("Ad en çok %(value)s harf olabilir.", value=LONGEST // 2),
            ),
        ],
    )
    soyad = StringField(
        _("Soyad"),
        validators=[
            validators.InputRequired(_("Soyadı yazınız.")),
            validators.Length(
                max=LONGEST // 2 - 1,
                message=_("Soyad en çok %(value)s harf olabilir.", value=LONGEST // 2 - 1),
            ),
        ],
    )
    tckn = StringField(
        _("T.C. kimlik numarası"),
        description=_("Hesabın sahibi bununla tanınır: kimse kendi kaydında karar veremez."),
        validators=[validators.InputRequired(_("Kimlik numarasını yazınız."))],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "11"},
    )

    def human(self) -> NamedHuman | None:
        """Return who was named; None without a number."""
        tckn = (self.tckn.data or "").strip()
        return NamedHuman(tckn, self.ad.data.strip(), self.soyad.data.strip()) if tckn else None


class OpenAccountForm(RoleForm, HumanForm):
    """A new account."""

    kimlik = StringField(
        _("Giriş hizmetindeki kimlik"),
        description=_("Kurumunuzun giriş hizmetinin bu kişi için verdiği değişmez kimlik (sub)."),
        validators=[
            validators.InputRequired(_("Giriş hizmetindeki kimliği yazınız.")),
            validators.Length(
                max=LONGEST, message=_("Kimlik en çok %(longest)s harf olabilir.", longest=LONGEST)
            ),
        ],
    )
    tckn = StringField(
        _("T.C. kimlik numarası"),
        description=(
            _(
                "Kurum yetkilisi dışındaki her hesap için gerekir; "
                "kimse kendi kaydında karar veremez."
            )
        ),
        validators=[validators.Optional()],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "11"},
    )
