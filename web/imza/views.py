"""The page of nes-imza: what it is, the builds for each system, how one is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, send_file

from web.gate.composition import composed
from web.gate.limits import limiter
from web.gate.permissions import public
from web.imza.builds import builds_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.imza.builds import Build

blueprint = Blueprint("imza", __name__)

DOWNLOADS = "60 per 5 minutes"
"""How many downloads one source may begin; a school behind one address has many holders."""

downloading = limiter.shared_limit(DOWNLOADS, scope="imza.download")


def offered() -> list[Build]:
    """Return the builds that this office hands out."""
    settings = composed().settings
    return builds_in(settings.imza_builds or settings.var / "imza")


@blueprint.get("/nes-imza")
@public
def page() -> ResponseReturnValue:
    """Show the builds with size and SHA-256, and how they are installed."""
    return render_template("imza/page.html", builds=offered())


@blueprint.get("/nes-imza/<name>")
@public
@downloading
def download(name: str) -> ResponseReturnValue:
    """Hand a build out; only what the page offers is there."""
    build = next((one for one in offered() if one.name == name), None)
    if build is None:
        abort(404)
    return send_file(build.path, as_attachment=True, download_name=name)
