"""Whom a gateway's claims name in full, and how they are kept in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import session

from tests.kit.handlers.world import ISMAIL
from web.auth import stranger
from web.auth.stranger import Stranger, stranger_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World

WHOLE: dict[str, Any] = {"tckn": ISMAIL, "given_name": "İSMAİL", "family_name": "IRAKSAK"}


def test_claims_that_name_somebody_in_full_are_somebody(app: Flask, world: World) -> None:
    with app.test_request_context("/"):
        found = stranger_in(WHOLE)
    until = int(world.clock.now().timestamp()) + 1800
    assert found == Stranger(ISMAIL, "İSMAİL", "IRAKSAK", until)


@pytest.mark.parametrize(
    "changed",
    [
        {"tckn": None},
        {"tckn": "12345678901"},
        {"tckn": int(ISMAIL)},
        {"tckn": ""},
        {"given_name": None},
        {"given_name": 7},
        {"family_name": None},
        {"family_name": ["IRAKSAK"]},
    ],
    ids=repr,
)
def test_claims_that_lack_something_are_nobody(app: Flask, changed: dict[str, object]) -> None:
    with app.test_request_context("/"):
        assert stranger_in({**WHOLE, **changed}) is None


def test_who_is_kept_is_found_again_and_forgotten(app: Flask, world: World) -> None:
    with app.test_request_context("/"):
        found = stranger_in(WHOLE)
        assert found is not None
        assert stranger.kept() is None
        stranger.keep(found)
        assert stranger.kept() == found
        assert ISMAIL not in repr(dict(session))
        assert "IRAKSAK" not in repr(dict(session))
        world.clock.advance(minutes=30)
        assert stranger.kept() == found
        world.clock.advance(seconds=1)
        assert stranger.kept() is None
        world.clock.advance(seconds=-1)
        stranger.drop()
        assert stranger.kept() is None


@pytest.mark.parametrize("held", ["", "x", "AAAA", "ü", 7, None], ids=repr)
def test_what_this_site_has_not_sealed_is_nobody(app: Flask, held: object) -> None:
    with app.test_request_context("/"):
        session[stranger.KEPT] = held
        assert stranger.kept() is None
