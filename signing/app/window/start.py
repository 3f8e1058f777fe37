"""Starting the window: Qt's application around one wizard."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from signing.app.modules import open_store
from signing.app.settings import SettingsKeeper
from signing.app.window.stage import Tools
from signing.app.window.wizard import Wizard
from signing.app.window.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def make(url: str, store: Path | None, module: Path | None, keeper: SettingsKeeper) -> Wizard:
    """Make the wizard with a thread of its own."""
    tools = Tools(keeper, Worker(), partial(open_store, store, module), time.monotonic)
    return Wizard(tools, url)


class LinkListener(QObject):
    """Hands links to a window that runs: macOS sends them so, and never as an argument."""

    def __init__(self, follow: Callable[[str], object]) -> None:
        super().__init__()
        self._follow = follow

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - the name is that of Qt
        """Take the events that open something; leave all others alone."""
        if isinstance(event, QFileOpenEvent):
            self._follow(event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded))
            return True
        return super().eventFilter(watched, event)


def open_window(url: str, store: Path | None, module: Path | None, link: str = "") -> int:
    """Show the window until it is closed, on a link if there is one; the exit code is Qt's."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    wizard = make(url, store, module, SettingsKeeper.at_home())
    listener = LinkListener(wizard.follow)
    application.installEventFilter(listener)
    if link:
        wizard.follow(link)
    wizard.frame.show()
    return application.exec()
