"""Owns the headers that keep a page to itself: content policy, framing, caching, referrers."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, g, request

if TYPE_CHECKING:
    from flask import Flask, Response

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


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
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
    return response


def protect(app: Flask) -> None:
    """Put the headers on all responses of an application."""
    app.after_request(add_headers)
    app.jinja_env.globals["nonce"] = nonce
