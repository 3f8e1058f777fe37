"""The window around the screens: where one is, how long is left, size of the letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from signing.app.window import style
from signing.app.window.parts import button, panel

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from signing.app.window.parts import Screen
    from signing.app.words import Words

STEPS = ("code", "document", "certificate", "pin", "done")
OFTEN = 120
"""Seconds before the end from which on the time is told every quarter of a minute."""


def tells(seconds: int) -> bool:
    """Say whether a screen reader is told at this second."""
    return seconds % (15 if seconds <= OFTEN else 60) == 0


class Frame(QMainWindow):
    """The window; it shows one screen at a time and knows nothing of what they are for."""

    ticked = Signal()
    resized = Signal(int)
    closed = Signal()

    def __init__(self, words: Words, scale: int) -> None:
        """Open an empty window."""
        super().__init__()
        self.words = words
        self.screen_shown: Screen | None = None
        self._where, self._left = QLabel(), QLabel()
        self.smaller = button("A−", lambda: self.resized.emit(-1), kind="small")
        self.larger = button("A+", lambda: self.resized.emit(1), kind="small")
        self._place = QVBoxLayout()
        self._lay_out()
        for keys, steps in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(partial(self.resized.emit, steps))
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self.ticked)
        self.speak(words)
        self.scale(scale)
        self.resize(820, 760)

    def _lay_out(self) -> None:
        bar = panel("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(28, 10, 28, 10)
        row.addWidget(self._where)
        row.addStretch(1)
        for part in (self._left, self.smaller, self.larger):
            row.addWidget(part)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(self._place, 1)
        self.setCentralWidget(whole)

    def speak(self, words: Words) -> None:
        """Take another language for what stands around the screens."""
        self.words = words
        self.setWindowTitle(words("title"))
        for control, key in ((self.smaller, "smaller"), (self.larger, "larger")):
            control.setAccessibleName(words(f"button.{key}"))
            control.setToolTip(words(f"button.{key}"))

    def scale(self, percent: int) -> None:
        """Show letters of this size."""
        self.setStyleSheet(style.sheet(percent))

    def show_screen(self, screen: Screen) -> None:
        """Put a screen in the place of the one before, which is forgotten."""
        before, self.screen_shown = self.screen_shown, screen
        if before is not None:
            self._place.removeWidget(before)
            before.hide()
            before.deleteLater()
        self._place.addWidget(screen)
        self._tell_step(screen.step)
        screen.show()
        # The bar comes last in the order of the Tab key.
        self.setTabOrder(self.smaller, self.larger)
        screen.begin()

    def _tell_step(self, number: int) -> None:
        words = self.words
        name = words(f"step.{STEPS[number - 1]}") if number else ""
        told = words("step", number=number, total=len(STEPS), name=name)
        self._where.setText(told if number else words("title"))
        self.setWindowTitle(f"{self.screen_shown.title if self.screen_shown else ''} – nes-imza")

    def count(self, seconds: int | None) -> None:
        """Show how many seconds are left; None stops the counting."""
        if seconds is None:
            self._timer.stop()
            self._left.clear()
            return
        if not self._timer.isActive():
            self._timer.start()
        self._left.setText(self.words("left", seconds=seconds))
        self._left.setAccessibleName(self._left.text())
        if tells(seconds):
            self.announce(self._left.text())

    def announce(self, text: str) -> None:
        """Let a screen reader say something without moving the focus."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the window is gone."""
        self._timer.stop()
        self.closed.emit()
        super().closeEvent(event)
