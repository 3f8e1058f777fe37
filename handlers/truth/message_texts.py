"""The comparison of the texts of messages with the entries that proposed and published them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.papers.letters.message_texts import PARTS
from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


def message_texts(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare each proposal with the hash that was noted of it, and each revision with its entry.

    The entry of a revision that is not there is named as well as a revision without an entry.
    """
    proposed = told.doing("text_change", "texts.describe")
    yield from differences(told, _PROPOSED, {"moves": proposed})
    published = told.doing("text_change", "texts.publish")
    yield from differences(told, _PUBLISHED, {"moves": published})


def _sha256(row: str) -> str:
    """Return the SQL of the name of a wording (`letters.message_texts.Wording.sha256`)."""
    whole = " || decode('00', 'hex') || ".join(
        f"convert_to({row}.{part}, 'UTF8')" for part in PARTS
    )
    return f"encode(sha256({whole}), 'hex')"


_SAID = """(SELECT *, journal_said(body) -> 'details' AS d FROM journal
    WHERE workflow = 'text_change' AND trigger = ANY(:moves) OFFSET 0) j"""

_PROPOSED = f"""
SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'text_change code, revision, wording' AS row
FROM {_SAID} JOIN text_change t ON t.id = j.case_id
WHERE (t.code, t.revision::text, {_sha256("t")})
    IS DISTINCT FROM (d ->> 'code', d ->> 'revision', d ->> 'sha256')
"""  # noqa: S608 - fixed words

_PUBLISHED = f"""
SELECT 'column' AS reason, coalesce(j.case_id, m.change_id) AS case_id, coalesce(j.n, 0) AS n,
    'text_change' AS workflow, coalesce(j.trigger, '') AS trigger,
    'message_text ' || coalesce(m.code || '/' || m.revision,
        (d ->> 'code') || '/' || (d ->> 'revision'))
        || ': code, revision, in_force_on, wording' AS row
FROM message_text m FULL JOIN {_SAID} ON j.case_id = m.change_id
WHERE (m.code, m.revision::text, m.in_force_on::text, {_sha256("m")})
    IS DISTINCT FROM (d ->> 'code', d ->> 'revision', d ->> 'in_force_on', d ->> 'sha256')
"""  # noqa: S608 - fixed words
