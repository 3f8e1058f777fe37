"""How long personal data is kept: the rules with their source, the day, and the erasing.

What is wiped leaves a line in ``erasure`` that names it by its key only. The journal of the moves
stays whole: it names people by keys, and its chain goes on to verify. What is frozen in it by hash
(forms, consents, signatures, scans) stays as long as the journal does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import insert, text

from states.kit.text import sort_key
from states.people.erasure import Erasure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from states.kit.vault import Vault

MOST = 200
"""How many things one transaction wipes: few enough to hold no row long."""

NAME = "SİLİNDİ"
"""What stands where a name was."""

MASKED = "***********"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """What is kept how long and by which source; ``due`` is SQL that finds what is over.

    It gives ``id`` and ``due_at`` of at most ``:most`` things whose time ended before ``:since``.
    """

    name: str
    subject: str
    what: str
    keep: relativedelta
    source: str
    due: str


_IDLE = """
    AND NOT EXISTS (SELECT FROM office_user u WHERE u.person_id = p.id)
    AND NOT EXISTS (SELECT FROM role_grant g WHERE g.person_id = p.id AND g.state = 'proposed')
    AND NOT EXISTS (SELECT FROM application a WHERE a.person_id = p.id AND (a.entered_at >= :since
        OR a.state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')))
"""
_LAST_CASE = "(SELECT max(a.entered_at) FROM application a WHERE a.person_id = p.id)"
_LAST_END = "(SELECT max(e.ends_at) FROM certificate e WHERE e.person_id = p.id)"

RULES = (
    RetentionRule(
        "card_secrets", "card",
        "first PIN and unlock secret of a card that is void or destroyed, or whose certificate is "
        "revoked, ended or was never made",
        relativedelta(),
        "EN 319 411-1, 6.5.1: secrets of a card serve its holder only; law 6698, article 7",
        """
        SELECT k.id, coalesce(greatest(c.entered_at, k.created_at), k.created_at) AS due_at
        FROM card k LEFT JOIN certificate c ON c.card_id = k.id
        WHERE (k.pin_sealed IS NOT NULL OR k.so_pin_sealed IS NOT NULL)
            AND (k.status IN ('void', 'destroyed') OR c.state IN ('revoked', 'expired', 'void'))
        ORDER BY k.id LIMIT :most FOR UPDATE OF k SKIP LOCKED
        """,
    ),
    RetentionRule(
        "unused_person", "person",
        "a person without certificate, signed e-onay, account or open application",
        relativedelta(years=1),
        "law 6698, articles 4 and 7: no purpose is left; the year covers objections",
        f"""
        SELECT p.id, greatest(p.created_at, {_LAST_CASE}) AS due_at FROM person p
        WHERE p.erased_at IS NULL AND p.created_at < :since
            AND NOT EXISTS (SELECT FROM certificate c WHERE c.person_id = p.id)
            AND NOT EXISTS (SELECT FROM consent s WHERE s.person_id = p.id
                AND (s.signature_id IS NOT NULL OR s.state IN ('offered', 'awaiting_status')))
            {_IDLE}
        ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
        """,  # noqa: S608 - fixed words
    ),
    RetentionRule(
        "ended_person", "person",
        "a person whose last certificate ended so long ago",
        relativedelta(years=20),
        "law 5070 and its regulation: records of a certificate are kept for 20 years after its end",
        f"""
        SELECT p.id, {_LAST_END} AS due_at FROM person p
        WHERE p.erased_at IS NULL AND {_LAST_END} < :since
            AND NOT EXISTS (SELECT FROM certificate c WHERE c.person_id = p.id
                AND c.state IN ('reserved', 'suspended', 'active'))
            {_IDLE}
        ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
        """,  # noqa: S608 - fixed words
    ),
)  # fmt: skip
"""What the house erases by itself; docs/personal-data.md tells the same."""


def kept_until(connection: Connection, person_id: int) -> datetime | None:
    """Return until when a person's data is kept at least; None while a certificate is in force."""
    by_name = {rule.name: rule for rule in RULES}
    source = (
        f"SELECT {_LAST_END} AS ended, greatest(p.created_at, {_LAST_CASE}) AS seen,"  # noqa: S608 - fixed words
        " EXISTS (SELECT FROM certificate c WHERE c.person_id = p.id AND c.state IN"
        " ('reserved', 'suspended', 'active')) AS holds FROM person p WHERE p.id = :id"
    )
    found = connection.execute(text(source), {"id": person_id}).one()
    if found.holds:
        return None
    rule = by_name["unused_person" if found.ended is None else "ended_person"]
    since: datetime = found.seen if found.ended is None else found.ended
    return since + rule.keep


def erase_due(engine: CaseEngine, *names: str) -> dict[str, int]:
    """Wipe all whose time is over by some rules, all without a name; return how much by rule."""
    vault = engine.services.vault
    rules = [rule for rule in RULES if not names or rule.name in names]
    return {rule.name: _all_of(engine, vault, rule) for rule in rules}


def _all_of(engine: CaseEngine, vault: Vault, rule: RetentionRule) -> int:
    wiped = 0
    while found := _some_of(engine, vault, rule):
        wiped += found
    return wiped


def _some_of(engine: CaseEngine, vault: Vault, rule: RetentionRule) -> int:
    now = engine.clock.now()
    values = {"since": now - rule.keep, "most": MOST}
    with engine.database.begin() as connection:
        due = connection.execute(text(rule.due), values).all()
        for row in due:
            _WIPES[rule.subject](connection, vault, row.id, now)
        lines = [
            {"at": now, "rule": rule.name, "subject": f"{rule.subject}:{row.id}",
             "due_at": row.due_at + rule.keep}
            for row in due
        ]  # fmt: skip
        if lines:
            connection.execute(insert(Erasure), lines)
    return len(due)


def _wipe_card(connection: Connection, _vault: Vault, card_id: int, _now: datetime) -> None:
    wiped = "UPDATE card SET pin_sealed = NULL, so_pin_sealed = NULL WHERE id = :id"
    connection.execute(text(wiped), {"id": card_id})


def _wipe_person(connection: Connection, vault: Vault, person_id: int, now: datetime) -> None:
    # The number is replaced by a text of this person's own, so that sealed and hashed columns go
    # on to agree when a key is exchanged, and the number itself may apply anew as somebody new.
    # Nothing is filed for one who has left.
    nobody = f"erased {person_id}"
    values = {
        "id": person_id,
        "name": NAME,
        "key": sort_key(f"{NAME} {NAME}"),
        "sealed": vault.seal(nobody, "tckn"),
        "hash": vault.lookup(nobody, "tckn"),
        "masked": MASKED,
        "now": now.astimezone(UTC),
    }
    for statement in PERSON:
        connection.execute(text(statement), values)


PERSON = (
    """
    UPDATE person SET given_name = :name, surname = :name, sort_key = :key, tckn_sealed = :sealed,
        tckn_hash = :hash, tckn_masked = :masked, institution_id = NULL, address = NULL,
        email = NULL, phone = NULL, language = 'tr', told_by = 'usual', erased_at = :now,
        standing = CASE WHEN standing = 'in_office' THEN 'left' ELSE standing END
    WHERE id = :id
    """,
    """
    UPDATE application SET delivery_address = NULL, applicant_key = :key, paper = NULL,
        delivery = NULL
    WHERE person_id = :id
    """,
    "UPDATE notice SET subject = '', text = '', to_sealed = NULL WHERE person_id = :id",
    "UPDATE contact_change SET sealed = NULL, proof = NULL WHERE person_id = :id",
    "UPDATE support_question SET question = '', answer = left(answer, 0) WHERE person_id = :id",
    "UPDATE certificate SET der = NULL, chain = NULL WHERE person_id = :id",
    "UPDATE role_grant SET name = NULL, subject = NULL WHERE person_id = :id",
)  # fmt: skip
"""What wiping a person overwrites (SQL); docs/personal-data.md names what stays, and why."""

_WIPES: Mapping[str, Callable[[Connection, Vault, int, datetime], None]] = {
    "card": _wipe_card,
    "person": _wipe_person,
}
