"""A tracking file between its rehearsal and its run: carried by the page, kept nowhere.

It says what holders have shown, so it travels sealed (`states.kit.vault`), and opens only for
whoever had it rehearsed.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.lists.uploaded_table import RejectedRow
from handlers.parcels.events import CourierEvent, EventKind, ReturnReason
from handlers.parcels.tracking_file import NumberedEvent, TrackingFile
from states.kit.invalid import Invalid
from states.kit.vault import VaultClosed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from states.kit.vault import Vault
    from workflow.model.actor import Actor

_PURPOSE = "courier_rehearsal"


def pack(vault: Vault, actor: Actor, tracking: TrackingFile) -> str:
    """Return a file as the page of its rehearsal carries it."""
    said = {
        "events": [[one.number, _written(one.event)] for one in tracking.events],
        "rejected": [[one.number, one.code, one.reason] for one in tracking.rejected],
    }
    small = b64encode(zlib.compress(json.dumps(said).encode())).decode()
    return b64encode(vault.seal(small, _purpose(actor))).decode()


def unpack(vault: Vault, actor: Actor, carried: str) -> TrackingFile:
    """Return the file again; raise Invalid for what another person has, or nobody here sealed."""
    try:
        small = vault.open(b64decode(carried, validate=True), _purpose(actor))
    except (ValueError, VaultClosed) as error:
        raise Invalid("rehearsal.lost") from error
    said = json.loads(zlib.decompress(b64decode(small)))
    return TrackingFile(
        tuple(NumberedEvent(number, _event(event)) for number, event in said["events"]),
        tuple(RejectedRow(*one) for one in said["rejected"]),
    )


def _purpose(actor: Actor) -> str:
    return f"{_PURPOSE}/{actor.name}"


def _written(event: CourierEvent) -> dict[str, object]:
    return {**asdict(event), "at": event.at.isoformat()}


def _event(said: Mapping[str, Any]) -> CourierEvent:
    reason = said["reason"]
    return CourierEvent(
        **{
            **said,
            "kind": EventKind(said["kind"]),
            "at": datetime.fromisoformat(said["at"]),
            "reason": ReturnReason(reason) if reason else None,
        }
    )
