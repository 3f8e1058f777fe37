"""Owns what a worker does by the clock beside effects and sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import revocation, window
from handlers.completion import Completion
from handlers.services import services_of
from workflow.worker import Chore

if TYPE_CHECKING:
    from workflow.engine import Office


def chores(office: Office) -> list[Chore]:
    """Keep the revocation lists fresh, the policy applied, and the signatures provable."""
    services = services_of(office)

    def refresh_lists() -> None:
        revocation.ensure_fresh(office.database, services, office.clock.now())

    return [
        Chore("revocation_lists", refresh_lists),
        Chore("policy", lambda: window.recompute(office)),
        Chore("signatures", Completion(office).run),
    ]
