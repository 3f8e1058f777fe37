"""The pages that say whom to ask, what becomes of one's data, and how things are done."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup, escape

from web.gate.composition import composed
from web.gate.language import gettext, language, spoken
from web.gate.permissions import is_closed, public
from web.help.contact import Contact, contact_of
from web.help.guides import CODES, guide, place_of
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

    from workflow.model.definition import Definition

blueprint = Blueprint("help", __name__)

NAMED = re.compile(r"\*([^*]+)\*")
"""What a page calls something, within a text of a guide."""

LINK = re.compile(r"\[([^\]]+)\]\(([#\w.-]+)\)")
"""A link within a text of a guide: its words, and an endpoint or ``#section``."""


@blueprint.record
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(office_contact=_contact, guide_here=_guide_here)
    state.app.jinja_env.filters["guide_text"] = guide_text


def _contact() -> Contact:
    return contact_of(composed().settings)


def _guide_here() -> str:
    """Return the address of what explains this page, "" where nothing does."""
    place = place_of(request.endpoint or "")
    return url_for("help.show_guide", name=place[0], _anchor=place[1]) if place else ""


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


@blueprint.get("/yardim")
@public
def guides() -> ResponseReturnValue:
    """List the guides with the tasks that they explain."""
    found = {name: guide(name, language()) for name in CODES}
    return render_template("help/guides.html", guides=found)


@blueprint.get(f"/yardim/<any({', '.join(CODES)}):name>")
@public
def show_guide(name: str) -> ResponseReturnValue:
    """Show one guide whole, as it is printed."""
    return render_template("help/guide.html", guide=guide(name, language()))


def guide_text(text: str) -> Markup:
    """Return a text of a guide with its links, and with the names that pages give to things."""
    linked = LINK.sub(_link, str(escape(text)))
    return Markup(NAMED.sub(_name, linked))  # noqa: S704 - escaped above, the rest is made here


def _link(found: re.Match[str]) -> str:
    """Return a link, or its words alone where the page is closed to its reader."""
    words, target = found.groups()
    if target.startswith("#"):
        return f'<a href="{target}">{words}</a>'
    return words if is_closed(target) else f'<a href="{url_for(target)}">{words}</a>'


def _name(found: re.Match[str]) -> str:
    return f"<strong>{escape(name_on_pages(unescape(found[1])))}</strong>"


def name_on_pages(turkish: str) -> str:
    """Return what the pages of this language call what they call so in Turkish."""
    for title in titles(composed().library.current.values()):
        if title.tr == turkish:
            return spoken(title)
    return gettext(turkish)


def titles(definitions: Iterable[Definition]) -> Iterator[Text]:
    """Yield the titles of moves, states, roles and kinds, which pages show as they stand there."""
    for definition in definitions:
        yield from (move.title for move in definition.transitions.values())
        yield from (state.title for state in definition.states.values())
        for kind in definition.kinds.values():
            if isinstance(kind["title"], Text):
                yield kind["title"]
