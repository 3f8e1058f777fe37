"""Events of sockets, one at a time: whoever has handled one asks for the next.

So a connection costs nothing while it waits, and a thread can ask without waking the loop.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

from waitress import wasyncore

if TYPE_CHECKING:
    from collections.abc import Mapping

    Watched = Mapping[int, wasyncore.dispatcher]


AT_ONCE = 64
"""Events handled in one turn, so that nobody waits for a crowd to be done."""


class Epoll:
    """The events of Linux."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._epoll = select.epoll()

    def register(self, descriptor: int, mask: int, *, once: bool = True) -> None:
        """Watch a descriptor, for one event or for all."""
        self._epoll.register(descriptor, mask | (select.EPOLLONESHOT if once else 0))

    def modify(self, descriptor: int, mask: int) -> None:
        """Ask for the next event."""
        self._epoll.modify(descriptor, mask | select.EPOLLONESHOT)

    def forget(self, descriptor: int) -> None:
        """Watch a descriptor no longer; one that is closed is forgotten by itself."""
        self._epoll.unregister(descriptor)

    def turn(self, seconds: float, watched: Watched) -> list[wasyncore.dispatcher]:
        """Wait for events and let them be handled; return whom they were for."""
        seen = []
        for descriptor, flags in self._epoll.poll(seconds, AT_ONCE):
            found = watched.get(descriptor)
            if found is not None:
                wasyncore.readwrite(found, flags)
                seen.append(found)
        return seen

    def close(self) -> None:
        """Watch nothing any more."""
        self._epoll.close()


class Poll:
    """The events of other systems: all connections are asked each time what they wait for."""

    def __init__(self) -> None:
        """Watch nothing; a thread wakes the loop by the trigger of waitress."""

    def register(self, descriptor: int, mask: int, *, once: bool = True) -> None:
        """Do nothing: each turn asks all."""

    def modify(self, descriptor: int, mask: int) -> None:
        """Do nothing: each turn asks all."""

    def forget(self, descriptor: int) -> None:
        """Do nothing: each turn asks all."""

    def turn(self, seconds: float, watched: Watched) -> list[wasyncore.dispatcher]:
        """Wait for events and let them be handled."""
        wasyncore.poll2(seconds, watched)
        return []

    def close(self) -> None:
        """Do nothing."""
