"""Who acts: a person in a role, the system, and how they were authenticated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who fires a transition.

    ``name`` is an opaque stable key (``user:17``, ``person:42``, ``system:sweep``), never a name or
    a TCKN, because it stands in the journal. ``person_id`` is the human behind the name: nobody
    decides on their own case nor twice on another's, under whatever name, so without it no move is
    made that keeps people apart. ``auth`` says how they were authenticated (``oidc``, ``demo``,
    ``code``, ``internal``).
    """

    name: str
    roles: frozenset[str]
    auth: str
    person_id: int | None = None


SYSTEM = "system:"
"""How the names of the system's parts begin."""


def system(part: str) -> Actor:
    """Return the system acting through one of its parts, for example ``sweep`` or ``effect``."""
    return Actor(f"{SYSTEM}{part}", frozenset({"system"}), "internal")
