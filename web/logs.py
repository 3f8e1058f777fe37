"""Owns what the program says of itself: one JSON line per event, without personal data."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import uuid
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from types import TracebackType

    from flask import Flask, Response

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.stdlib.get_logger("nes.web")


class Retold(logging.Handler):
    """Tells what libraries log as our own lines: who, how bad and where, never the words.

    A library's words may hold what a person typed, an address of a client or a whole request.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record."""
        error = record.exc_info[1] if record.exc_info else None
        log.log(
            record.levelno,
            "library",
            logger=record.name,
            place=f"{record.module}:{record.lineno}",
            **(place_of(error) if error is not None else {}),
        )


def configure_logs(level: int = logging.INFO) -> None:
    """Send the logs of this process to stderr as JSON lines, of libraries only warnings."""
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
    root = logging.getLogger()
    root.handlers = [*(kept for kept in root.handlers if not isinstance(kept, Retold)), Retold()]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for each waiting request


def tell_unexpected_ends() -> None:
    """Log the end of a thread or of the process by an error as a line, without its words."""
    sys.excepthook = _ended
    threading.excepthook = lambda how: _ended(how.exc_type, how.exc_value, how.exc_traceback)


def _ended(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    told = place_of(error.with_traceback(trace)) if error is not None else {"kind": kind.__name__}
    log.critical("ended_by_error", **told)


def place_of(error: BaseException) -> dict[str, object]:
    """Return kind and places of an error; neither words nor locals, which may be a person's."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(error).__name__, "where": where}


def _begin() -> None:
    from flask import g  # noqa: PLC0415 - most commands of the terminal need logs and no Flask

    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Log the route, never the address: a path or query may carry what a person typed."""
    from flask import request  # noqa: PLC0415 - the same

    log.info(
        "request",
        method=known_method(request.method),
        route=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
    )
    structlog.contextvars.unbind_contextvars("request_id")
    return response


def known_method(said: str) -> str:
    """Return a method, where it is one: a client may say any word in its place."""
    return said if said in METHODS else "other"


def log_requests(app: Flask) -> None:
    """Log each request of an application once, when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)
