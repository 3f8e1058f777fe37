"""The comparison of accounts with the grants that opened, changed and closed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


def accounts(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare roles, heads of desks and whether accounts are open with the newest grant of each.

    An account that no grant has opened is believed where it is older than all grants, or belongs
    to the demo: nobody can sign in as those but there.
    """
    return differences(told, _ACCOUNTS, {"moves": told.doing("grant", "grants.apply")})


_ACCOUNTS = """
WITH granted AS MATERIALIZED (
    SELECT case_id, n, workflow, trigger, at, d ->> 'account' AS account, d ->> 'act' AS act,
        d ->> 'role' AS role
    FROM (SELECT *, journal_said(body) -> 'details' AS d FROM journal
        WHERE workflow = 'grant' AND trigger = ANY(:moves) OFFSET 0) j
),
roles AS (SELECT DISTINCT ON (account) * FROM granted WHERE act IN ('open', 'role')
    ORDER BY account, at DESC, case_id DESC),
heads AS (SELECT DISTINCT ON (account) * FROM granted WHERE act <> 'tie'
    ORDER BY account, at DESC, case_id DESC),
standing AS (SELECT DISTINCT ON (account) * FROM granted WHERE act IN ('open', 'close', 'reopen')
    ORDER BY account, at DESC, case_id DESC)
SELECT 'account' AS reason, r.case_id, r.n, r.workflow, r.trigger,
    'office_user ' || u.id || ': roles ' || array_to_string(u.roles, ', ') AS row
FROM roles r JOIN office_user u ON 'user:' || u.id = r.account WHERE u.roles <> ARRAY[r.role]
UNION ALL
SELECT 'account', s.case_id, s.n, s.workflow, s.trigger, 'office_user ' || u.id || ': active'
FROM standing s JOIN office_user u ON 'user:' || u.id = s.account
WHERE u.active <> (s.act <> 'close')
UNION ALL
SELECT 'account', l.case_id, l.n, l.workflow, l.trigger, 'office_user ' || u.id || ': leads'
FROM heads l JOIN office_user u ON 'user:' || u.id = l.account
WHERE u.leads <> (l.act = 'lead')
UNION ALL
SELECT 'account', g.case_id, g.n, g.workflow, g.trigger, 'office_user ' || substr(g.account, 6)
FROM granted g
WHERE g.act = 'open' AND NOT EXISTS (SELECT FROM office_user u WHERE 'user:' || u.id = g.account)
UNION ALL
SELECT 'account', 0, 0, '', '',
    'office_user ' || u.id || ': roles ' || array_to_string(u.roles, ', ')
FROM office_user u
WHERE u.created_at > (SELECT min(at) FROM granted) AND u.subject NOT LIKE 'demo:%'
    AND NOT EXISTS (SELECT FROM granted g WHERE g.account = 'user:' || u.id AND g.act = 'open')
"""
