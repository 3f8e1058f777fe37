"""One token store, one authority and one ready card per test process."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.signing import kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority import Authority
    from signing.production import ProductionOrder
    from signing.tokens import TokenStore
    from signing.trust import Revocation

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """Give the token store of this test process."""
    return kit.make_store(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(scope="session")
def authority(store: TokenStore) -> Authority:
    """Give the demo authority of the store."""
    return kit.demo_authority(store)


@pytest.fixture(scope="session")
def signer(store: TokenStore, authority: Authority) -> kit.Signer:
    """Give a card that no test changes."""
    return kit.demo_card(store, authority, kit.order("STEADY", 2**64 + 2**40))


@pytest.fixture(scope="session")
def lists(authority: Authority) -> Revocation:
    """Give fresh, empty revocation lists."""
    return kit.revocation(authority)


@pytest.fixture
def new_order() -> Callable[..., ProductionOrder]:
    """Give orders for cards and serial numbers that no other test has."""

    def order(**wanted: object) -> ProductionOrder:
        number = next(_numbers)
        return kit.order(f"CARD-{number:04}", 2**64 + number, **wanted)  # type: ignore[arg-type]

    return order
