"""The screen that takes the PIN, from the keyboard or from keys on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from signing.app.window.parts import Screen, button, label
from signing.tokens.pin import Pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.app.flow import CardCertificate
    from signing.app.words import Words
    from signing.tokens.present import TokenInfo

LONGEST = 64
COLUMNS = 3


def tries(words: Words, token: TokenInfo) -> tuple[str, str]:
    """Say what is left of the tries, and how loud."""
    if token.last_try:
        return words("pin.tries.last"), "alarm"
    if token.tries_fewer:
        return words("pin.tries.fewer"), "notice"
    return words("pin.tries.full"), "hint"


def secret_line() -> QLineEdit:
    """Give a field whose content neither shows, nor is learned by an input method, nor copied."""
    made = QLineEdit()
    made.setObjectName("pin")
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setMaxLength(LONGEST)
    made.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    made.setInputMethodHints(
        Qt.InputMethodHint.ImhSensitiveData
        | Qt.InputMethodHint.ImhNoPredictiveText
        | Qt.InputMethodHint.ImhNoAutoUppercase
    )
    return made


def taken(line: QLineEdit) -> Pin:
    """Take the PIN out of its field, which is empty from then on and remembers nothing."""
    pin = Pin(line.text())
    line.setText("")
    return pin


class Keypad(QWidget):
    """The keys on the screen; they come after everything else in the order of the Tab key."""

    def __init__(self, words: Words, line: QLineEdit) -> None:
        """Make keys that type into a field; another one can take its place."""
        super().__init__()
        self.line = line
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        self.keys: dict[str, QPushButton] = {}
        for place, digit in enumerate("123456789"):
            self._add(grid, words("pin.digit", digit=digit), digit, place)
        erase, clear = words("pin.delete"), words("pin.clear")
        self._key(grid, erase, words("pin.delete.name"), lambda: self.line.backspace(), 9)  # noqa: PLW0108 - the line may change
        self._add(grid, words("pin.digit", digit="0"), "0", 10)
        self._key(grid, clear, words("pin.clear.name"), lambda: self.line.clear(), 11)  # noqa: PLW0108 - the same

    def _add(self, grid: QGridLayout, name: str, digit: str, place: int) -> None:
        self._key(grid, digit, name, lambda: self.line.insert(digit), place)

    def _key(
        self, grid: QGridLayout, text: str, name: str, pressed: Callable[[], object], place: int
    ) -> None:
        key = button(text, pressed, kind="key" if text.isdecimal() else "word-key")
        # A key that was pressed must not show by its focus which one it was.
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key.setAccessibleName(name)
        key.setToolTip(name)
        self.keys[text] = key
        grid.addWidget(key, place // COLUMNS, place % COLUMNS)


class PinScreen(Screen):
    """Takes the PIN after telling for whom, on which card, and how many tries are left."""

    step = 4

    def __init__(
        self,
        words: Words,
        held: CardCertificate,
        sign: Callable[[Pin], object],
        cancel: Callable[[], object],
    ) -> None:
        """Ask for the PIN of a card."""
        super().__init__(words, words("pin.title"))
        self._sign = sign
        told, kind = tries(words, held.token)
        about = words("pin.intro", holder=held.certificate.holder, card=held.token.label)
        self.say(about, "value")
        self.say(told, kind)
        self.pin = secret_line()
        self.field(self.pin, words("pin.label"), words("pin.hint"))
        self.pin.setAccessibleDescription(f"{about}. {told} {words('pin.hint')}")
        self.pin.returnPressed.connect(self._next)
        self.body.addWidget(label(words("pin.keypad"), "hint"))
        self.keypad = Keypad(words, self.pin)
        row = QHBoxLayout()
        row.addWidget(self.keypad)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        stop = self.act(words("button.cancel"), cancel)
        go_on = self.act(words("button.sign"), self._next, primary=True)
        for before, after in ((self.pin, go_on), (go_on, stop), (stop, self.keypad.keys["1"])):
            self.setTabOrder(before, after)
        self.first = self.pin

    def _next(self) -> None:
        self._sign(taken(self.pin))


def forget(screen: QWidget) -> None:
    """Empty all secret fields of a screen that goes."""
    for line in screen.findChildren(QLineEdit, "pin"):
        taken(line).clear()
