"""A scripted failure layer: real tokens, behind a PKCS#11 library that fails where a script says.

It is put where python-pkcs11's `lib` is taken from, so everything of ours runs as it is. The calls
of the library, of its tokens, sessions and objects are counted by name; a script says what the
n-th call of a name raises, or does before it goes on.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pkcs11

from signing.tokens import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from signing.tokens.slots import TokenStore

    Event = Callable[[], None]

OURS = (pkcs11.Slot, pkcs11.Token, pkcs11.Session, pkcs11.Object)


@dataclass
class Clock:
    """A clock of seconds that stands still unless it is turned."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Script:
    """What happens at which call; a call is counted when it begins.

    Names are those of python-pkcs11, but an `open` with a PIN is a `login`.
    """

    calls: Counter[str] = field(default_factory=Counter)
    once: dict[tuple[str, int], Event] = field(default_factory=dict)
    each: dict[str, Event] = field(default_factory=dict)

    def at(self, name: str, error: type[pkcs11.PKCS11Error], n: int = 1) -> None:
        """Let the n-th call of this name, from now on, raise this error."""
        self.once[name, self.calls[name] + n] = _raising(error)

    def always(self, name: str, error: type[pkcs11.PKCS11Error]) -> None:
        """Let every call of this name raise this error."""
        self.each[name] = _raising(error)

    def before(self, name: str, event: Event) -> None:
        """Let every call of this name do this first."""
        self.each[name] = event

    def over(self) -> None:
        """Let everything work again."""
        self.once.clear()
        self.each.clear()

    def step(self, name: str) -> None:
        """Count a call and let happen what is planned for it."""
        self.calls[name] += 1
        event = self.once.pop((name, self.calls[name]), self.each.get(name))
        if event is not None:
            event()


def _raising(error: type[pkcs11.PKCS11Error]) -> Event:
    def event() -> None:
        raise error

    return event


Theirs = Any
"""Whatever python-pkcs11 takes and gives."""


class Layer:
    """An object of python-pkcs11 whose calls go through the script; so do those of its answers."""

    def __init__(self, inner: Theirs, script: Script) -> None:
        self._inner, self._script = inner, script

    def _wrapped(self, answer: Theirs) -> Theirs:
        if isinstance(answer, OURS):
            return Layer(answer, self._script)
        if isinstance(answer, list | tuple):
            return type(answer)(self._wrapped(part) for part in answer)
        if hasattr(answer, "__next__"):
            return (self._wrapped(part) for part in answer)
        return answer

    def __getattr__(self, name: str) -> Theirs:
        value = getattr(self._inner, name)
        if not callable(value):
            return value

        def call(*args: Theirs, **kwargs: Theirs) -> Theirs:
            pin = kwargs.get("user_pin") or kwargs.get("so_pin")
            self._script.step("login" if pin else name)
            return self._wrapped(value(*args, **kwargs))

        return call

    def __getitem__(self, name: pkcs11.Attribute) -> Theirs:
        self._script.step("read")
        return self._inner[name]


@contextmanager
def scripted(monkeypatch: pytest.MonkeyPatch, store: TokenStore) -> Iterator[Script]:
    """Put the layer under everything that loads the module, and take it away afterwards."""
    script = Script()
    real = pkcs11.lib
    with monkeypatch.context() as patch:
        patch.setattr(pkcs11, "lib", lambda so: Layer(real(so), script))
        _load_anew()
        yield script
        script.over()
    _load_anew()
    store.refresh()


def _load_anew() -> None:
    """Let every copy of a module be loaded anew at its next use."""
    for loaded in library._libraries.values():  # noqa: SLF001 - nobody else changes what lib gives
        loaded.spoiled = True
