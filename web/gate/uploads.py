"""What every upload goes through before anything reads it: the virus scanner."""

from __future__ import annotations

from handlers.papers.antivirus import examine
from states.kit.invalid import Invalid
from states.kit.log_events import LogEvent
from web.gate.composition import composed
from web.gate.logs import log
from web.gate.session import current


def examined(content: bytes) -> bytes:
    """Return an upload that the scanner has nothing against; Invalid, with a log line."""
    try:
        examine(composed().settings.clamd, content)
    except Invalid as invalid:
        log.warning(
            LogEvent.UPLOAD_REFUSED, code=invalid.code, actor=current().actor.name, **invalid.params
        )
        raise
    return content
