"""The screen on which the holder changes their PIN or opens a locked card with the PUK."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QRadioButton

from signing.app.errors import PinsDiffer
from signing.app.window.parts import Screen, named
from signing.app.window.pin import secret_line, taken, tries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLineEdit

    from signing.app.words import Words
    from signing.errors import SigningError
    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo

Change = Callable[[str, "Pin", "Pin", bool], object]
"""What is done with card, old PIN or PUK, new PIN; the last one says whether it is the PUK."""


class ChangeScreen(Screen):
    """Asks which card, what to do, the secret that is known and, twice, the new PIN."""

    def __init__(
        self,
        words: Words,
        tokens: Sequence[TokenInfo],
        change: Change,
        refuse: Callable[[SigningError], object],
        cancel: Callable[[], object],
    ) -> None:
        """Offer the cards; a card whose PIN is locked begins with the PUK."""
        super().__init__(words, words("change.title"))
        self._tokens, self._change, self._refuse = tokens, change, refuse
        self.card = QComboBox()
        self.card.addItems([token.label for token in tokens])
        self.field(self.card, words("change.card"))
        self.by_pin = QRadioButton(words("change.change"))
        self.by_puk = QRadioButton(words("change.unlock"))
        for choice in (self.by_pin, self.by_puk):
            named(choice, choice.text(), words("change.sort"))
            choice.toggled.connect(self._tell)
            self.body.addWidget(choice)
        self._told = self.say("", "notice")
        self.known, self.new, self.repeat = secret_line(), secret_line(), secret_line()
        self.field(self.known, words("change.old"))
        self.field(self.new, words("change.new"), words("change.hint"))
        self.field(self.repeat, words("change.repeat"))
        self.repeat.returnPressed.connect(self._next)
        self.body.addStretch(1)
        self.act(words("button.cancel"), cancel)
        self.act(words("change.do"), self._next, primary=True)
        self.card.currentIndexChanged.connect(self._choose)
        self._choose()
        self.first = self.card

    def _choose(self) -> None:
        locked = self._tokens[self.card.currentIndex()].locked
        (self.by_puk if locked else self.by_pin).setChecked(True)
        self._tell()

    def _tell(self) -> None:
        """Name the secret that is asked for, and say what is left of the tries of the PIN."""
        unlocking = self.by_puk.isChecked()
        name = self.words("change.puk" if unlocking else "change.old")
        self.caption_of(self.known).setText(name)
        named(self.known, name)
        left, _ = tries(self.words, self._tokens[self.card.currentIndex()])
        self._told.setText(left)
        self._told.setVisible(not unlocking)

    def _next(self) -> None:
        old, new, repeat = (taken(line) for line in self._lines())
        same = new.encode() == repeat.encode()
        repeat.clear()
        if not same:
            old.clear()
            new.clear()
            self._refuse(PinsDiffer())
            return
        self._change(self.card.currentText(), old, new, self.by_puk.isChecked())

    def _lines(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self.known, self.new, self.repeat
