"""Tokens that need somebody are found by their files: torn, double, or known to nobody."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from handlers.kit.services import AUTHORITY_LABEL
from handlers.upkeep import figures, token_faults
from handlers.upkeep.token_faults import TokenFault
from signing.errors import ModuleAbsent
from signing.tokens import softhsm, whole
from signing.tokens.slots import TokenStore
from states.cases.card import Card
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World


def folder_with(store: TokenStore, label: str) -> Path:
    assert store.directory is not None
    tokens = whole.folders(store.directory / softhsm.TOKENS)
    return next(folder for folder in tokens if whole.label_of(folder) == label)


def test_what_is_wrong_is_named_token_by_token_and_counted(world: World, tmp_path: Path) -> None:
    store, other = (kit.make_store(tmp_path / name) for name in ("store", "other"))
    services = replace(world.services, store=lambda: store)
    world.card(world.person(), date(2027, 1, 1))
    (card,) = world.all(Card)
    for label in (AUTHORITY_LABEL, card.serial, "TWICE", "STRAY"):
        store.make_blank(label, kit.SO_PIN, kit.PIN)
    other.make_blank("TWICE", kit.SO_PIN, kit.PIN)
    second, first = folder_with(other, "TWICE"), folder_with(store, "TWICE")
    shutil.copytree(second, first.with_name(second.name))
    stray = folder_with(store, "STRAY")
    database = world.engine.database
    doubles = [TokenFault(name, "TWICE", "double") for name in (first.name, second.name)]
    expected = [*doubles, TokenFault(stray.name, "STRAY", "orphan")]
    by_folder = sorted(expected, key=lambda fault: fault.folder)
    assert token_faults.find(database, services) == by_folder
    torn = folder_with(store, card.serial)
    (torn / whole.MAIN).write_bytes(b"")
    assert token_faults.find(database, services) == by_folder, "its copy puts it back"
    (torn / whole.COPY).unlink()
    assert TokenFault(torn.name, "", "lost") in token_faults.find(database, services)
    world.engine.services = services
    figures.count(world.engine)
    rows = figures.counted(world.engine).of(figures.TOKENS)
    assert sorted(row["fault"] for row in rows) == ["double", "double", "lost", "orphan"]


def test_tokens_that_lie_elsewhere_are_not_looked_at(world: World) -> None:
    reader = TokenStore(None, softhsm.find_module())
    elsewhere = replace(world.services, store=lambda: reader)
    assert token_faults.find(world.engine.database, elsewhere) == []

    def absent() -> TokenStore:
        raise ModuleAbsent(module="x")

    without = replace(world.services, store=absent)
    assert token_faults.find(world.engine.database, without) == []
