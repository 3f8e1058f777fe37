"""The choice of the language in which the site is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, redirect, request

from web.auth.views import onward_in
from web.gate.language import LANGUAGES, choose
from web.gate.permissions import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("language", __name__)


@blueprint.get(f"/dil/<any({', '.join(LANGUAGES)}):chosen>")
@public
def choice(chosen: str) -> ResponseReturnValue:
    """Keep a language in the browser and go back to the page that it was chosen on."""
    response = current_app.make_response(redirect(onward_in(request.args.get("devam", "")) or "/"))
    choose(response, chosen)
    return response
