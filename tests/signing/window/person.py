"""A person at the window of nes-imza: reads, types, presses, and waits for what comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from signing.app.window.outcome import ConditionScreen
from signing.app.window.parts import Screen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.app.window.wizard import Wizard

PATIENCE_MS = 60_000

Some = TypeVar("Some", bound=Screen)


@dataclass
class Elapsed:
    """A clock that runs forward only when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Person:
    """Somebody at a window; nothing he does looks behind the controls."""

    wizard: Wizard
    elapsed: Elapsed
    folder: Path
    seen: list[str] = field(default_factory=list)

    @property
    def screen(self) -> Screen:
        """The screen that is shown."""
        shown = self.wizard.frame.screen_shown
        assert shown is not None
        return shown

    @property
    def text(self) -> str:
        """All that can be read."""
        frame = self.wizard.frame
        parts = [part.text() for part in frame.findChildren(QLabel) if part.isVisible()]
        parts += [part.toPlainText() for part in self.screen.findChildren(QPlainTextEdit)]
        return "\n".join(parts)

    @property
    def buttons(self) -> dict[str, QPushButton]:
        """The buttons of the screen by what they say."""
        return {part.text(): part for part in self.screen.findChildren(QPushButton)}

    def wait(self, kind: type[Some]) -> Some:
        """Wait until a screen of a kind is shown."""
        until(lambda: isinstance(self.wizard.frame.screen_shown, kind))
        shown = self.screen
        assert isinstance(shown, kind)
        return shown

    def condition(self, code: str) -> ConditionScreen:
        """Wait until a condition is shown."""
        until(lambda: getattr(self.wizard.frame.screen_shown, "code", None) == code)
        shown = self.screen
        assert isinstance(shown, ConditionScreen)
        return shown

    def press(self, text: str) -> None:
        """Press a button with the mouse."""
        QTest.mouseClick(self.buttons[text], Qt.MouseButton.LeftButton)

    def focused(self) -> QWidget:
        """Return the control that has the focus."""
        found = self.wizard.frame.focusWidget()
        assert found is not None
        return found

    def enter(self, line: QLineEdit, text: str) -> None:
        """Write into a field as from a keyboard."""
        line.setFocus()
        line.clear()
        QTest.keyClicks(line, text)

    def key(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.focused(), key)

    def shot(self, name: str) -> None:
        """Keep a picture of the window for the one who looks."""
        self.folder.mkdir(parents=True, exist_ok=True)
        QApplication.processEvents()
        assert self.wizard.frame.grab().save(str(self.folder / f"nes-imza-{name}.png"))


def until(condition: Callable[[], bool]) -> None:
    """Let Qt work until a condition holds; there is an end to it."""
    loop, late = QEventLoop(), []
    timer = QTimer(singleShot=True, interval=PATIENCE_MS)
    timer.timeout.connect(lambda: late.append(1))
    timer.start()
    while not condition():
        assert not late, "it did not come"
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    timer.stop()
