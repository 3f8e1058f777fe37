"""The pages that show the demo's mail; no real office has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import select

from handlers.post.keyed import message_id
from states.cases.notice import Notice
from states.kit.reference import MAX_ID, read_number
from states.kit.text import normal
from states.people.person import Person
from web.demo.post.caught import CaughtMails, mail_file
from web.demo.post.reading import read_mail
from web.gate.composition import composed
from web.gate.permissions import public

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from web.demo.post.caught import CaughtMail

blueprint = Blueprint("post", __name__)

SHOWN = 50
"""Messages on a page."""

LONGEST = 100
"""Characters of a search that are read."""

ALONE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What the HTML of a message may do: look as it says; nothing is run, fetched or sent."""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A caught message and whose it is, "" where no message of the outbox bears its name."""

    mail: CaughtMail
    whose: str


@blueprint.get("/posta")
@public
def mails() -> ResponseReturnValue:
    """Show what has been caught, the newest first."""
    return _list("", read_number(request.args.get("sonra", "")))


@blueprint.post("/posta")
@public
def search() -> ResponseReturnValue:
    """Show the messages in which words stand; a form, so that no name stands in an address."""
    words = normal(request.form.get("ara", ""))[:LONGEST]
    return _list(words, read_number(request.form.get("sonra", "")))


def _list(words: str, before: int | None) -> ResponseReturnValue:
    found = _mails().newest(words, before, SHOWN + 1)
    return render_template(
        "post/mails.html",
        rows=_with_names(found[:SHOWN]),
        words=words,
        paged=before is not None,
        following=found[SHOWN - 1].id if len(found) > SHOWN else None,
    )


@blueprint.get("/posta/<int:number>")
@public
def mail(number: int) -> ResponseReturnValue:
    """Show one message as text, and the way to its HTML."""
    found, content = _one(number)
    [shown] = _with_names([found])
    return render_template("post/mail.html", shown=shown, said=read_mail(content))


@blueprint.get("/posta/<int:number>/html")
@public
def html(number: int) -> ResponseReturnValue:
    """Show the HTML of a message as a mail program does, in a sandbox of its own."""
    _, content = _one(number)
    answer = Response(read_mail(content).html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@blueprint.get("/posta/<int:number>/kaynak")
@public
def source(number: int) -> ResponseReturnValue:
    """Hand a message out as it came in, for a mail program."""
    _, content = _one(number)
    answer = Response(content, content_type="message/rfc822")
    answer.headers["Content-Disposition"] = f'attachment; filename="posta-{number}.eml"'
    return answer


def _mails() -> CaughtMails:
    return CaughtMails(mail_file(composed().settings.var))


def _one(number: int) -> tuple[CaughtMail, bytes]:
    found = None if number > MAX_ID else _mails().one(number)
    if found is None:
        abort(404)
    return found


def _with_names(found: Iterable[CaughtMail]) -> list[ShownMail]:
    """Return messages with whose they are: only who knows the key can have named one of ours."""
    mails = list(found)
    named = {one.id: _notice_of(one.message_id) for one in mails}
    services = composed().engine.services
    query = (
        select(Notice.id, Notice.key, Person.given_name, Person.surname)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.id.in_({number for number in named.values() if number is not None}))
    )
    with composed().database.connect() as connection:
        whose = {
            message_id(
                services.vault, row.id, row.key, services.mail_domain
            ): f"{row.given_name} {row.surname}"
            for row in connection.execute(query)
        }
    return [ShownMail(one, whose.get(one.message_id, "")) for one in mails]


def _notice_of(name: str) -> int | None:
    parts = name.split(".")
    return read_number(parts[1]) if len(parts) > 1 else None
