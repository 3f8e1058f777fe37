"""The form of a journal entry: the exact canonical JSON that is hashed into the chain."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GENESIS = bytes(32)
"""What the first entry of a case is chained to."""

PER_ROW = ("at", "case", "from", "n")
"""The keys of an entry that differ from row to row when one statement moves many cases.

Their order is that of the sorted keys; a moment, a state's name and a number need no escaping.
"""

_MARK = secrets.token_hex()  # so that no text of an entry can hold it


@dataclass(frozen=True, slots=True)
class EntryContent:
    """Everything an entry says that is the same for all cases moved by one statement.

    ``rules`` and ``checks`` give the answer of each; ``documents`` are hex SHA-256 values;
    ``details`` are plain values from handlers; ``at`` is aware. No TCKN and no name stands here.
    """

    workflow: str
    definition: str
    trigger: str
    target: str
    actor: str
    role: str
    auth: str
    at: datetime
    batch: str | None = None
    reason: str | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[str] = ()
    details: Mapping[str, object] = field(default_factory=dict)

    def pieces(self) -> tuple[str, str, str, str, str]:
        """Return the canonical text cut at the four per-row values, to be joined with them."""
        marked = self._body(_MARK, _MARK, _MARK, _MARK)
        # A mark inside quotes is the moment or the source state: its quotes are constant text.
        first, second, third, fourth, fifth = marked.split(json.dumps(_MARK))
        return first + '"', '"' + second, third + '"', '"' + fourth, fifth

    def body(self, case: int, source: str, n: int) -> str:
        """Return the canonical text for one case."""
        return self._body(utc_text(self.at), case, source, n)

    def _body(self, at: str, case: object, source: object, n: object) -> str:
        return canonical(
            {
                "actor": self.actor,
                "at": at,
                "auth": self.auth,
                "batch": self.batch,
                "case": case,
                "checks": self.checks,
                "definition": self.definition,
                "details": self.details,
                "documents": list(self.documents),
                "from": source,
                "n": n,
                "reason": self.reason,
                "role": self.role,
                "rules": self.rules,
                "to": self.target,
                "trigger": self.trigger,
                "workflow": self.workflow,
            }
        )


def storable(text: str) -> str:
    """Return a text without what neither UTF-8 nor PostgreSQL can hold: NUL, half surrogates."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def canonical(value: object) -> str:
    """Return JSON with sorted keys, no spaces and plain UTF-8: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parsed(body: str) -> Mapping[str, object]:
    """Return what the text of an entry says; nothing when it is no JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def chain(prev: bytes, body: str) -> bytes:
    """Return the hash of an entry: SHA-256 over the previous hash and the UTF-8 body."""
    return hashlib.sha256(prev + body.encode()).digest()


def utc_text(moment: datetime) -> str:
    """Return an aware moment as UTC text, for example 2026-11-22T14:05:00.000000Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
