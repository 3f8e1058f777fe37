"""The controls that every screen is made of; each has a name that a screen reader tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signing.app.words import Words

Way = tuple[str, Callable[[], object]]
"""A button of a screen: the key of its words, and what it does."""


def label(text: str, kind: str = "") -> QLabel:
    """Give words that are only read; never as markup, since some come from outside."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setObjectName(kind)
    return made


def button(
    text: str, pressed: Callable[[], object], *, kind: str = "", hint: str = ""
) -> QPushButton:
    """Give a button that also answers to Enter while it has the focus."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setAutoDefault(True)
    made.setAccessibleName(text)
    made.setAccessibleDescription(hint)
    made.clicked.connect(lambda: pressed())  # noqa: PLW0108 - the signal carries an argument
    return made


def panel(kind: str) -> QWidget:
    """Give an empty area of a kind that the style knows."""
    made = QWidget()
    made.setObjectName(kind)
    return made


def named(control: QWidget, name: str, hint: str = "") -> None:
    """Say what a control is for, to those who do not see it."""
    control.setAccessibleName(name)
    control.setAccessibleDescription(hint)


def facts(entries: Sequence[tuple[str, str]], mono: str = "") -> QGridLayout:
    """Lay out names with their values; the value of the name `mono` in letters of one width."""
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(18)
    for row, (name, value) in enumerate(entries):
        grid.addWidget(label(name, "name"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, "mono" if name == mono else "value"), row, 1)
    return grid


class Screen(QWidget):
    """One screen: a heading, a body that scrolls when it must, and a row of buttons.

    `step` is its place among the five steps, 0 beside them. `first` is the control that has the
    focus when the screen opens; the heading is told with it.
    """

    step = 0

    def __init__(self, words: Words, title: str) -> None:
        """Open an empty screen under a heading."""
        super().__init__()
        self.words = words
        self.title = title
        self.first: QWidget | None = None
        self._captions: dict[QWidget, QLabel] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        page = panel("page")
        self.body = QVBoxLayout(page)
        self.body.setContentsMargins(28, 22, 28, 22)
        self.body.setSpacing(12)
        self.body.addWidget(label(title, "heading"))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        outer.addWidget(scroll, 1)
        footer = panel("footer")
        self.buttons = QHBoxLayout(footer)
        self.buttons.setContentsMargins(28, 12, 28, 12)
        self.buttons.addStretch(1)
        outer.addWidget(footer)

    def say(self, text: str, kind: str = "") -> QLabel:
        """Put a paragraph below what is there."""
        made = label(text, kind)
        self.body.addWidget(made)
        return made

    def field(self, control: QWidget, name: str, hint: str = "") -> None:
        """Put a control below its visible name."""
        caption = label(name)
        caption.setBuddy(control)
        self._captions[control] = caption
        together = QVBoxLayout()
        together.setSpacing(4)
        together.addWidget(caption)
        if hint:
            together.addWidget(label(hint, "hint"))
        together.addWidget(control)
        self.body.addLayout(together)
        named(control, name, hint)

    def caption_of(self, control: QWidget) -> QLabel:
        """Give the visible name of a control."""
        return self._captions[control]

    def act(
        self, text: str, pressed: Callable[[], object], *, primary: bool = False
    ) -> QPushButton:
        """Put a button into the row at the foot."""
        made = button(text, pressed, kind="primary" if primary else "")
        self.buttons.addWidget(made)
        return made

    def offer(self, ways: Sequence[Way]) -> QPushButton:
        """Put the ways on into the row; the first leads on, stands last and is returned."""
        words = self.words
        made = [
            self.act(words(key), go, primary=place == 0)
            for place, (key, go) in reversed(list(enumerate(ways)))
        ]
        return made[-1]

    def begin(self) -> None:
        """Give the focus to the first control and let it tell what the screen says."""
        if self.first is None:
            return
        told = ". ".join(part for part in (self.title, self.first.accessibleDescription()) if part)
        self.first.setAccessibleDescription(told)
        self.first.setFocus()
