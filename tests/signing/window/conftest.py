"""A store with a few cards, a small server, and a person at the window."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from signing.app.settings import AppSettings, SettingsKeeper
from signing.app.window.stage import Tools
from signing.app.window.wizard import Wizard
from signing.app.window.worker import Worker
from tests.kit.signing import house as kit
from tests.signing.app.small_server import Server, server
from tests.signing.window.person import Elapsed, Person, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore

__all__ = ["server"]

SHOTS = "var/screenshots"


@pytest.fixture(scope="session")
def application() -> QApplication:
    """Give the one application of this test process."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["nes-imza"])


@pytest.fixture(scope="session")
def cards(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """Give a store of the window's own: what is in it is on the screen."""
    return kit.make_store(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="session")
def maker(cards: TokenStore) -> Authority:
    """Give the authority that certifies these cards."""
    return kit.demo_authority(cards)


@pytest.fixture(scope="session")
def ayse(cards: TokenStore, maker: Authority) -> str:
    """Give the label of Ayşe's card, beside which İsmail's lies too."""
    other = kit.order("KART-0002", 2**64 + 8, kit.OTHER_PERSON)
    kit.demo_card(cards, maker, other)
    return kit.demo_card(cards, maker, kit.order("KART-0001", 2**64 + 7)).produced.card_serial


@pytest.fixture
def keeper(tmp_path: Path, server: Server) -> SettingsKeeper:
    """Give settings that know the small server."""
    kept = SettingsKeeper(tmp_path / "nes-imza" / "settings.json")
    kept.save(AppSettings(servers=(server.url,)))
    return kept


@pytest.fixture
def open_person(
    application: QApplication,
    keeper: SettingsKeeper,
    cards: TokenStore,
    pytestconfig: pytest.Config,
) -> Iterator[Callable[..., Person]]:
    """Open windows, which are closed at the end."""
    opened: list[Person] = []

    def open_one(store: TokenStore = cards, **changed: object) -> Person:
        elapsed = Elapsed()
        if changed:
            keeper.save(replace(keeper.load(), **changed))  # type: ignore[arg-type]
        tools = Tools(keeper, Worker(), lambda _: store, elapsed)
        person = Person(Wizard(tools), elapsed, pytestconfig.rootpath / SHOTS)
        person.wizard.frame.show()
        opened.append(person)
        until(lambda: application.activeWindow() is person.wizard.frame)
        return person

    yield open_one
    for person in opened:
        person.wizard.frame.close()


@pytest.fixture
def person(open_person: Callable[..., Person], ayse: str) -> Person:
    """Give Ayşe at the window, her card in the reader."""
    assert ayse
    return open_person()
