"""The pages of signing in, staying and leaving."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from handlers.kit.roles import APPLICANT, COORDINATOR, HOUSE
from web.auth import oidc, personas
from web.auth.personas import EVERYBODY
from web.auth.stranger import keep
from web.gate.actors import Untied
from web.gate.composition import composed
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import EVERY_ROLE, allow, public
from web.gate.session import current, refused, sign_in, sign_out, signed_in
from web.kit.frame import home_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flask.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

    from web.gate.actors import Known
    from workflow.model.definition import Role

blueprint = Blueprint("auth", __name__)

_LOCAL = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f]*")
"""A path of this site: browsers drop tabs and line ends, and read a backslash as a slash."""

UNTIED = _(
    "Bu hesap bir kişiye bağlı değil; bu yüzden giriş yapılamaz. Yöneticiden, hesabınızı kimlik "
    "numaranızla kişinize bağlamasını isteyiniz."
)
NOBODY = _("Bu hesapla giriş yapılamıyor. Hesabınızın açık olduğunu yöneticinize sorunuz.")
EVERY_DOOR = (_("Nitelikli elektronik sertifika başvurularının izlendiği ofis."), EVERYBODY)
DOORS = MappingProxyType(
    {
        "sahip": (_("Başvuru sahibi olarak giriş."), (APPLICANT,)),
        "kurum": (_("Kurum yetkilisi olarak giriş."), (COORDINATOR,)),
        "ofis": (_("Ofis çalışanı olarak giriş."), HOUSE),
    }
)
"""The doors of the first page: what stands above the ways in, whose personas a demo offers."""

TOO_WEAK = _(
    "Kimlik sağlayıcıdaki girişiniz bu ofis için yeterince güçlü ya da yeterince yeni değil. "
    "İki adımlı doğrulama ile yeniden giriş yapınız."
)

GIVEN_UP = _("Girişten vazgeçildi. Dilediğiniz yolla yeniden girebilirsiniz.")


@blueprint.record
def _connect(state: BlueprintSetupState) -> None:
    oidc.connect(state.app)


def _roles() -> Mapping[str, Role]:
    return next(iter(composed().library.current.values())).roles


def role_title(known: Known) -> str:
    """Return the title of the one role in which somebody would sign in."""
    return ", ".join(spoken(_roles()[name].title) for name in sorted(known.actor.roles))


def onward_in(target: str) -> str:
    """Return where to go after signing in: a page of this site, never an address elsewhere."""
    local = _LOCAL.fullmatch(target)
    return target if local else ""


@blueprint.get("/")
@public
def start() -> ResponseReturnValue:
    """Go to the start page of one's role, or show the three doors to who is not signed in."""
    person = signed_in()
    if person is None:
        return render_template("auth/first.html", **_provider())
    return redirect(url_for(home_endpoint(current_app, person.actor.roles)))


@blueprint.get("/giris")
@public
def sign_in_page() -> ResponseReturnValue:
    """Show the ways to sign in; in the demo with the personas of the door that was taken."""
    demo = composed().settings.demo
    lead, roles = DOORS.get(request.args.get("kapi", ""), EVERY_DOOR)
    return render_template(
        "auth/sign_in.html",
        lead=lead,
        groups=personas.groups(composed().database, _roles(), roles) if demo else [],
        onward=onward_in(request.args.get("devam", "")),
        **_provider(),
    )


def _provider() -> dict[str, object]:
    """Return whether there is an OpenID provider to sign in through, and its name."""
    return {"oidc": oidc.available(), "provider": composed().settings.oidc_name}


@blueprint.post("/giris/deneme/<any(user, person):sort>/<int:number>")
@public
@limiter.limit("60 per minute")
def demo_sign_in(sort: str, number: int) -> ResponseReturnValue:
    """Sign in as a persona; outside the demo there is no such page."""
    if not composed().settings.demo:
        abort(404)
    try:
        known = personas.known(composed().database, sort, number)
    except Untied:
        return _let_nobody_in(UNTIED, "demo")
    if known is None:
        abort(404)
    return welcome(known, request.form.get("devam", ""))


@blueprint.get("/giris/oidc")
@public
@limiter.limit("30 per minute")
def oidc_begin() -> ResponseReturnValue:
    """Send the browser to the OpenID provider."""
    return oidc.begin(onward_in(request.args.get("devam", "")))


@blueprint.get("/giris/oidc/donus")
@public
@limiter.limit("30 per minute")
def oidc_end() -> ResponseReturnValue:
    """Take the browser back from the OpenID provider."""
    try:
        back = oidc.end()
    except oidc.GivenUp:
        flash(str(GIVEN_UP), "info")
        return redirect(url_for("auth.sign_in_page"))
    except oidc.Unregistered as unknown:
        refused("oidc")
        keep(unknown.stranger)
        return redirect(url_for("registering.ask"))
    except oidc.TooWeak:
        return _let_nobody_in(TOO_WEAK)
    except Untied:
        return _let_nobody_in(UNTIED)
    return welcome(back.known, back.onward, back.proved) if back else _let_nobody_in(NOBODY)


def _let_nobody_in(sentence: str, method: str = "oidc") -> ResponseReturnValue:
    refused(method)
    flash(str(sentence), "danger")
    return redirect(url_for("auth.sign_in_page"))


def welcome(known: Known, onward: str, proved: datetime | None = None) -> ResponseReturnValue:
    """Begin a new session and go on to the page that was asked for, else to the start page.

    ``proved`` is when the proof was given, where that is not now.
    """
    sign_in(known.actor, known.name, proved)
    home = url_for(home_endpoint(current_app, known.actor.roles))
    return redirect(onward_in(onward) or home)


@blueprint.post("/cikis")
@public
def leave() -> ResponseReturnValue:
    """Sign out."""
    sign_out()
    flash(gettext("Çıkış yapıldı."), "success")
    return redirect(url_for("auth.sign_in_page"))


@blueprint.get("/hesap")
@allow(EVERY_ROLE)
def account() -> ResponseReturnValue:
    """Show who one is to the office."""
    me = current()
    titles = [spoken(_roles()[name].title) for name in sorted(me.actor.roles)]
    return render_template("auth/account.html", me=me, roles=titles)


@blueprint.get("/oturum/surdur")
@allow(EVERY_ROLE)
def stay() -> ResponseReturnValue:
    """Prolong the session on request: machines get an empty answer, people their start page."""
    if "application/json" in request.headers.get("Accept", ""):
        return "", 204
    return redirect(url_for("auth.start"))
