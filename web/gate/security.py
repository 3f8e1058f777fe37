"""What a request may claim and a page may do: names of this site, headers, caching."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, g, request

from web.gate.composition import composed
from web.gate.errors import answer
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.typing import ResponseReturnValue

    from states.kit.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of a site that is asked from its own machine."""

FOREIGN = _(
    "Bu adla bir site yok. Sitenin adı NES_PUBLIC_URL ayarında yazandır; adresi denetleyiniz."
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


ONLY_TLS = "max-age=63072000; includeSubDomains"
"""Two years, for every name below this one too."""

FILE_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
"""What a file may do when somebody opens it by itself: nothing."""


def file_headers(*, tls: bool) -> dict[str, str]:
    """Return the headers of files, which are handed out before the application is asked."""
    headers = {**HEADERS, "Content-Security-Policy": FILE_POLICY}
    return {**headers, "Strict-Transport-Security": ONLY_TLS} if tls else headers


def nonce() -> str:
    """Return this response's nonce; the layout puts it on its one script tag."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def content_policy() -> str:
    """Return the Content-Security-Policy: own files only, no inline script or style."""
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "img-src 'self' data:",
            "object-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            "style-src 'self'",
        )
    )


def add_headers(response: Response) -> Response:
    """Put the headers on a response; pages of people are never kept by a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy())
    if request.endpoint not in {"static", "bootstrap.static"}:
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", ONLY_TLS)
    return response


def names_of_site(settings: Settings) -> frozenset[str]:
    """Return the names under which the site answers.

    The public address, and loopback in the demo or while no public address is set.
    """
    public = urlsplit(settings.public_url or "").hostname
    if public is None:
        return LOOPBACK | {settings.host}
    return frozenset({public}) | (LOOPBACK if settings.demo else frozenset())


def refuse_foreign_host() -> ResponseReturnValue | None:
    """Stop a request that was sent to another name: links must not be made of a stranger's word.

    Probes ask by number, and lists and status of certificates by the name that stood in them when
    they were made; their answers name no address of ours, so they are let through.
    """
    if request.blueprint in {"health", "authority"}:
        return None
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        name = None
    if name in names_of_site(composed().settings):
        return None
    return answer(400, FOREIGN, title=gettext("Sitenin adı tanınmadı"), code="unknown_host")


def protect(app: Flask) -> None:
    """Refuse foreign names and put the headers on all responses of an application."""
    app.before_request(refuse_foreign_host)
    app.after_request(add_headers)
    app.jinja_env.globals["nonce"] = nonce
