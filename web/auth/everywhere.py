"""Ending one's sessions: one of them, or every browser at once, after a fresh proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from web.auth.views import blueprint
from web.gate.language import gettext
from web.gate.permissions import EVERY_ROLE, allow
from web.gate.session import FRESH, end_own, fresh, sign_out_everywhere, signed_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@blueprint.post("/cikis/her-yerde")
@allow(EVERY_ROLE)
def leave_everywhere() -> ResponseReturnValue:
    """End every session of who is signed in."""
    if not fresh():
        return redirect(url_for("auth.prove_anew"))
    sign_out_everywhere()
    flash(gettext("Bütün oturumlarınız kapatıldı."), "success")
    return redirect(url_for("auth.sign_in_page"))


@blueprint.post("/cikis/oturum/<mark>")
@allow(EVERY_ROLE)
def leave_one(mark: str) -> ResponseReturnValue:
    """End one session of who is signed in; one of somebody else answers like none."""
    if not fresh():
        return redirect(url_for("auth.prove_anew"))
    if not end_own(mark):
        abort(404)
    flash(gettext("Oturum kapatıldı."), "success")
    return redirect(url_for("auth.account" if signed_in() else "auth.sign_in_page"))


@blueprint.get("/hesap/yeniden-giris")
@allow(EVERY_ROLE)
def prove_anew() -> ResponseReturnValue:
    """Say why a fresh proof is asked for, and lead to it and back to the account page."""
    minutes = int(FRESH.total_seconds()) // 60
    return render_template("auth/prove_anew.html", minutes=minutes)
