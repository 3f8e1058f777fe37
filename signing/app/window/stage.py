"""What every screen is shown by: the window, its settings and language, work beside it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from signing.app.client import Service
from signing.app.errors import SettingsUnwritable
from signing.app.modules import found
from signing.app.window.frame import Frame
from signing.app.window.outcome import BusyScreen, ConditionScreen
from signing.app.window.pin import forget
from signing.app.words import Words
from signing.errors import SigningError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signing.app.modules import Driver
    from signing.app.settings import SettingsKeeper
    from signing.app.window.parts import Screen, Way
    from signing.app.window.worker import Worker
    from signing.tokens.pin import Pin
    from signing.tokens.slots import TokenStore

Answer = TypeVar("Answer")

WAITING = frozenset({"reader_absent", "token_absent", "other_card"})
"""Conditions that pass when somebody puts a card in, or another one."""

LOOK_AGAIN_MS = 2000


@dataclass
class Tools:
    """What the window works with; `elapsed` gives seconds of a clock that only runs forward.

    `open_store` opens the cards behind a driver, the default one for an empty path.
    """

    keeper: SettingsKeeper
    worker: Worker
    open_store: Callable[[str], TokenStore]
    elapsed: Callable[[], float]
    connect: Callable[[str], Service] = field(default=Service)
    drivers: Callable[[], list[Driver]] = field(default=found)


class WindowStage(QObject):
    """The window with one screen on it, and at most one piece of work under way."""

    def __init__(self, tools: Tools) -> None:
        """Open an empty window in the language and size that were last used."""
        super().__init__()
        self.tools = tools
        self.settings = tools.keeper.load()
        self.words = Words(self.settings.language)
        self.frame = Frame(self.words, self.settings.scale)
        self._turn = 0
        self._store: TokenStore | None = None
        self._again: Callable[[], object] = self.forget
        self._patience = QTimer(self, interval=LOOK_AGAIN_MS, singleShot=True)
        self._patience.timeout.connect(self.retry)
        self.frame.resized.connect(self._resize)

    def show(self, screen: Screen) -> None:
        """Put a screen on; secrets of the one before are wiped."""
        self._patience.stop()
        self._wipe()
        self.frame.show_screen(screen)

    def _wipe(self) -> None:
        if self.frame.screen_shown is not None:
            forget(self.frame.screen_shown)

    def forget(self) -> None:
        """Do not listen any more to what was under way."""
        self._turn += 1
        self._patience.stop()
        self._wipe()

    def keep(self, **changed: Any) -> None:  # noqa: ANN401 - fields of Settings
        """Remember settings; that they could not be written stops no signature."""
        self.settings = replace(self.settings, **changed)
        with contextlib.suppress(SettingsUnwritable):
            self.tools.keeper.save(self.settings)

    def _resize(self, steps: int) -> None:
        self.keep(scale=self.settings.scaled(steps).scale)
        self.frame.scale(self.settings.scale)

    def store(self) -> TokenStore:
        """Open the cards behind the chosen driver, once; on the worker's thread only."""
        if self._store is None:
            self._store = self.tools.open_store(self.settings.module)
        return self._store

    def work(
        self,
        key: str,
        job: Callable[[], Answer],
        done: Callable[[Answer], object],
        failed: Callable[[SigningError], object],
        *secrets: Pin,
    ) -> None:
        """Run a job; its answer counts only while nobody has stopped or closed meanwhile.

        `secrets` are cleared when the job is never begun; one that is begun clears them itself.
        """
        turn, shown = self._turn, self.frame.screen_shown
        if not (isinstance(shown, ConditionScreen) and shown.waiting):
            self.show(BusyScreen(self.words, self.words(key), shown.step if shown else 0))

        def succeed(answer: Answer) -> None:
            if turn == self._turn:
                self.attempt(lambda: done(answer), failed)

        def fail(error: SigningError) -> None:
            if turn == self._turn:
                failed(error)

        def wipe() -> None:
            for secret in secrets:
                secret.clear()

        self.tools.worker.submit(job, succeed, fail, wipe)

    @staticmethod
    def attempt(step: Callable[[], object], failed: Callable[[SigningError], object]) -> None:
        """Go a step; what it refuses goes where failures go."""
        try:
            step()
        except SigningError as error:
            failed(error)

    def back_to(self, step: Callable[[], object]) -> Callable[[SigningError], None]:
        """Give the way of a refusal whose "try again" leads to this step."""
        return lambda error: self.refuse(error, step)

    def refuse(self, error: SigningError, again: Callable[[], object], *other: Way) -> None:
        """Show a condition with the ways on; where a card is awaited it goes on by itself."""
        self._again = again
        waiting = error.code in WAITING
        if not (waiting and self._shows(error)):
            ways = [("button.again", again)] if error.again else []
            self.show(self._condition(error, [*other, *ways], waiting=waiting))
        if waiting:
            self._patience.start()

    def _condition(
        self, error: SigningError, ways: Sequence[Way], *, waiting: bool
    ) -> ConditionScreen:
        every = [*ways, ("button.cancel", self.cancel)]
        told = self.words.refusal(error)
        return ConditionScreen(self.words, error.code, told, every, waiting=waiting)

    def _shows(self, error: SigningError) -> bool:
        shown = self.frame.screen_shown
        return isinstance(shown, ConditionScreen) and shown.code == error.code

    def retry(self) -> None:
        """Look once more, while a condition that passes by itself is on the screen."""
        self._again()

    def cancel(self) -> None:
        """Stop what is under way; the wizard says what comes then."""
        self.forget()
