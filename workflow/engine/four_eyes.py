"""The four eyes: which moves of one human rule out a later one, under any name.

The journal names actors by key. One human may stand there as ``user:17`` (an account, or an older
one that was tied to them) and as ``person:42``; the names count as one. Of an earlier move only the
present round counts: a paper that was returned and registered anew is another paper.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.model.definition import Definition, Transition

NAMES = (
    "(SELECT CAST(:actor AS text) UNION ALL SELECT 'person:' || CAST(:person AS bigint)"
    " UNION ALL SELECT 'user:' || u.id FROM office_user u WHERE u.person_id = :person)"
)
"""SQL of every name under which the journal may know the human who acts."""


def rounds_of(definition: Definition, move: Transition) -> dict[str, list[str]]:
    """Return for each of ``move.not_by`` the triggers that begin a new round of it.

    Those are the moves by which a case comes anew into a state from which the trigger is fired. A
    move that may also stay where it is begins none.
    """
    moves = definition.transitions
    return {
        name: sorted(
            other.name
            for other in moves.values()
            if other.target in moves[name].source and other.target not in other.source
        )
        for name in move.not_by
    }


@lru_cache(maxsize=1024)
def earlier_sql(definition: Definition, trigger: str) -> str:
    """Return the SQL that selects the triggers of ``not_by`` the actor has fired on a case.

    The case is ``c.id``; the binds are ``actor`` and ``person``.
    """
    move = definition.transitions[trigger]
    return " UNION ALL ".join(
        f"SELECT '{name}' AS trigger FROM journal j WHERE j.case_id = c.id AND j.trigger = '{name}'"
        f" AND j.n > {_beginning(name, begins)} AND j.actor IN {NAMES}"
        for name, begins in rounds_of(definition, move).items()
    )


def _beginning(name: str, begins: list[str]) -> str:
    """Return the SQL of the entry by which the round began in which a trigger was last fired."""
    if not begins:
        return "0"
    listed = ", ".join(f"'{other}'" for other in begins)
    return (
        "coalesce((SELECT max(k.n) FROM journal k WHERE k.case_id = c.id"
        f" AND k.trigger IN ({listed}) AND k.n < (SELECT max(l.n) FROM journal l"
        f" WHERE l.case_id = c.id AND l.trigger = '{name}')), 0)"
    )
