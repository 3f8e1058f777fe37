"""What an error may say of the wish it ended: not done, perhaps done, or a page not shown.

Nothing is claimed that is not known: a wish counts as not done only while no commit of this request
was sent, and of a page that was only asked for nothing is said to be done or undone.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from flask import g, request

from states.postgres.commits import Commits, begin
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from flask import Flask

RETRY_AFTER = 10
"""Seconds after which who was answered 503 may ask again (RFC 9110, 10.2.3)."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that ask for nothing to be done."""


class RequestOutcome(Enum):
    """What became of a wish, as programs read it."""

    NOT_SHOWN = "not_shown"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


SAID = {
    RequestOutcome.NOT_SHOWN: _("sayfa gösterilemedi. Birkaç dakika sonra yeniden deneyiniz."),
    RequestOutcome.NOT_DONE: _("işleminiz yapılmadı. Birkaç dakika sonra yeniden deneyiniz."),
    RequestOutcome.UNKNOWN: (
        _(
            "işleminizin yapılıp yapılmadığı bilinmiyor. "
            "Yinelemeden önce güncel durumuna bakınız; yapılmış olabilir."
        )
    ),
}


def outcome() -> RequestOutcome:
    """Return what is known of the wish of this request."""
    if request.method in SAFE:
        return RequestOutcome.NOT_SHOWN
    record: Commits | None = g.get("commits")
    return (
        RequestOutcome.NOT_DONE
        if record is None or record.certainly_none
        else RequestOutcome.UNKNOWN
    )


def ended(why: str) -> str:
    """Return a sentence that says why a request ended and what became of it."""
    return f"{why}; {SAID[outcome()]}"


def follow_commits(app: Flask) -> None:
    """Keep a record of its commits for each request."""

    def open_record() -> None:
        g.commits = begin()

    app.before_request(open_record)
