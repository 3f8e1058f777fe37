"""Sealing and look-up: secret without the keys, exact with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.kit.vault import Vault, VaultClosed

VAULT = Vault(b"a" * 32, b"b" * 32)
OTHER = Vault(b"c" * 32, b"d" * 32)


@given(st.text())
def test_what_was_sealed_opens_to_the_same_text(text: str) -> None:
    assert VAULT.open(VAULT.seal(text, "tckn"), "tckn") == text


def test_the_same_text_is_sealed_to_other_bytes_each_time() -> None:
    first, second = VAULT.seal("10000000146", "tckn"), VAULT.seal("10000000146", "tckn")
    assert first != second
    assert b"10000000146" not in first


@pytest.mark.parametrize("place", [0, 1, 12, 13, 20, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(VAULT.seal("10000000146", "tckn"))
    sealed[place] ^= 1
    with pytest.raises(VaultClosed):
        VAULT.open(bytes(sealed), "tckn")


@pytest.mark.parametrize("length", [0, 1, 5, 12, 13, 20])
def test_a_cut_value_is_noticed(length: int) -> None:
    with pytest.raises(VaultClosed):
        VAULT.open(VAULT.seal("10000000146", "tckn")[:length], "tckn")


def test_another_key_or_another_purpose_opens_nothing() -> None:
    sealed = VAULT.seal("123456", "pin")
    with pytest.raises(VaultClosed):
        OTHER.open(sealed, "pin")
    with pytest.raises(VaultClosed):
        VAULT.open(sealed, "tckn")


def test_the_look_up_hash_is_stable_and_belongs_to_key_and_purpose() -> None:
    found = VAULT.lookup("10000000146", "tckn")
    assert len(found) == 32
    assert found == VAULT.lookup("10000000146", "tckn")
    others = {
        VAULT.lookup("10000000146", "code"),
        VAULT.lookup("10000000147", "tckn"),
        OTHER.lookup("10000000146", "tckn"),
        VAULT.lookup("n10000000146", "tck"),
    }
    assert found not in others
    assert len(others) == 4


@pytest.mark.parametrize("lengths", [(31, 32), (32, 33), (0, 32)])
def test_keys_of_another_length_are_refused(lengths: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"a" * lengths[0], b"b" * lengths[1])


def test_the_former_key_opens_what_it_sealed_and_seals_nothing() -> None:
    old = VAULT.seal("10000000146", "tckn")
    after = Vault(b"e" * 32, b"b" * 32, b"a" * 32)
    assert after.open(old, "tckn") == "10000000146"
    assert not after.is_current(old, "tckn")
    new = after.seal("10000000146", "tckn")
    assert after.is_current(new, "tckn")
    assert not after.is_current(new, "pin")
    with pytest.raises(VaultClosed):
        VAULT.open(new, "tckn")
    for sealed, purpose in ((old, "pin"), (OTHER.seal("1", "pin"), "pin"), (b"", "pin")):
        with pytest.raises(VaultClosed):
            after.open(sealed, purpose)
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"e" * 32, b"b" * 32, b"a" * 31)


def test_the_keys_do_not_show() -> None:
    assert "ccc" not in repr(Vault(b"a" * 32, b"b" * 32, b"c" * 32))
    assert "aaa" not in repr(VAULT)
    assert "bbb" not in repr(VAULT)
