"""What the program says of itself: one JSON line per event, without personal data."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from types import TracebackType

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
            LogEvent.LIBRARY,
            logger=record.name,
            place=f"{record.module}:{record.lineno}",
            **(place_of(error) if error is not None else {}),
        )


class _Unfailing:
    """Standard error as it is just now, where a line that cannot be written is lost.

    A disk that is full, or a reader that is gone, must end neither a request nor a process.
    """

    def write(self, text: str) -> int:
        """Write a text, if that can be done."""
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Let it reach its reader, if that can be done."""
        with suppress(OSError):
            sys.stderr.flush()


_STDERR = _Unfailing()


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
        logger_factory=lambda *_: structlog.PrintLogger(_STDERR),  # type: ignore[arg-type]  # it writes and flushes
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
    told = place_of(error.with_traceback(trace)) if error is not None else {"code": kind.__name__}
    log.critical(LogEvent.ENDED_BY_ERROR, **told)


def place_of(error: BaseException) -> dict[str, object]:
    """Return class and places of an error; neither words nor locals, which may be a person's."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"code": type(error).__name__, "where": where}
