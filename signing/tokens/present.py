"""What a PKCS#11 module shows: its readers, the tokens in them, and the one with a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pkcs11
from pkcs11 import TokenFlag

from signing.errors import ReaderAbsent, TokenAbsent, TokenAmbiguous, TokenUnknown
from signing.tokens.translate import translated

if TYPE_CHECKING:
    from pkcs11 import _pkcs11


@dataclass(frozen=True)
class TokenInfo:
    """What a token says of itself without a PIN: names and the state of its user PIN."""

    label: str
    serial: str
    pin_set: bool
    tries_fewer: bool
    last_try: bool
    locked: bool
    must_change: bool


def info_of(token: pkcs11.Token) -> TokenInfo:
    """Describe a token."""
    flags = token.flags
    return TokenInfo(
        label=token.label,
        serial=token.serial.decode("ascii", "replace"),
        pin_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        tries_fewer=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        last_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        must_change=bool(flags & TokenFlag.USER_PIN_TO_BE_CHANGED),
    )


@dataclass(frozen=True)
class CardReader:
    """A reader and what is in it: our kind of card, one that is not (`foreign`), or nothing."""

    name: str
    token: TokenInfo | None = None
    foreign: bool = False


def reader_of(slot: pkcs11.Slot) -> CardReader:
    """Describe a reader and what is in it."""
    name = slot.slot_description
    try:
        token = slot.get_token()
    except pkcs11.TokenNotPresent:
        return CardReader(name)
    except pkcs11.TokenNotRecognised:
        return CardReader(name, foreign=True)
    ours = bool(token.flags & TokenFlag.TOKEN_INITIALIZED)
    return CardReader(name, info_of(token) if ours else None)


def present(module: _pkcs11.lib) -> list[pkcs11.Token]:
    """List the initialised tokens; ReaderAbsent without slots, TokenUnknown for a foreign card."""
    slots = module.get_slots()
    if not slots:
        raise ReaderAbsent
    tokens, foreign = [], 0
    for slot in slots:
        try:
            token = slot.get_token()
        except pkcs11.TokenNotPresent:
            continue
        except pkcs11.TokenNotRecognised:
            foreign += 1
            continue
        if token.flags & TokenFlag.TOKEN_INITIALIZED:
            tokens.append(token)
    if foreign and not tokens:
        raise TokenUnknown(label="?")
    return tokens


def choose(module: _pkcs11.lib, label: str) -> pkcs11.Token:
    """Give the one token with this label; TokenAbsent, TokenAmbiguous and those of `present`."""
    with translated(label):
        matching = [token for token in present(module) if token.label == label]
    if not matching:
        raise TokenAbsent(label=label)
    if len(matching) > 1:
        raise TokenAmbiguous(label=label)
    return matching[0]
