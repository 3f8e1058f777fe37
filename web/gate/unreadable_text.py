"""What text no request may carry: signs that the database cannot keep.

PostgreSQL takes no U+0000 and no half of a surrogate pair. They are turned away here, once for all
routes, wherever they stand, so that no view has to think of them. Sizes and forms of values are
each view's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request

from web.gate.errors import answer
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.typing import ResponseReturnValue

ODD = _(
    "Gönderilen yazıda saklanamayan bir işaret var (U+0000 gibi); işleminiz yapılmadı. "
    "Yazıyı o işaret olmadan yeniden gönderiniz."
)

_NOT_KEPT = re.compile("[\0\ud800-\udfff]")

_WITHOUT_FORMS = frozenset({"api", "authority", "health"})
"""Blueprints for machines: what they send is read by their views, each by its own bound."""


def not_kept(text: str) -> bool:
    """Say whether the database could not keep a text."""
    return _NOT_KEPT.search(text) is not None


def refuse_odd_text() -> ResponseReturnValue | None:
    """Stop a request of which any part could not be kept."""
    if any(map(not_kept, _texts())):
        title = gettext("Gönderilen yazı okunamıyor")
        return answer(400, ODD, title=title, code="text_unreadable", typed=_typed())
    return None


def _typed() -> list[str]:
    """Return what was typed into a form, without the odd signs, to be copied from the answer."""
    if request.blueprint in _WITHOUT_FORMS:
        return []
    fields = ((name, _NOT_KEPT.sub("", value)) for name, value in request.form.items())
    return [text for name, text in fields if name != "csrf_token" and text.strip()]


def _texts() -> Iterator[str]:
    """Go through every text of a request: address, query, head, and the fields of its form."""
    yield request.path
    for name, value in request.args.items(multi=True):
        yield from (name, value)
    for name, value in request.headers:
        yield from (name, value)
    if request.blueprint in _WITHOUT_FORMS:
        return
    for name, value in request.form.items(multi=True):
        yield from (name, value)
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "", file.mimetype)


def refuse_odd_texts(app: Flask) -> None:
    """Put the check before every view of an application."""
    app.before_request(refuse_odd_text)
