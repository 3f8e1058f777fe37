"""What stands in the office before it is harmed: the demo, people who will apply, cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from states.people.user import User
from web.demo.seed import seed
from web.demo.stage import DemoOffice
from web.gate.composition import compose, migrate
from workflow.model.clock import FixedClock

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from signing.tokens.slots import TokenStore
    from tests.chaos.site import Site

FIRST = 2_000
"""Where the numbers of the people of the load begin, far from those of the demo."""


@dataclass(frozen=True)
class Ground:
    """The people of the load: ids of who applies, who holds which card, actors of the desk."""

    people: list[int]
    holders: list[tuple[int, Held]]
    staff: dict[str, str]
    store: TokenStore


def prepared(site: Site, people: int, holders: int) -> Ground:
    """Fill the office of a site, which does not run yet."""
    settings = site.settings
    migrate(settings)
    composition = compose(settings, application="chaos")
    try:
        seed(composition)
        services = composition.engine.services
        clock = FixedClock(composition.clock.now() - timedelta(minutes=1))
        stage = DemoOffice(composition.engine, services, clock, settings.var / "demo")
        ends_on = stage.today + relativedelta(years=1)
        cards = [stage.holder(FIRST + n, "İmza", ends_on) for n in range(holders)]
        found = [stage.person(FIRST + holders + n, "Aday") for n in range(people)]
        with composition.database.connect() as connection:
            accounts = connection.execute(User.__table__.select()).mappings().all()
        staff = {str(row["subject"]): f"user:{row['id']}" for row in accounts}
        return Ground(found, cards, staff, services.store())
    finally:
        composition.database.dispose()
        site.remember_database()
