"""Who may open a page: each route says it in a decorator, and what says nothing is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import abort, current_app, redirect, request, url_for

from states.kit.log_events import LogEvent
from web.gate.logs import log
from web.gate.session import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

View = TypeVar("View", bound="Callable[..., object]")

EVERY_ROLE = "*"
"""What `allow` takes where every role may open a page."""

PUBLIC = "public"
_MARK = "__nes_allow__"
STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})
"""Routes of libraries that only hand out files everybody may have."""


def allow(*roles: str) -> Callable[[View], View]:
    """Open a page to signed-in people who hold one of the roles; ``EVERY_ROLE`` opens it to all."""
    if not roles:
        raise ValueError("name the roles that may open the page")

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(roles))
        return view

    return mark


def public(view: View) -> View:
    """Open a page to everybody, signed in or not."""
    setattr(view, _MARK, frozenset({PUBLIC}))
    return view


def permission_of(endpoint: str, view: object) -> frozenset[str] | None:
    """Return the roles a route declares, ``{"public"}``, or None when it declares nothing."""
    if endpoint in STATIC_ENDPOINTS:
        return frozenset({PUBLIC})
    found: frozenset[str] | None = getattr(view, _MARK, None)
    return found


def may_open(endpoint: str) -> bool:
    """Say whether who is signed in may open a page, so that no link leads to a closed door."""
    needed = permission_of(endpoint, current_app.view_functions[endpoint]) or frozenset()
    person = signed_in()
    return person is not None and bool(needed & {EVERY_ROLE, *person.actor.roles})


def is_closed(endpoint: str) -> bool:
    """Say whether a page is closed to who is signed in; it asks nobody else who they are."""
    needed = permission_of(endpoint, current_app.view_functions[endpoint]) or frozenset()
    return signed_in() is not None and PUBLIC not in needed and not may_open(endpoint)


def check_permission() -> Response | None:
    """Stop a request that its route's declaration does not let through (runs before each view)."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    needed = permission_of(endpoint, current_app.view_functions[endpoint])
    if needed is None:
        abort(403)
    if PUBLIC in needed:
        return None
    person = signed_in()
    if person is None:
        if request.method == "GET":
            return redirect(url_for("auth.sign_in_page", devam=request.full_path.rstrip("?")))
        return redirect(url_for("auth.sign_in_page"))
    if EVERY_ROLE not in needed and not needed & person.actor.roles:
        log.warning(LogEvent.NOT_ALLOWED, actor=person.actor.name, endpoint=endpoint)
        abort(403)
    return None
