"""One token store, one authority and one ready card per test process."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from signing.authority.demo import create
from signing.tokens.keys import KeyKind
from signing.validation.validate import Validation, validate
from tests.kit.cards import cards_removed
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import NOW
from tests.signing.bad.pki import Pki

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Give the declared infrastructure of the bad cases, made once."""
    return Pki.make(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """Give the token store of this test process."""
    return kit.make_store(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(autouse=True)
def _own_cards_removed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the cards of a test away with it, where it uses the store of the process."""
    if "store" not in request.fixturenames:
        yield
        return
    with cards_removed(request.getfixturevalue("store")):
        yield


@pytest.fixture(scope="session")
def authority(store: TokenStore) -> Authority:
    """Give the demo authority of the store."""
    return kit.demo_authority(store)


@pytest.fixture(scope="session")
def repeating(store: TokenStore) -> Authority:
    """Give an authority with RSA keys, which signs the same request twice alike."""
    return create(store, kit.plan(KeyKind.RSA_3072, kit.REPEATING_LABEL))


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


@pytest.fixture
def blank(store: TokenStore, new_order: Callable[..., ProductionOrder]) -> str:
    """Give the label of a blank card of this test's own."""
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    return label


@pytest.fixture
def judge(authority: Authority, lists: Revocation) -> Callable[..., Validation]:
    """Validate over TEXT with the authority's trust and fresh lists, unless told otherwise."""

    def judge(container: bytes, text: bytes = TEXT, **other: object) -> Validation:
        how = {"trust": authority.trust, "revocation": lists, "at": NOW, **other}
        return validate(container, text, **how)  # type: ignore[arg-type]

    return judge


@pytest.fixture
def forger(authority: Authority) -> forge.Forger:
    """Give a forger whose key the authority certified."""
    return forge.Forger.of(authority, forge.person_request())
