"""What the window offers beside signatures: work on the PIN, settings, the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app import flow, pins
from signing.app.link import CodeLink
from signing.app.window.change import ChangeScreen
from signing.app.window.code import CodeScreen
from signing.app.window.options import SettingsScreen
from signing.app.window.outcome import ConditionScreen, NoticeScreen
from signing.app.window.stage import WindowStage
from signing.app.words import Language, Words
from signing.app.words.refusals import ToldRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signing.app.window.parts import Way
    from signing.app.window.stage import Tools
    from signing.errors import SigningError
    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo

PIN_CODES = frozenset({"pin_locked", "pin_must_change"})
"""Conditions that are cured by work on the PIN."""


class WindowDesk(WindowStage):
    """The first screen and the ways from it that are no signature."""

    def __init__(self, tools: Tools, url: str = "") -> None:
        """Open on the screen for a code; `url` is offered as the server."""
        super().__init__(tools)
        self._url, self._code = url, ""
        self.frame.closed.connect(self.close)
        self.start()

    def start(self) -> None:
        """Ask for a code; what was under way is forgotten."""
        self.forget()
        known = [self._url, *self.settings.servers] if self._url else self.settings.servers
        ways: list[Way] = [
            ("button.language", self.other_language),
            ("button.settings", self.options),
            ("button.pin_work", self.pin_work),
        ]
        servers = list(dict.fromkeys(known))
        self.show(CodeScreen(self.words, servers, self._code, self.take_code, ways))

    def take_code(self, url: str, code: str) -> None:
        """Keep what was entered; the wizard goes on from here."""
        self._url, self._code = url, code

    def follow(self, link: str) -> None:
        """Take server and code from a link of a code page; nothing is sent before somebody goes on.

        A link that is refused is told, and leads to the screen for a code as it was.
        """

        def take() -> None:
            found = CodeLink.parse(link)
            self._url, self._code = found.server, found.code
            self.start()

        self.attempt(take, lambda error: self.refuse(error, self.start, ("done.more", self.start)))

    def cancel(self) -> None:
        """Stop without a signature."""
        super().cancel()
        self._code = ""
        told = ToldRefusal(self.words("abandoned.title"), self.words("abandoned.text"))
        ways: list[Way] = [("done.more", self.start), ("button.close", self.frame.close)]
        self.show(ConditionScreen(self.words, "abandoned", told, ways))

    def close(self) -> None:
        """Leave nothing behind when the window goes."""
        self.forget()
        self.tools.worker.close()

    def _remember_entries(self) -> None:
        shown = self.frame.screen_shown
        if isinstance(shown, CodeScreen):
            self._url, self._code = shown.entered()

    def other_language(self) -> None:
        """Change between Turkish and English; what was entered stays."""
        self._remember_entries()
        turkish = self.words.language is Language.TURKISH
        self.words = Words(Language.ENGLISH if turkish else Language.TURKISH)
        self.frame.speak(self.words)
        self.keep(language=self.words.language)
        self.start()

    def options(self) -> None:
        """Show the settings."""
        self._remember_entries()

        def save(module: str, servers: Sequence[str]) -> None:
            self.keep(module=module, servers=tuple(servers))
            self._store = None
            self.start()

        drivers = self.tools.drivers()
        self.show(SettingsScreen(self.words, self.settings, drivers, save, self.start))

    def refuse(self, error: SigningError, again: Callable[[], object], *other: Way) -> None:
        """Show a condition; where work on the PIN cures it, that is the way on."""
        cure: list[Way] = [("button.pin_work", self.pin_work)] if error.code in PIN_CODES else []
        super().refuse(error, again, *cure, *other)

    def pin_work(self) -> None:
        """Look which cards there are, for changing a PIN."""
        self.forget()
        again = self.back_to(self.pin_work)
        self.work("busy.card", lambda: flow.holders(self.store()), self._ask_change, again)

    def _ask_change(self, tokens: Sequence[TokenInfo]) -> None:
        self.show(ChangeScreen(self.words, tokens, self._change, self.refuse_change, self.start))

    def refuse_change(self, error: SigningError) -> None:
        """Show what was wrong with the PINs that were entered."""
        self.refuse(error, self.pin_work)

    def _change(self, label: str, known: Pin, new: Pin, unlock: bool) -> None:  # noqa: FBT001 - a choice on the screen
        do = pins.unlock if unlock else pins.change
        self.work(
            "busy.pin",
            lambda: do(self.store(), label, known, new),
            lambda _: self._changed(),
            self.refuse_change,
            known,
            new,
        )

    def _changed(self) -> None:
        told = ToldRefusal(self.words("change.done.title"), self.words("change.done.text"))
        ways: list[Way] = [("done.more", self.start), ("button.close", self.frame.close)]
        self.show(NoticeScreen(self.words, told, ways))
