"""The pages of accounts: the list, one account, and what may be proposed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.accounts import departure, grants
from handlers.kit.roles import ADMINISTRATOR
from handlers.people.register import clean_name
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID, read_number, reference
from states.people import tckn
from states.people.user import OF_HUMANS
from web.admin import reading
from web.admin.blueprint import blueprint
from web.admin.forms import HumanForm, OpenAccountForm, ReasonForm, RoleForm
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, ngettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current, end_sessions_of
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

NUMBER_MISSING = _("Bu rol için kimlik numarası gerekir; hesabın sahibini yazınız.")
CHANGES = "any(role, close, reopen, tie, lead, unlead)"
"""What may be proposed of an account that there is."""

_FORMS = {"role": RoleForm, "tie": HumanForm}
NUMBER = f"int(max={MAX_ID}):number"


@blueprint.get("/hesaplar")
@allow(ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """List the accounts of the office."""
    number = read_number(request.args.get("sonra", "")) or 0
    listed, following = reading.accounts(number)
    return render_template(
        "admin/accounts.html",
        accounts=listed,
        definition=reading.definition(),
        following=following,
        again=number > 0,
    )


@blueprint.get(f"/hesap/<{NUMBER}>")
@allow(ADMINISTRATOR)
def account(number: int) -> ResponseReturnValue:
    """Show one account, what was proposed of it, and what may be."""
    found = reading.account(number)
    return render_template(
        "admin/account.html",
        account=found,
        definition=reading.definition(),
        proposals=reading.proposals(user_id=number),
        acts=reading.ACTS,
        holds=len(departure.behind(composed().engine, "close", number, None).cases),
        returned=departure.returned(composed().engine, number),
        own=current().actor.name == f"user:{number}",
    )


@blueprint.route("/hesap/yeni", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def new_account() -> ResponseReturnValue:
    """Propose a new account."""
    form = OpenAccountForm()
    form.offer(reading.definition(), reading.institutions())
    if not form.validate_on_submit():
        return _form_page("admin/new.html", form)
    fault = _fault(form)
    if fault:
        form.tckn.errors = [fault]
        return _form_page("admin/new.html", form)
    values = {
        "act": "open",
        "user_id": None,
        "person_id": None,
        "name": f"{form.ad.data.strip()} {form.soyad.data.strip()}",
        "subject": form.kimlik.data.strip(),
        **form.role_and_institution(),
    }
    return _propose(values, form, "admin/new.html")


@blueprint.route(f"/hesap/<{NUMBER}>/<{CHANGES}:act>", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def change(number: int, act: str) -> ResponseReturnValue:
    """Propose a change of an account."""
    found = reading.account(number)
    form = _FORMS.get(act, ReasonForm)()
    if isinstance(form, RoleForm):
        form.offer(reading.definition(), reading.institutions())
    behind = departure.behind(composed().engine, act, number, found.user.person_id)
    page = {"account": found, "title": reading.ACTS[act], "behind": behind}
    valid = form.validate_on_submit()
    if valid and isinstance(form, HumanForm) and (fault := _fault(form)):
        form.tckn.errors, valid = [fault], False
    if not valid:
        return _form_page("admin/change.html", form, **page)
    with composed().database.connect() as connection:
        values = grants.values_for(connection, act, number)
        earlier = grants.under_way(connection, number)
    if earlier is not None:
        flash(
            gettext("Bu hesap için karar bekleyen bir öneri var; önce o sonuçlanmalıdır."),
            "warning",
        )
        return redirect(url_for("admin.proposal", reference=reference("grant", earlier)))
    if isinstance(form, RoleForm):
        values |= form.role_and_institution()
    return _propose(values, form, "admin/change.html", **page)


@blueprint.post(f"/hesap/<{NUMBER}>/oturumlar")
@allow(ADMINISTRATOR)
def end_sessions(number: int) -> ResponseReturnValue:
    """End every session of an account at once; it loses no right by that."""
    found = reading.account(number)
    count = end_sessions_of(f"user:{found.user.id}")
    flash(_sessions_ended(count), "success")
    return redirect(url_for("admin.account", number=number))


def _sessions_ended(count: int) -> str:
    if not count:
        return gettext("Açık oturum yoktu.")
    return ngettext("%(num)s oturum kapatıldı.", "%(num)s oturum kapatıldı.", count)


def _fault(form: HumanForm) -> str:
    """Return what is wrong with the human who was named, empty when nothing is."""
    if form.human() is None:
        missing = isinstance(form, OpenAccountForm) and form.rol.data in OF_HUMANS
        return NUMBER_MISSING if missing else ""
    try:
        tckn.parse(form.tckn.data)
        clean_name(form.ad.data, "given_name")
        clean_name(form.soyad.data, "surname")
    except Invalid as invalid:
        return told(invalid)
    return ""


def _propose(
    values: dict[str, object], form: ReasonForm, template: str, **page: object
) -> ResponseReturnValue:
    composition, actor = composed(), current().actor
    human = form.human() if isinstance(form, HumanForm) else None
    named = None if human is None else human.payload()
    try:
        case_id = composition.engine.open(
            "grant", "propose", actor, values, named, reason=form.gerekce.data
        )
    except Refused as error:
        form.gerekce.errors = [told(error, reading.definition())]
        return _form_page(template, form, **page)
    flash(gettext("Öneriniz kaydedildi; başka bir yönetici onaylayınca uygulanır."), "success")
    return redirect(url_for("admin.proposal", reference=reference("grant", case_id)))


def _form_page(template: str, form: ReasonForm, **page: object) -> ResponseReturnValue:
    if isinstance(form, HumanForm):
        form.tckn.data = ""  # a whole number is never shown again, not even to who typed it
    shown = render_template(template, form=form, definition=reading.definition(), **page)
    return shown, 422 if form.errors else 200
