"""What the log says of a request: its method, route and status, and nothing that was typed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import structlog
from flask import g, request

from states.kit.log_events import LogEvent
from web.gate.logs import log

if TYPE_CHECKING:
    from flask import Flask, Response

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _begin() -> None:
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Log the route, never the address: a path or query may carry what a person typed."""
    log.info(
        LogEvent.REQUEST,
        method=method_of_request(),
        route=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
    )
    structlog.contextvars.unbind_contextvars("request_id")
    return response


def method_of_request() -> str:
    """Return the method, where it is one: a client may say any word in its place."""
    return request.method if request.method in METHODS else "other"


def log_requests(app: Flask) -> None:
    """Log each request of an application once, when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)
