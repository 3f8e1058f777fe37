"""The one card in a reader, made where it lies: blank, begun for this order, or refused."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pkcs11
from pkcs11 import TokenFlag

from signing.errors import ReaderAbsent, TokenAbsent, TokenAmbiguous, TokenUnknown
from signing.station.errors import CardNotBlank, CardOfOtherMaker
from signing.tokens import library, making
from signing.tokens.slots import TokenStore
from signing.tokens.translate import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pkcs11 import _pkcs11

    from signing.tokens.card import BlankCard
    from signing.tokens.session import TokenSession


class CardSlotStore(TokenStore):
    """The cards in the readers of a PKCS#11 module, of which one is made at a time.

    `reader` is a part of the reader's name, "" for any. What is written on a card stays on it, so
    a try that finds its own card goes on with it.
    """

    def __init__(self, module: Path | None, reader: str = "") -> None:
        """Find the module; ModuleAbsent."""
        super().__init__(None, module)
        self._reader = reader
        self._card: BlankCard | None = None
        self._manufacturer = ""

    def expect(self, card: BlankCard, manufacturer: str) -> None:
        """Say which card is made next, and what its maker calls itself on it ("" for anything)."""
        self._card, self._manufacturer = card, manufacturer

    @contextmanager
    def alone(self, label: str) -> Iterator[bool]:
        """Look at the card in the reader; say whether it was begun for this order.

        Raises CardNotBlank for a card that was used, CardOfOtherMaker, ReaderAbsent, TokenAbsent,
        TokenUnknown, TokenAmbiguous for two blank cards.
        """
        self.refresh()
        with library.use(self._source) as module, translated(label):
            token = self._inserted(module, label)
            blank = not token.flags & TokenFlag.TOKEN_INITIALIZED
            pin_set = bool(token.flags & TokenFlag.USER_PIN_INITIALIZED)
        if not blank and not pin_set and self._card is not None:
            # Killed between its name and its PIN: nothing else is on it.
            self.unlock_pin(label, self._card.so_pin, self._card.pin)
        yield not blank

    def _inserted(self, module: _pkcs11.lib, label: str) -> pkcs11.Token:
        tokens = list(self._tokens(module))
        ours = [token for token in tokens if _initialised(token) and token.label == label]
        blank = [token for token in tokens if not _initialised(token)]
        found = ours or blank
        if not found:
            if tokens:
                raise CardNotBlank(label=tokens[0].label)
            raise TokenAbsent(label=label)
        if len(found) > 1:
            raise TokenAmbiguous(label=label)
        said = found[0].manufacturer_id
        if self._manufacturer and said.strip() != self._manufacturer:
            raise CardOfOtherMaker(wanted=self._manufacturer, found=said.strip())
        return found[0]

    def _tokens(self, module: _pkcs11.lib) -> Iterator[pkcs11.Token]:
        slots = self._slots(module)
        if not slots:
            raise ReaderAbsent
        for slot in slots:
            try:
                yield slot.get_token()
            except pkcs11.TokenNotPresent:
                continue
            except pkcs11.TokenNotRecognised as error:
                raise TokenUnknown(label="?") from error

    def _slots(self, module: _pkcs11.lib) -> list[pkcs11.Slot]:
        return [slot for slot in module.get_slots() if self._reader in slot.slot_description]

    def make_card(
        self, card: BlankCard, fill: Callable[[TokenSession, Callable[[], None]], None]
    ) -> None:
        """Make the blank card in the reader, within `alone`; it keeps what is written on it."""

        def kept() -> None:
            """Do nothing: what lies on a card lies there."""

        making.stage(
            self._source, card.serial, card.so_pin, card.pin, lambda session: fill(session, kept)
        )


def _initialised(token: pkcs11.Token) -> bool:
    return bool(token.flags & TokenFlag.TOKEN_INITIALIZED)
