"""A holder changes the PIN of the card, and opens a locked one with the PUK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pkcs11 import TokenFlag

from signing.app import pins
from signing.app.errors import PukLocked, PukWrong
from signing.errors import PinLength, PinLocked, PinWrong, TokenAbsent
from signing.tokens.pin import Pin
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from signing.tokens.slots import TokenStore

NEW = "864209"


def opens(store: TokenStore, label: str, pin: str) -> bool:
    """Say whether a PIN opens the card."""
    try:
        with store.session(label, pin, last_try_accepted=True):
            return True
    except PinWrong:
        return False


def test_a_changed_pin_opens_the_card_and_the_old_one_does_not(
    store: TokenStore, blank: str
) -> None:
    old, new = Pin(kit.PIN), Pin(NEW)
    pins.change(store, blank, old, new)
    assert opens(store, blank, NEW)
    assert not opens(store, blank, kit.PIN)
    assert (len(old), len(new)) == (0, 0)


def test_a_pin_is_not_changed_with_a_wrong_one(store: TokenStore, blank: str) -> None:
    old, new = Pin("9999"), Pin(NEW)
    with pytest.raises(PinWrong):
        pins.change(store, blank, old, new)
    assert opens(store, blank, kit.PIN)
    assert (len(old), len(new)) == (0, 0)


def test_the_puk_sets_a_new_pin(store: TokenStore, blank: str) -> None:
    pins.unlock(store, blank, Pin(kit.SO_PIN), Pin(NEW))
    assert opens(store, blank, NEW)
    assert not store.token(blank).tries_fewer


def test_a_wrong_puk_is_told_apart_from_a_wrong_pin(store: TokenStore, blank: str) -> None:
    puk, new = Pin("00000000"), Pin(NEW)
    with pytest.raises(PukWrong):
        pins.unlock(store, blank, puk, new)
    assert opens(store, blank, kit.PIN)
    assert (len(puk), len(new)) == (0, 0)


def test_a_locked_puk_is_told_as_the_end_of_the_card(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise PinLocked

    monkeypatch.setattr(store, "unlock_pin", locked)
    with pytest.raises(PukLocked) as caught:
        pins.unlock(store, blank, Pin(kit.SO_PIN), Pin(NEW))
    assert not caught.value.again


@pytest.mark.parametrize(("old", "new"), [("1", NEW), (kit.PIN, "1"), (kit.PIN, "1" * 17)])
def test_a_pin_of_impossible_length_is_not_sent(
    old: str, new: str, store: TokenStore, blank: str
) -> None:
    with pytest.raises(PinLength):
        pins.change(store, blank, Pin(old), Pin(new))
    with pytest.raises(PinLength):
        pins.unlock(store, blank, Pin(old * 2), Pin("1"))
    assert not store.token(blank).tries_fewer


def test_a_locked_card_takes_no_change_but_the_puk(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_LOCKED)
    with pytest.raises(PinLocked):
        pins.change(store, blank, Pin(kit.PIN), Pin(NEW))
    pins.unlock(store, blank, Pin(kit.SO_PIN), Pin(NEW))


def test_a_pin_that_must_be_changed_can_be_changed(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_TO_BE_CHANGED)
    pins.change(store, blank, Pin(kit.PIN), Pin(NEW))


def test_an_absent_card_is_told(store: TokenStore) -> None:
    with pytest.raises(TokenAbsent):
        pins.change(store, "YOK", Pin(kit.PIN), Pin(NEW))


def test_a_store_of_a_real_reader_needs_no_room_on_the_disk(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "directory", None)
    pins.change(store, blank, Pin(kit.PIN), Pin(NEW))
    monkeypatch.undo()
    assert opens(store, blank, NEW)
