"""The screen of the settings: the card driver, and the servers that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit

from signing.app.window.parts import Screen, button, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signing.app.modules import Driver
    from signing.app.settings import AppSettings
    from signing.app.words import Words


class SettingsScreen(Screen):
    """Offers the drivers that were found here, and room for the path of another one."""

    def __init__(
        self,
        words: Words,
        settings: AppSettings,
        drivers: Sequence[Driver],
        save: Callable[[str, Sequence[str]], object],
        cancel: Callable[[], object],
    ) -> None:
        """Show the settings; `save` gets the path of the driver and the known servers."""
        super().__init__(words, words("settings.title"))
        self._save, self._servers = save, settings.servers
        self.driver = QComboBox()
        self.driver.setEditable(True)
        for driver in drivers:
            self.driver.addItem(f"{driver.path} ({driver.name})", str(driver.path))
        self.driver.setEditText(settings.module)
        self.field(self.driver, words("settings.module"), words("settings.module.hint"))
        for inner in self.driver.findChildren(QLineEdit):
            named(inner, words("settings.module"), words("settings.module.hint"))
        known = ", ".join(settings.servers) or words("settings.none")
        self._known = self.say(words("settings.servers", servers=known))
        row = QHBoxLayout()
        row.addWidget(button(words("settings.forget"), self._forget))
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.act(words("button.cancel"), cancel)
        self.act(words("button.save"), self._keep, primary=True)
        self.first = self.driver

    def _forget(self) -> None:
        self._servers = ()
        self._known.setText(self.words("settings.forgotten"))

    def _keep(self) -> None:
        text = self.driver.currentText().strip()
        place = self.driver.findText(text)
        self._save(self.driver.itemData(place) if place >= 0 else text, self._servers)
