"""Who is signed in on a request: the actor, how the session began, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from flask import current_app, g, request

from handlers.kit import sessions
from handlers.kit.sessions import IDLE, Who
from states.postgres.commits import aside
from web.gate.browser_session import SessionTable, session_of_request, source_of
from web.gate.composition import composed
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask

    View = TypeVar("View", bound="Callable[..., object]")

IDLE_WARNING = timedelta(minutes=5)
"""How long before its end the page says so."""

FRESH = timedelta(minutes=10)
"""How old a proof may be where one's sessions are ended (ASVS 7.5.2)."""

PROVED = "proved"
"""Where a session keeps when its proof was given (seconds), if that was before it began."""

_POLLED = "__nes_polled__"
_NO_SESSION = frozenset({None, "static", "bootstrap.static"})
_FOR_MACHINES = frozenset({"health", "authority", "api"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in: the actor, the name to be shown, and the session's own id.

    ``sid`` is new at each sign-in and is what a verification code is bound to; it names the row
    and, unlike the cookie, opens nothing.
    """

    actor: Actor
    name: str
    sid: str


def sign_in(actor: Actor, name: str, proved: datetime | None = None) -> None:
    """Begin a new session for an actor; whatever the old one held is gone.

    ``proved`` is when the proof was given; without one it was now.
    """
    sort, _, number = actor.name.partition(":")
    user_id = int(number) if sort == "user" else None
    (role,) = actor.roles
    session_of_request().begin(Who(actor.name, role, actor.auth, user_id, actor.person_id, name))
    if proved is not None:
        session_of_request()[PROVED] = int(proved.timestamp())
    g.pop("signed_in", None)


def fresh() -> bool:
    """Return whether the proof of who is signed in was given in the last minutes."""
    kept, now = session_of_request(), composed().clock.now()
    if kept.began is None:  # pragma: no cover - the permission check stands before every view
        return False
    proved = kept.get(PROVED, kept.began.timestamp())
    return bool(now.timestamp() - proved <= FRESH.total_seconds())


def sign_out() -> None:
    """End the session."""
    session_of_request().leave("left")
    g.pop("signed_in", None)


def sign_out_everywhere() -> None:
    """End every session of who is signed in, this one too."""
    session_of_request().everywhere = current().actor.name
    sign_out()


def end_own(mark: str) -> bool:
    """End the one session of who is signed in that goes by this mark; False when there is none."""
    if mark == current().sid[: 2 * sessions.SHOWN_BYTES]:
        sign_out()
        return True
    composition = composed()
    now, source = composition.clock.now(), source_of()
    return sessions.end_one(composition.database, current().actor.name, mark, now, source)


def refused(method: str) -> None:
    """Write into the log that somebody tried to sign in and was not let in."""
    composition = composed()
    with aside(), composition.database.begin() as connection:
        act = sessions.SignInAct(method, "refused")
        sessions.note(connection, composition.clock.now(), None, act, source_of())


def end_sessions_of(account: str) -> int:
    """End every session of an account in the name of who is signed in; return how many."""
    composition, who = composed(), session_of_request().who
    if who is None:  # pragma: no cover - the permission check stands before every view
        raise LookupError(account)
    now = composition.clock.now()
    return sessions.end_by_administrator(composition.database, who, account, now, source_of())


class OwnSession(NamedTuple):
    """One of one's open sessions: its mark, beginning and last use, and whether it is this one."""

    mark: str
    began: datetime
    seen: datetime
    this: bool


def own_sessions() -> list[OwnSession]:
    """Return one's open sessions, newest first."""
    composition, me = composed(), current()
    listed = sessions.list_of(composition.database, me.actor.name, composition.clock.now())
    return [
        OwnSession(sessions.short(one.key), one.began, one.seen, one.key.hex() == me.sid)
        for one in listed
    ]


def signed_in() -> SignedIn | None:
    """Return who is signed in on this request, or None."""
    if "signed_in" not in g:
        g.signed_in = _read()
    found: SignedIn | None = g.signed_in
    return found


def current() -> SignedIn:
    """Return who is signed in; for views that `web.gate.permissions` has already let through."""
    person = signed_in()
    if person is None:  # pragma: no cover - the permission check stands before every view
        raise LookupError("nobody is signed in")
    return person


def polled(view: View) -> View:
    """Mark a route that a page asks by itself, so that asking never prolongs the session."""
    setattr(view, _POLLED, True)
    return view


def _read() -> SignedIn | None:
    kept = session_of_request()
    kept.open()
    if kept.who is None or kept.key is None:
        return None
    who = kept.who
    actor = Actor(who.actor, frozenset({who.role}), who.auth, who.person_id)
    return SignedIn(actor, who.name, kept.key.hex())


def _touch() -> None:
    """Note that the session is in use, unless the page only asked by itself."""
    if request.endpoint in _NO_SESSION or request.blueprint in _FOR_MACHINES:
        return
    asked_by_itself = hasattr(current_app.view_functions[request.endpoint or ""], _POLLED)
    if signed_in() is not None and not asked_by_itself:
        session_of_request().use(composed().clock.now())


def keep_sessions(app: Flask) -> None:
    """Prolong sessions in use and let the templates know who is signed in."""
    app.session_interface = SessionTable()
    app.before_request(_touch)
    app.jinja_env.globals.update(
        own_sessions=own_sessions,
        signed_in=signed_in,
        idle_seconds=int(IDLE.total_seconds()),
        idle_warning_seconds=int(IDLE_WARNING.total_seconds()),
    )
