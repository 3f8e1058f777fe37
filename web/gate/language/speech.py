"""In which language a page is written: the one that was chosen, else the one that is asked for.

The messages of the site are Turkish and stand in the templates and modules themselves; the English
ones stand in ``web/translations``, from which they are read when the first page wants them. A
request for any other language is answered in Turkish, and whatever is written without a request (at
a terminal, by a worker, onto a document) is Turkish.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import current_app, g, has_request_context, request

from states.people.tckn import mask_all

if TYPE_CHECKING:
    from typing import Self

    from flask import Flask, Response

    from workflow.model.definition import Text

TURKISH, ENGLISH = "tr", "en"

LANGUAGES = {TURKISH: "Türkçe", ENGLISH: "English"}
"""The languages of the site, each by its own name."""

CATALOGUE = Path(__file__).parents[2] / "translations" / ENGLISH / "LC_MESSAGES" / "messages.po"
"""The English messages, by the Turkish ones."""

A_YEAR = 365 * 24 * 60 * 60


def language() -> str:
    """Return the language of this request: ``tr`` or ``en``."""
    if not has_request_context():
        return TURKISH
    if "language" not in g:
        g.language = _asked_for()
    found: str = g.language
    return found


def _asked_for() -> str:
    """Return what was chosen here, else what the browser prefers of the two (RFC 9110, 12.5.4)."""
    chosen = request.cookies.get(_cookie(), "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES), default=TURKISH)


def choose(response: Response, chosen: str) -> None:
    """Have the browser keep a language for a year; it says nothing of who reads."""
    response.set_cookie(
        _cookie(),
        chosen,
        max_age=A_YEAR,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _cookie() -> str:
    return "__Host-dil" if current_app.config["SESSION_COOKIE_SECURE"] else "dil"


def gettext(message: str, **values: object) -> str:
    """Return a Turkish message in the language of this request, its values filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the message for a number of things; ``%(num)s`` stands for the number."""
    return str(flask_babel.ngettext(one, many, num, **values))


class LazyText(str):
    """A message that becomes the reader's language where it is written: a template, ``str()``.

    As a ``str`` it is the Turkish message, which is what two of them are compared by; before one is
    joined, stored or sent, it becomes a text of one language by ``str()``.
    """

    __slots__ = ("_message", "_values")

    _message: str
    _values: dict[str, object]

    def __new__(cls, message: str, values: dict[str, object]) -> Self:
        """Keep a message with what is filled in."""
        made = super().__new__(cls, message % values if values else message)
        made._message, made._values = message, values
        return made

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def format(self, *args: object, **values: object) -> str:
        """Return the message in the reader's language, its fields filled in."""
        return str(self).format(*args, **values)


def lazy_gettext(message: str, **values: object) -> str:
    """Return a message, for what a module holds, that becomes the reader's language later."""
    return LazyText(message, values)


def spoken(text: Text) -> str:
    """Return a text of a definition or of a check in the language of this request."""
    return text.en if language() == ENGLISH else text.tr


class Catalogue(flask_babel.Domain):  # type: ignore[misc] # the library carries no types
    """The messages of the site; Turkish ones need no catalogue."""

    def get_translations(self) -> NullTranslations:
        """Return the messages of this request's language."""
        return english() if language() == ENGLISH else NullTranslations()


class SiteBabel(flask_babel.Babel):  # type: ignore[misc] # the same
    """The library, with the messages of the site in place of compiled files."""

    domain_instance = Catalogue()


@cache
def english() -> Translations:
    """Read the English messages, once in a process; nothing has to be compiled beforehand."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=ENGLISH)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def page_again() -> str:
    """Return the address of this page, or the start where it cannot be asked for again.

    What follows the question mark is left out where it holds a TCKN, which no page repeats.
    """
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return "/"
    asked = unquote_plus(request.query_string.decode(errors="replace"))
    return request.full_path.rstrip("?") if mask_all(asked) == asked else request.path


def _say_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language())
    return response


def speak(app: Flask) -> None:
    """Give the site its languages, and the templates what says and offers them."""
    SiteBabel(
        app,
        default_locale=TURKISH,
        default_timezone="Europe/Istanbul",
        locale_selector=language,
    )
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, page_again=page_again)
    app.jinja_env.filters["spoken"] = spoken
    app.after_request(_say_language)
