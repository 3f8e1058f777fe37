"""The screen on which the holder makes the PIN of their card, in the course of a handshake."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from signing.app import pins
from signing.app.window.parts import Screen, label
from signing.app.window.pin import Keypad, secret_line, taken
from signing.errors import SigningError
from signing.tokens.translate import PIN_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from signing.app.flow import CardCertificate
    from signing.app.words import Words
    from signing.tokens.pin import Pin


class NewPinScreen(Screen):
    """Takes the new PIN twice, from the keyboard or the keys on the screen, for one card."""

    step = 4

    def __init__(
        self,
        words: Words,
        held: CardCertificate,
        make: Callable[[Pin], object],
        refuse: Callable[[SigningError], object],
        cancel: Callable[[], object],
    ) -> None:
        """Ask for the PIN that the card shall have; `refuse` is told what is wrong with it."""
        super().__init__(words, words("new_pin.title"))
        self._make, self._refuse = make, refuse
        about = words("pin.intro", holder=held.certificate.holder, card=held.token.label)
        self.say(about, "value")
        self.say(words("new_pin.intro"), "notice")
        low, high = PIN_LENGTH
        rules = words("new_pin.rules", low=low, high=high)
        self.new, self.repeat = secret_line(), secret_line()
        self.field(self.new, words("change.new"), f"{rules} {words('change.hint')}")
        self.field(self.repeat, words("change.repeat"))
        self.new.setAccessibleDescription(f"{about}. {rules} {words('pin.hint')}")
        self.new.returnPressed.connect(self.repeat.setFocus)
        self.repeat.returnPressed.connect(self._next)
        self._lay_out_keys()
        self.body.addStretch(1)
        stop = self.act(words("button.cancel"), cancel)
        go_on = self.act(words("new_pin.do"), self._next, primary=True)
        order = (self.new, self.repeat, go_on, stop, self.keypad.keys["1"])
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.first = self.new

    def _lay_out_keys(self) -> None:
        self.body.addWidget(label(self.words("pin.keypad"), "hint"))
        self.keypad = Keypad(self.words, self.new)
        for line in (self.new, self.repeat):
            line.installEventFilter(self)
        row = QHBoxLayout()
        row.addWidget(self.keypad)
        row.addStretch(1)
        self.body.addLayout(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the keys type into the field that had the focus last."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self.keypad.line = watched
        return False

    def _next(self) -> None:
        try:
            new = pins.agreed(taken(self.new), taken(self.repeat))
        except SigningError as error:
            self._refuse(error)
            return
        self._make(new)
