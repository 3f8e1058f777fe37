"""The pages that say whom to ask, what becomes of one's data, and how things are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from web.gate.composition import composed
from web.gate.permissions import public
from web.help.contact import Contact, contact_of

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("help", __name__)


@blueprint.record
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["office_contact"] = _contact


def _contact() -> Contact:
    return contact_of(composed().settings)


@blueprint.get("/iletisim")
@public
def contact() -> ResponseReturnValue:
    """Say how the office is reached."""
    return render_template("help/contact.html")


@blueprint.get("/kisisel-veriler")
@public
def privacy() -> ResponseReturnValue:
    """Tell what the office does with personal data (law 6698, article 10)."""
    return render_template("help/privacy.html")
