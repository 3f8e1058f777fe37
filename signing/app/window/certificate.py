"""The screen on which one of the person's own certificates is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from signing.app.clock import moment
from signing.app.window.parts import Screen, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signing.app.flow import CardCertificate, CertificateChoice
    from signing.app.words import Words


class CertificateScreen(Screen):
    """Lists the certificates of the person; what may not sign says why and cannot be chosen."""

    step = 3

    def __init__(
        self,
        words: Words,
        choices: Sequence[CertificateChoice],
        chosen: Callable[[CardCertificate], object],
        cancel: Callable[[], object],
    ) -> None:
        """Show the choices, the first of which can always sign."""
        super().__init__(words, words("certificate.title"))
        self.say(words("certificate.intro"))
        self._choices, self._chosen = choices, chosen
        self.list = QListWidget()
        self.list.setWordWrap(True)
        named(self.list, words("certificate.list"))
        for choice in choices:
            self.list.addItem(self._item(choice))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(lambda _: self._next())
        self.body.addWidget(self.list, 1)
        self.act(words("button.cancel"), cancel)
        self.act(words("button.next"), self._next, primary=True)
        self.first = self.list

    def _item(self, choice: CertificateChoice) -> QListWidgetItem:
        words, found = self.words, choice.held.certificate
        lines = words(
            "certificate.line",
            holder=found.holder,
            issuer=found.issuer,
            first=moment(found.not_before),
            last=moment(found.not_after),
            card=choice.held.token.label,
        )
        if choice.fault:
            reason = words.refusal(choice.fault.refusal()).text
            lines += "\n" + words("certificate.unusable", reason=reason)
        item = QListWidgetItem(lines)
        if choice.fault:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, lines.replace("\n", ". "))
        return item

    def _next(self) -> None:
        self._chosen(self._choices[self.list.currentRow()].held)
