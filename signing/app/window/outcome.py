"""The screens beside the steps: work under way, a condition and its cure, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar

from signing.app.window.parts import Screen, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signing.app.protocol import Accepted
    from signing.app.window.parts import Way
    from signing.app.words import Words
    from signing.app.words.refusals import ToldRefusal


class BusyScreen(Screen):
    """Says what is being done; nothing can be pressed twice."""

    def __init__(self, words: Words, text: str, step: int) -> None:
        """Show work of unknown length."""
        super().__init__(words, text)
        self.step = step
        bar = QProgressBar()
        bar.setRange(0, 0)
        named(bar, text)
        self.body.addWidget(bar)
        self.body.addStretch(1)


class ConditionScreen(Screen):
    """Says what stands in the way and what to do; `waiting` goes on by itself when it is gone."""

    def __init__(
        self,
        words: Words,
        code: str,
        told: ToldRefusal,
        ways: Sequence[Way],
        *,
        waiting: bool = False,
    ) -> None:
        """Show a refusal with the ways on; the first of them has the focus."""
        super().__init__(words, told.title)
        self.code, self.waiting = code, waiting
        self.say(told.text, "notice")
        if waiting:
            self.say(words("condition.waiting"), "hint")
        self.body.addStretch(1)
        self.first = self.offer(ways)
        self.first.setAccessibleDescription(told.text)


class DoneScreen(Screen):
    """Says that the signature was accepted."""

    step = 5

    def __init__(self, words: Words, accepted: Accepted, ways: Sequence[Way]) -> None:
        """Show title and reference of the operation."""
        super().__init__(words, words("done.title"))
        self.say(f"✓ {accepted.title}", "success")
        reference = words("done.reference", reference=accepted.reference)
        self.say(reference, "mono")
        self.say(words("done.text"))
        self.body.addStretch(1)
        self.first = self.offer(ways)
        self.first.setAccessibleDescription(f"{accepted.title} {reference}. {words('done.text')}")


class NoticeScreen(Screen):
    """Says that something was done which is no signature."""

    def __init__(self, words: Words, told: ToldRefusal, ways: Sequence[Way]) -> None:
        """Show what was done."""
        super().__init__(words, told.title)
        self.say(f"✓ {told.text}", "success")
        self.body.addStretch(1)
        self.first = self.offer(ways)
        self.first.setAccessibleDescription(told.text)
