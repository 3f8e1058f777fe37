"""A station without HTTP: an office that orders, a store, a spool, and a desk that is scripted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from signing.station.desk import UnattendedDesk
from signing.station.line import StationLine, Workplace
from signing.station.spool import Spool
from tests.signing.station.ordering import FakeOffice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.station.desk import Desk
    from signing.tokens.slots import TokenStore


@dataclass
class Bench:
    """A station's workplace, and what it said and waited."""

    place: Workplace
    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def line(self, *offices: FakeOffice, desk: Desk | None = None) -> StationLine:
        """Give a line for some offices."""
        return StationLine(
            offices,  # type: ignore[arg-type]  # an office in the place of one over HTTP
            self.place,
            desk or UnattendedDesk(self.said.append),
            self.waited.append,
            self.steps.append,
        )

    @property
    def words(self) -> str:
        """All that was said."""
        return "\n".join(self.said)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Give an empty spool."""
    found = Spool(tmp_path / "spool")
    yield found
    found.close()


@pytest.fixture
def bench(store: TokenStore, spool: Spool) -> Bench:
    """Give a workplace in the store of this process."""
    return Bench(Workplace(store, spool))


@pytest.fixture
def office(authority: Authority, new_order: Callable[..., ProductionOrder]) -> FakeOffice:
    """Give an office with two orders."""
    return FakeOffice(authority, [new_order(), new_order()])
