"""How many days each step of an application takes, by what the journal shows of the newest ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import text

from workflow.model.duration import Duration

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

ENOUGH = 20
"""From how many cases on the journal is believed; before that the stated number of days holds."""

LOOKED_AT = 200
"""How many of the newest cases are looked at for each step."""

_KEPT_FOR = Duration(seconds=3600)


@dataclass(frozen=True, slots=True)
class Durations:
    """Days of each step, weekends and holidays among them, for a day is counted as it comes.

    ``posting``: from the printed form until it is registered; ``review``: from there to the
    approval; ``making``: from the queue of production to the courier; ``delivery``: from the
    courier to the holder.
    """

    posting: int = 5
    review: int = 3
    making: int = 3
    delivery: int = 4

    @property
    def card(self) -> int:
        """Days from the queue of production until the holder has the card."""
        return self.making + self.delivery


STATED = Durations()
"""What is stated while the journal knows too few cases."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From which moves to which one a step goes, and how many days it has at most."""

    name: str
    begins: tuple[str, ...]
    ends: str
    longest: int


_STEPS = (
    _Step("posting", ("use_wet_signature",), "register_paper", 30),
    _Step("review", ("register_paper",), "approve_paper", 30),
    _Step("making", ("queue", "release", "release_gone"), "hand_to_courier", 30),
    _Step("delivery", ("hand_to_courier",), "deliver", 30),
)

# Of each of the newest cases that made the step, the last beginning before its end.
_MEDIAN = text("""
SELECT count(*) AS cases,
    ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - b.at)) / 86400)
FROM (
    SELECT case_id, n, at FROM journal
    WHERE workflow = 'application' AND trigger = :ends ORDER BY at DESC, case_id DESC LIMIT :most
) e
CROSS JOIN LATERAL (
    SELECT at FROM journal j WHERE j.case_id = e.case_id AND j.n < e.n AND j.trigger = ANY(:begins)
    ORDER BY j.n DESC LIMIT 1
) b
""")


class DurationKeeper:
    """The durations of each database, read anew once an hour."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: WeakKeyDictionary[Engine, tuple[datetime, Durations]] = WeakKeyDictionary()

    def of(self, database: Engine, now: datetime) -> Durations:
        """Return how long the steps take here."""
        known = self._known.get(database)
        if known is None or not known[0] <= now < known[0] + _KEPT_FOR:
            known = (now, measure(database))
            self._known[database] = known
        return known[1]


durations = DurationKeeper()
"""Those of this process."""


def measure(database: Engine) -> Durations:
    """Return the median days of each step, no fewer than one and no more than its longest."""
    found: dict[str, int] = {}
    with database.connect() as connection:
        for step in _STEPS:
            asked = {"ends": step.ends, "begins": list(step.begins), "most": LOOKED_AT}
            cases, days = connection.execute(_MEDIAN, asked).one()
            if cases >= ENOUGH:
                found[step.name] = min(max(int(days), 1), step.longest)
    return Durations(**found)
