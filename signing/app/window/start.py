"""Starting the window: Qt's application around one wizard."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from signing.app.modules import open_store
from signing.app.settings import SettingsKeeper
from signing.app.window.stage import Tools
from signing.app.window.wizard import Wizard
from signing.app.window.worker import Worker

if TYPE_CHECKING:
    from pathlib import Path


def make(url: str, store: Path | None, module: Path | None, keeper: SettingsKeeper) -> Wizard:
    """Make the wizard with a thread of its own."""
    tools = Tools(keeper, Worker(), partial(open_store, store, module), time.monotonic)
    return Wizard(tools, url)


def open_window(url: str, store: Path | None, module: Path | None) -> int:
    """Show the window until it is closed; the exit code is Qt's."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    wizard = make(url, store, module, SettingsKeeper.at_home())
    wizard.frame.show()
    return application.exec()
