"""What ``nes web`` does for a demo: it fills an empty one and says who may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.auth.personas import groups
from web.demo.gateway import citizens
from web.demo.seed import seed

if TYPE_CHECKING:
    from web.gate.composition import Composition


def open_demo(composition: Composition) -> list[str]:
    """Fill the demo when it is empty; return a line for each sort of people one may sign in as.

    The identity gateway is told of them too.
    """
    seed(composition)
    citizens.keep(citizens.register_in(composition.settings.var), citizens.of_office(composition))
    return [
        f"{group.title}: {', '.join(persona.name for persona in group.personas)}"
        for group in groups(composition.database, composition.library.workflow("application").roles)
    ]
