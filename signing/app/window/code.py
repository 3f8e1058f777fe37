"""The first screens: which server and code, and whether the server is really meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from signing.app.window.parts import Screen, button, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signing.app.words import Words


class CodeScreen(Screen):
    """Asks for the server's address and the code that the page shows."""

    step = 1

    def __init__(
        self,
        words: Words,
        servers: Sequence[str],
        code: str,
        go_on: Callable[[str, str], object],
        others: Sequence[tuple[str, Callable[[], object]]],
    ) -> None:
        """Offer known servers, the code as far as it was entered, and other ways to go."""
        super().__init__(words, words("code.title"))
        self.say(words("code.intro"))
        self.server = QComboBox()
        self.server.setEditable(True)
        self.server.addItems(list(servers))
        self.field(self.server, words("code.server"), words("code.server.hint"))
        for inner in self.server.findChildren(QLineEdit):
            named(inner, words("code.server"), words("code.server.hint"))
        self.code = QLineEdit(code)
        self.code.setObjectName("code")
        self.code.setMaxLength(64)
        self.field(self.code, words("code.code"), words("code.code.hint"))
        row = QHBoxLayout()
        row.addWidget(button(words("code.paste"), self._paste))
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        for key, pressed in others:
            self.buttons.insertWidget(self.buttons.count() - 1, button(words(key), pressed))
        self.act(words("button.next"), self._next, primary=True)
        self._go_on = go_on
        self.code.returnPressed.connect(self._next)
        self.first = self.code if servers else self.server

    def _paste(self) -> None:
        self.code.setText(QGuiApplication.clipboard().text().strip())
        self.code.setFocus()

    def _next(self) -> None:
        self._go_on(*self.entered())

    def entered(self) -> tuple[str, str]:
        """Give address and code as they were entered."""
        return self.server.currentText().strip(), self.code.text()


class OriginScreen(Screen):
    """Asks whether a server, for which nothing was signed yet, is the one of the page."""

    step = 1

    def __init__(
        self, words: Words, url: str, accept: Callable[[], object], cancel: Callable[[], object]
    ) -> None:
        """Show the address; going on is not what Enter does by itself."""
        super().__init__(words, words("origin.title"))
        self.say(words("origin.text"))
        self.say(url, "mono")
        self.say(words("origin.hint"), "notice")
        self.body.addStretch(1)
        self.act(words("origin.yes"), accept)
        self.first = self.act(words("button.cancel"), cancel, primary=True)
        self.first.setAccessibleDescription(f"{words('origin.text')} {url} {words('origin.hint')}")
