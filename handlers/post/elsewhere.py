"""Messages to an address that is not the person's: a new one is proved, an old one is told.

Such an address rests sealed beside the message, and with it the code that only its reader is to
learn: what is kept of the message has ``CODE_PLACE`` where the code stands. Both are gone once the
message has left, and it is never told once more by another channel.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from states.cases.notice import AT_ONCE, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.post.outbox import NoticeLetter
    from states.kit.vault import Vault
    from workflow.model.context import Row

PURPOSE = "other_address"
"""What the vault seals them for."""

PREFIX = "elsewhere/"
"""How the key of such a message begins."""

CODE_PLACE = "••••••"
"""What stands in the kept text in the place of a code."""

_FORGET = text(
    "UPDATE notice SET to_sealed = NULL"
    " WHERE id = ANY(CAST(:ids AS bigint[])) AND to_sealed IS NOT NULL AND state <> 'written'"
)

_FORGET_OF_CASE = text(
    "UPDATE notice SET to_sealed = NULL,"
    " state = CASE state WHEN 'written' THEN 'not_sent' ELSE state END"
    " WHERE case_id = :case AND key = :key AND to_sealed IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class OtherAddress:
    """Where a message goes instead of to its person's address, by which channel, with which code.

    ``name`` says what the message is about its case; each is written once.
    """

    name: str
    channel: str
    to: str
    code: str = ""

    def __repr__(self) -> str:
        """Show neither address nor code."""
        return f"OtherAddress({self.name}, {self.channel})"


def key_of(case_id: int, name: str) -> str:
    """Return the key of the message of a name about a case; each is written once."""
    return f"{PREFIX}{case_id}/{name}"


def put(
    connection: Connection,
    vault: Vault,
    case: Row,
    letter: NoticeLetter,
    now: datetime,
    where: OtherAddress,
) -> None:
    """Put a message to another address into the outbox, once for each case and name."""
    sealed = vault.seal(json.dumps([where.to, where.code]), PURPOSE)
    row = {
        "key": key_of(rows.number(case, "id"), where.name), "case_id": case["id"],
        "person_id": case["person_id"], "template": letter.template, "subject": letter.subject,
        "text": letter.text, "created_at": now, "due_at": now, "lane": AT_ONCE,
        "channel": where.channel, "to_sealed": sealed, "revision": letter.revision,
        "language": letter.language,
    }  # fmt: skip
    connection.execute(insert(Notice).values(row).on_conflict_do_nothing())


def opened(vault: Vault, key: str, own: str | None, sealed: bytes | None) -> tuple[str, str]:
    """Return where a message goes and its code, both "" where there is none.

    ``own`` is the address of its person, to which every message goes that is not for elsewhere.
    """
    if not key.startswith(PREFIX):
        return own or "", ""
    if sealed is None:
        return "", ""
    to, code = json.loads(vault.open(sealed, PURPOSE))
    return to, code


def forget_gone(connection: Connection, ids: Sequence[int]) -> None:
    """Wipe the addresses of those of these messages that are not to be tried again."""
    connection.execute(_FORGET, {"ids": list(ids)})


def withdraw(connection: Connection, case_id: int, name: str) -> None:
    """Wipe address and code of a message; one that has not left yet is not sent any more."""
    connection.execute(_FORGET_OF_CASE, {"case": case_id, "key": key_of(case_id, name)})
