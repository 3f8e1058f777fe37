"""The forms of the administrator: what he proposes of an account, and what he decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField, validators

from handlers.accounts.grants import LONGEST
from handlers.kit.roles import STAFF
from handlers.people.holders import NamedHuman
from web.kit.wording import role_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from states.people.institution import Institution
    from workflow.model.definition import Definition

LONGEST_REASON = 2_000
NO_INSTITUTION = ""


class ReasonForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A proposal or decision that needs nothing but a reason."""

    gerekce = TextAreaField(
        "Gerekçe",
        validators=[
            validators.InputRequired("Gerekçeyi yazınız."),
            validators.Length(
                max=LONGEST_REASON, message=f"Gerekçe en çok {LONGEST_REASON} harf olabilir."
            ),
        ],
    )


class RoleForm(ReasonForm):
    """The one role that an account would hold."""

    rol = SelectField("Rol", validators=[validators.InputRequired("Rolü seçiniz.")])
    kurum = SelectField(
        "Kurum",
        description="Yalnız kurum yetkilisi için.",
        validators=[validators.Optional()],
    )

    def offer(self, definition: Definition, institutions: Sequence[Institution]) -> RoleForm:
        """Fill in the roles and institutions."""
        self.rol.choices = [(name, role_title(definition, name)) for name in STAFF]
        self.kurum.choices = [(NO_INSTITUTION, "Yok")] + [
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
        "Ad",
        validators=[
            validators.InputRequired("Adı yazınız."),
            validators.Length(max=LONGEST // 2, message=f"Ad en çok {LONGEST // 2} harf olabilir."),
        ],
    )
    soyad = StringField(
        "Soyad",
        validators=[
            validators.InputRequired("Soyadı yazınız."),
            validators.Length(
                max=LONGEST // 2 - 1, message=f"Soyad en çok {LONGEST // 2 - 1} harf olabilir."
            ),
        ],
    )
    tckn = StringField(
        "T.C. kimlik numarası",
        description="Hesabın sahibi bununla tanınır: kimse kendi kaydında karar veremez.",
        validators=[validators.InputRequired("Kimlik numarasını yazınız.")],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "11"},
    )

    def human(self) -> NamedHuman | None:
        """Return who was named; None without a number."""
        tckn = (self.tckn.data or "").strip()
        return NamedHuman(tckn, self.ad.data.strip(), self.soyad.data.strip()) if tckn else None


class OpenAccountForm(RoleForm, HumanForm):
    """A new account."""

    kimlik = StringField(
        "Giriş hizmetindeki kimlik",
        description="Kurumunuzun giriş hizmetinin bu kişi için verdiği değişmez kimlik (sub).",
        validators=[
            validators.InputRequired("Giriş hizmetindeki kimliği yazınız."),
            validators.Length(max=LONGEST, message=f"Kimlik en çok {LONGEST} harf olabilir."),
        ],
    )
    tckn = StringField(
        "T.C. kimlik numarası",
        description=(
            "Kurum yetkilisi dışındaki her hesap için gerekir; kimse kendi kaydında karar veremez."
        ),
        validators=[validators.Optional()],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "11"},
    )


class DecisionForm(FlaskForm):  # type: ignore[misc] # the same
    """A decision about a proposal, bound to what was shown."""

    surum = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    gerekce = TextAreaField(
        "Gerekçe",
        description="Uygun bulmadığınızda zorunludur.",
        validators=[
            validators.Length(
                max=LONGEST_REASON, message=f"Gerekçe en çok {LONGEST_REASON} harf olabilir."
            )
        ],
    )
