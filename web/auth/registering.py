"""Whoever proved themselves at the gateway and is unknown here asks to be registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from wtforms import StringField, TextAreaField

from handlers.kit.services import vault_of
from handlers.people import registration
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.people.tckn import masked
from web.auth.stranger import drop, kept
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import public
from workflow.model.actor import system
from workflow.model.entry import parsed, storable
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.cases.requests.registration import Registration
    from states.kit.vault import Vault
    from web.auth.stranger import Stranger

blueprint = Blueprint("registering", __name__)

BY = "gateway"
"""How the journal names who files a request: nobody who is known yet."""


class RegistrationForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """How somebody is reached, and where they work."""

    email = StringField(_("E-posta"), render_kw={"autocomplete": "email", "type": "email"})
    phone = StringField(_("Telefon"), render_kw={"autocomplete": "tel", "type": "tel"})
    institution = StringField(
        _("Kurum kodu"),
        description=_("Kurumunuzun yetkilisi bilir; bir kurumda çalışmıyorsanız boş bırakınız."),
    )
    address = TextAreaField(
        _("Teslimat adresi"), description=_("Kartınız üretilince buraya gönderilir.")
    )

    def blame(self, invalid: Invalid) -> None:
        """Put what is wrong beside the field that it is about."""
        field = self._fields.get(invalid.code.partition(".")[0], self.email)
        field.errors = [told(invalid)]


@blueprint.route("/kayit", methods=["GET", "POST"])
@public
@limiter.limit("30 per hour", methods=["POST"])
def ask() -> ResponseReturnValue:
    """Show where a request stands, and take one in of whoever has none."""
    stranger = kept()
    if stranger is None:
        flash(gettext("Kayıt istemek için önce kimliğinizi kimlik kapısında doğrulayınız."), "info")
        return redirect(url_for("auth.sign_in_page"))
    with composed().database.connect() as connection:
        known = registration.is_known(connection, _vault(), stranger.tckn)
        newest = registration.newest_of(connection, _vault(), stranger.tckn)
    if known:
        drop()
        flash(gettext("Kaydınız yapıldı; yeniden giriş yapabilirsiniz."), "success")
        return redirect(url_for("auth.sign_in_page"))
    form = RegistrationForm()
    if newest is not None and newest.state == "requested":
        return _page(stranger, newest, None)
    if not form.is_submitted():
        return _page(stranger, newest, form)
    if not form.validate():
        return _page(stranger, newest, form), 422
    return _filed(stranger, newest, form)


def _vault() -> Vault:
    return vault_of(composed().settings)


def _filed(
    stranger: Stranger, newest: Registration | None, form: RegistrationForm
) -> ResponseReturnValue:
    composition = composed()
    wish = registration.RegistrationWish(
        stranger.tckn, stranger.given_name, stranger.surname,
        *(storable(form[one].data or "") for one in ("institution", "address", "email", "phone")),
    )  # fmt: skip
    try:
        with composition.database.connect() as connection:
            values = registration.values_of(connection, _vault(), wish)
        composition.engine.open("registration", "request", system(BY), values)
    except Invalid as invalid:
        form.blame(invalid)
        return _page(stranger, newest, form), 422
    except Refused as error:
        form.email.errors = [told(error, composition.library.workflow("registration"))]
        return _page(stranger, newest, form), 422
    except IntegrityError:  # pressed twice at once; the page shows the request that was first
        pass
    return redirect(url_for("registering.ask"))


def _page(stranger: Stranger, newest: Registration | None, form: RegistrationForm | None) -> str:
    return render_template(
        "auth/registering.html",
        stranger=stranger,
        number=masked(stranger.tckn),
        newest=newest,
        reason=_reason(newest) if newest is not None and newest.state == "refused" else "",
        form=form,
    )


def _reason(refused: Registration) -> str:
    query = select(JournalEntry.body).where(
        JournalEntry.case_id == refused.id, JournalEntry.trigger == "refuse"
    )
    with composed().database.connect() as connection:
        body: Any = parsed(connection.scalar(query) or "{}")
    return str(body.get("reason") or "")
