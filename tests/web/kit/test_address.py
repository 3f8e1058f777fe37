"""The address of this site, which a signature is bound to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from web.gate.composition import KEY
from web.kit.address import here

if TYPE_CHECKING:
    from flask import Flask

    from web.gate.composition import Composition

PUBLIC = "https://nes.example"


@pytest.mark.parametrize(
    ("demo", "public", "asked", "port", "expected"),
    [
        (False, PUBLIC, "http://nes.example/", "8000", PUBLIC),
        (False, PUBLIC, "http://localhost/", "8000", PUBLIC),
        (True, PUBLIC, "http://nes.example/", "8000", PUBLIC),
        (True, PUBLIC, "http://127.0.0.1/", "8000", "http://127.0.0.1:8000"),
        (True, None, "http://localhost:9/", "8000", "http://localhost:8000"),
        (True, None, "http://[::1]:9/", "8000", "http://[::1]:8000"),
        (False, None, "https://127.0.0.1/", "443", "https://127.0.0.1"),
    ],
)
def test_it_is_the_public_one_or_that_of_this_very_machine(
    app: Flask,
    composition: Composition,
    demo: bool,  # noqa: FBT001 - a parameter of the test
    public: str | None,
    asked: str,
    port: str,
    expected: str,
) -> None:
    settings = composition.settings.model_copy(update={"demo": demo, "public_url": public})
    app.extensions[KEY] = replace(composition, settings=settings)
    with app.test_request_context(base_url=asked, environ_overrides={"SERVER_PORT": port}):
        assert here() == expected
