"""An e-onay that is in force without a card, for tests that only ask whether there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

_GIVEN = """
INSERT INTO consent (person_id, terms_version, definition, state, version, head, entered_at,
    created_at)
SELECT :me, (SELECT version FROM terms ORDER BY valid_from DESC LIMIT 1), c.definition, 'in_force',
    1, '\\x00', :now, :now
FROM (SELECT sha256 AS definition FROM definition WHERE workflow = 'consent' LIMIT 1) c
RETURNING id
"""


def consented(world: World, person_id: int) -> None:
    """Have the e-onay of a person in force, behind the office's back."""
    world.write(_GIVEN, me=person_id, now=world.clock.now())
