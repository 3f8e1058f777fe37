"""Owns starting the window: Qt's application around one wizard."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from signing.app.modules import found
from signing.app.settings import Keeper
from signing.app.window.stage import Tools
from signing.app.window.wizard import Wizard
from signing.app.window.worker import Worker
from signing.tokens import TokenStore

if TYPE_CHECKING:
    from collections.abc import Callable


def opener(store: Path | None, module: Path | None) -> Callable[[str], TokenStore]:
    """Give what opens the cards: behind the driver of the command, of the settings, or found.

    With a folder of SoftHSM cards the driver is SoftHSM unless the command names another.
    """

    def open_store(chosen: str) -> TokenStore:
        if module or store:
            return TokenStore(store, module)
        installed = [driver.path for driver in found()]
        path = Path(chosen) if chosen else next(iter(installed), None)
        return TokenStore(None, path)

    return open_store


def make(url: str, store: Path | None, module: Path | None, keeper: Keeper) -> Wizard:
    """Make the wizard with a thread of its own."""
    tools = Tools(keeper, Worker(), opener(store, module), time.monotonic)
    return Wizard(tools, url)


def open_window(url: str, store: Path | None, module: Path | None) -> int:
    """Show the window until it is closed; the exit code is Qt's."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    wizard = make(url, store, module, Keeper.at_home())
    wizard.frame.show()
    return application.exec()
