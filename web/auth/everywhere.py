"""Owns signing out of every browser at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for

from web.auth.views import blueprint
from web.permissions import allow
from web.session import sign_out_everywhere

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@blueprint.post("/cikis/her-yerde")
@allow("*")
def leave_everywhere() -> ResponseReturnValue:
    """End every session of who is signed in."""
    sign_out_everywhere()
    flash("Bütün oturumlarınız kapatıldı.", "success")
    return redirect(url_for("auth.sign_in_page"))
