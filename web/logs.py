"""Owns what the program says of itself: one JSON line per event, without personal data."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from flask import Flask, Response

log = structlog.stdlib.get_logger("nes.web")


def configure_logs(level: int = logging.INFO) -> None:
    """Send all logs of this process to stderr as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for anew each time: stderr may have been replaced since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _begin() -> None:
    from flask import g  # noqa: PLC0415 - most commands of the terminal need logs and no Flask

    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Log the route, never the address: a path or query may carry what a person typed."""
    from flask import request  # noqa: PLC0415 - the same

    log.info(
        "request",
        method=request.method,
        route=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
    )
    structlog.contextvars.unbind_contextvars("request_id")
    return response


def log_requests(app: Flask) -> None:
    """Log each request of an application once, when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)
