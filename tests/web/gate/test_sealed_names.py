"""A name that was searched for stands sealed in the address, for the one who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import g

from web.gate.sealed_names import open_name, seal_name
from web.gate.session import SignedIn
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

NAME = "IŞIK ÖRNEKOĞLU"


def sit_down(number: int) -> None:
    """Be signed in as an account."""
    actor = Actor(f"user:{number}", frozenset({"officer"}), "oidc", None)
    g.signed_in = SignedIn(actor, "Zeynep", "sid")


@pytest.fixture(autouse=True)
def request_of_an_officer(app: Flask) -> Iterator[None]:
    """Give a request of account 3."""
    with app.test_request_context("/"):
        sit_down(3)
        yield


def test_who_typed_it_reads_it_again() -> None:
    sealed = seal_name(NAME)
    assert open_name(sealed) == NAME
    assert seal_name(NAME) != sealed, "the same name twice is not told from two"


def test_it_stands_in_an_address_as_it_is_and_shows_nothing() -> None:
    for length in range(1, 5):
        sealed = seal_name(NAME[:length])
        assert set(sealed) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )
        assert open_name(sealed) == NAME[:length]


def test_nothing_is_sealed_as_nothing() -> None:
    assert seal_name("") == ""
    assert open_name("") == ""


def test_another_account_opens_nothing() -> None:
    sealed = seal_name(NAME)
    sit_down(4)
    assert open_name(sealed) == ""
    sit_down(3)
    assert open_name(sealed) == NAME


def test_what_was_changed_or_is_not_ours_is_nothing() -> None:
    sealed = seal_name(NAME)
    place = len(sealed) // 2
    other = "A" if sealed[place] != "A" else "B"
    odd = ["x", "IŞIK", "%00", "====", sealed[:-4], sealed[:place] + other + sealed[place + 1 :]]
    assert [open_name(one) for one in odd] == [""] * len(odd)
