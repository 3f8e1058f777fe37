"""The screen on which the person reads, before everything else, what will be signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from signing.app.clock import moment
from signing.app.window.parts import Screen, facts, label, named, panel
from signing.app.window.style import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QResizeEvent

    from signing.app.pdf import PdfPage
    from signing.app.protocol import Claim
    from signing.app.words import Words

PAGE_WIDTH = 1400
"""Pixels of a page's picture: as wide as the window shows it with the largest letters."""


class DocumentScreen(Screen):
    """Shows who asks, for what, and the whole document: a text, or the pages of a PDF."""

    step = 2

    def __init__(
        self,
        words: Words,
        asked: tuple[str, Claim],
        pages: Sequence[PdfPage],
        go_on: Callable[[], object],
        cancel: Callable[[], object],
    ) -> None:
        """Show the document; `pages` is empty for a plain text.

        `asked` is the claim behind the address that it really came from: what a server says of
        itself proves nothing.
        """
        super().__init__(words, words("document.title"))
        url, claim = asked
        entries = self._entries(url, claim)
        self.body.addLayout(facts(entries, words("document.fingerprint")))
        self.say(words("document.fingerprint.hint"), "notice")
        if pages:
            reading, self.first = self._pages(pages)
        else:
            reading = self.first = self._text(claim.text)
        self.body.addWidget(reading, 1)
        self.act(words("button.cancel"), cancel)
        self.act(words("button.next"), go_on, primary=True)
        told = ". ".join(f"{name}: {value}" for name, value in entries)
        self.first.setAccessibleDescription(told)

    def _entries(self, url: str, claim: Claim) -> list[tuple[str, str]]:
        words = self.words
        return [
            (words("document.origin"), claim.origin),
            (words("document.server"), url),
            (words("document.purpose"), words.purpose(claim.purpose, claim.purpose_title)),
            (words("document.person"), words.person(claim)),
            *([(words("document.card"), claim.card)] if claim.card else []),
            (words("document.created"), moment(claim.created_at)),
            (words("document.profile"), words(f"profile.{claim.profile.value}")),
            (words("document.fingerprint"), claim.fingerprint),
        ]

    def _text(self, text: str) -> QPlainTextEdit:
        made = QPlainTextEdit(text)
        made.setReadOnly(True)
        made.setTabChangesFocus(True)
        made.setMinimumHeight(150)
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        named(made, self.words("document.text"))
        return made

    def _pages(self, pages: Sequence[PdfPage]) -> tuple[QWidget, QWidget]:
        """Show the pages as they look and, beside it, their words for those who cannot see."""
        tabs = QTabWidget()
        text = self._text("\n\n".join(page.words for page in pages))
        drawn = _drawn(self.words, pages)
        named(drawn, self.words("document.pages"), text.toPlainText())
        tabs.addTab(drawn, self.words("document.pages"))
        tabs.addTab(text, self.words("document.words"))
        tabs.setMinimumHeight(190)
        named(tabs.tabBar(), self.words("document.text"))
        named(tabs, self.words("document.text"))
        return tabs, drawn


class _Sheet(QLabel):
    """One page, as wide as there is room for it."""

    def __init__(self, page: PdfPage, name: str) -> None:
        super().__init__()
        self.setObjectName("paper")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        image = QImage(
            page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGBX8888
        )
        self._whole = QPixmap.fromImage(image)
        named(self, name, page.words)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the page anew for the new width."""
        width = min(event.size().width() - 2, self._whole.width())
        drawn = self._whole.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        self.setPixmap(drawn)
        self.setFixedHeight(drawn.height() + 2)
        super().resizeEvent(event)


class _Pages(QScrollArea):
    """The pages below each other, larger where the letters of the window are larger."""

    def __init__(self, ground: QWidget) -> None:
        """Show what lies on the ground."""
        super().__init__()
        self._ground = ground
        self.setObjectName("reading")
        self.setWidgetResizable(True)
        self.setWidget(ground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the pages the new width."""
        super().resizeEvent(event)
        self._spread()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Give the pages another size with other letters."""
        super().changeEvent(event)
        self._spread()

    def _spread(self) -> None:
        factor = max(1.0, self.fontInfo().pixelSize() / BASE)
        self._ground.setMinimumWidth(int(self.viewport().width() * factor))


def _drawn(words: Words, pages: Sequence[PdfPage]) -> QScrollArea:
    ground = panel("page")
    column = QVBoxLayout(ground)
    for number, page in enumerate(pages, 1):
        name = words("document.page", number=number, total=len(pages))
        column.addWidget(label(name, "hint"))
        column.addWidget(_Sheet(page, name))
    column.addStretch(1)
    return _Pages(ground)
