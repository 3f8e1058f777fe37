"""Requests that wait for a thread: whoever asks much waits for themselves."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.site.httpd.channel import Channel

    Asker = tuple[str, str, str]


def asker_of(channel: Channel) -> Asker:
    """Return whose turn a request takes: an address and a cookie, as they were said.

    Somebody who makes many of them up is one of many, as he would be without turns.
    """
    said = channel.requests[0].headers
    return str(channel.addr[0]), said.get("X_FORWARDED_FOR", ""), said.get("COOKIE", "")


class FairQueue:
    """A queue that takes one request of each asker in turn; waitress locks around it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._waiting: OrderedDict[Asker, deque[Channel]] = OrderedDict()
        self._count = 0

    def append(self, channel: Channel) -> None:
        """Put a request behind those of the same asker."""
        self._waiting.setdefault(asker_of(channel), deque()).append(channel)
        self._count += 1

    def popleft(self) -> Channel:
        """Take the next request, and put its asker behind all others."""
        asker, own = self._waiting.popitem(last=False)
        found = own.popleft()
        if own:
            self._waiting[asker] = own
        self._count -= 1
        return found

    def __len__(self) -> int:
        return self._count
