"""How a fee is said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from web.kit.fees import fee_told_office, fee_words

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


@pytest.mark.parametrize(
    ("kind", "day", "said", "office"),
    [
        ("renewal", date(2026, 3, 2), "kurumunuz öder: ₺850,00", "kurumu öder: ₺850,00"),
        ("lost", date(2026, 3, 2), "siz ödersiniz: ₺1.200,00", "başvuran öder: ₺1.200,00"),
        ("fault", date(2026, 3, 2), "ücretsiz", "ücretsiz"),
        (
            "lost",
            date(2018, 1, 1),
            "siz ödersiniz: tutarı ofis bildirir",
            "başvuran öder: tutarı ofis bildirir",
        ),
    ],
)
def test_who_pays_and_how_much_is_said_in_one_line(
    world: World, app: Flask, kind: str, day: date, said: str, office: str
) -> None:
    definition = world.engine.library.workflow("application")
    with app.test_request_context("/"):
        assert fee_words(definition, kind, day) == said
        assert fee_told_office(definition, kind, day) == office
