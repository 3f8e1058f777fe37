"""Owns who is signed in: what the cookie says, when it ends, and the actor it stands for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from flask import current_app, flash, g, request, session

from web.composition import composed
from workflow.actor import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    View = TypeVar("View", bound="Callable[..., object]")

IDLE = timedelta(minutes=30)
"""A session nobody uses ends after this long (UX 16)."""

IDLE_WARNING = timedelta(minutes=5)
"""How long before its end the page says so."""

LONGEST = timedelta(hours=12)
"""A session ends after this long even in use, so that roles taken away do not live on."""

ENDED = "Oturumunuz uzun süre işlem yapılmadığı için kapatıldı. Yeniden giriş yapınız."
_POLLED = "__nes_polled__"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in: the actor he is, the name he reads, and the session's own random id.

    ``sid`` is new at each sign-in and is what a verification code is bound to.
    """

    actor: Actor
    name: str
    sid: str


def sign_in(actor: Actor, name: str) -> None:
    """Begin a new session for an actor; whatever the old one held is gone."""
    now = int(composed().clock.now().timestamp())
    session.clear()
    session.update(
        sid=secrets.token_urlsafe(24),
        actor=actor.name,
        roles=sorted(actor.roles),
        auth=actor.auth,
        person=actor.person_id,
        name=name,
        began=now,
        seen=now,
    )
    g.pop("signed_in", None)


def sign_out() -> None:
    """End the session."""
    session.clear()
    g.pop("signed_in", None)


def signed_in() -> SignedIn | None:
    """Return who is signed in on this request, or None."""
    if "signed_in" not in g:
        g.signed_in = _read()
    found: SignedIn | None = g.signed_in
    return found


def current() -> SignedIn:
    """Return who is signed in; for views that `web.permissions` has already let through."""
    person = signed_in()
    if person is None:  # pragma: no cover - the permission check stands before every view
        raise LookupError("nobody is signed in")
    return person


def polled(view: View) -> View:
    """Mark a route that a page asks by itself, so that asking never prolongs the session."""
    setattr(view, _POLLED, True)
    return view


def _read() -> SignedIn | None:
    if "sid" not in session:
        return None
    now = composed().clock.now().timestamp()
    if (
        now - session["seen"] > IDLE.total_seconds()
        or now - session["began"] > LONGEST.total_seconds()
    ):
        session.clear()
        flash(ENDED, "warning")
        return None
    actor = Actor(session["actor"], frozenset(session["roles"]), session["auth"], session["person"])
    return SignedIn(actor, session["name"], session["sid"])


def _touch() -> None:
    """Note that the session is in use, unless the page only asked by itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    if signed_in() is not None and view is not None and not hasattr(view, _POLLED):
        session["seen"] = int(composed().clock.now().timestamp())


def keep_sessions(app: Flask) -> None:
    """Prolong sessions in use and let the templates know who is signed in."""
    app.before_request(_touch)
    app.jinja_env.globals.update(
        signed_in=signed_in,
        idle_seconds=int(IDLE.total_seconds()),
        idle_warning_seconds=int(IDLE_WARNING.total_seconds()),
    )
