"""How a fee is said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from web.kit.fees import fee_words

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


@pytest.mark.parametrize(
    ("kind", "day", "path", "said"),
    [
        ("renewal", date(2026, 3, 2), "/", "kurumunuz öder: ₺850,00"),
        ("lost", date(2026, 3, 2), "/", "siz ödersiniz: ₺1.200,00"),
        ("fault", date(2026, 3, 2), "/", "ücretsiz"),
        ("lost", date(2018, 1, 1), "/", "siz ödersiniz: tutarı ofis bildirir"),
    ],
)
def test_who_pays_and_how_much_is_said_in_one_line(
    world: World, app: Flask, kind: str, day: date, path: str, said: str
) -> None:
    with app.test_request_context(path):
        assert fee_words(world.engine.library.workflow("application"), kind, day) == said
