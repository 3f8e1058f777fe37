"""The server: accepts, turns the loop, looks after the slow, and ends in good order."""

from __future__ import annotations

import resource
import select
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from states.kit.log_events import LogEvent
from web.gate.logs import log, place_of
from web.gate.source import source_key
from web.site.httpd.channel import READ, Channel
from web.site.httpd.events import AT_ONCE, Epoll, Poll
from web.site.httpd.fairness import FairQueue
from web.site.httpd.patience import Phase

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from wsgiref.types import WSGIApplication

THREADS = 8
"""Requests one process answers at a time."""

HEALTH = "/healthz"
"""What a thread of its own answers, however many requests wait for the others."""

LONGEST_HEAD = 32 * 1024
"""Bytes of the longest head that is read."""

IN_MEMORY = 64 * 1024
"""Bytes of a body or an answer that are kept in memory; what is more goes to a file in TMPDIR."""

HELD_BY_ONE = 2 * 1024**3
"""Bytes of answers kept for one reader; a thread that has more waits for him."""

HELD_BY_ALL = 4 * 1024**3
"""Bytes kept for all clients together, for about a second more."""

CONNECTIONS = 10_000
"""Connections at most, where the system allows so many files."""

FILES_OF_ONE = 3
"""Files one connection may need: its socket, what it sends, what it is sent."""

FILES_OF_HOUSE = 200
"""Files for everything else: the database, the token, uploads that are being read."""

LOOK = 1.0
"""Seconds between two looks at all connections."""

GRACE = 10.0
"""Seconds that requests are given to end when the server stops."""


class Server(TcpWSGIServer):  # type: ignore[misc]  # the library carries no types
    """Serves a site on one address until it is told to stop."""

    channel_class = Channel

    def __init__(
        self,
        site: WSGIApplication,
        address: tuple[str, int],
        largest_body: int,
        headers: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Listen on an address.

        ``largest_body`` is in bytes; ``headers`` stand on what the server answers by itself;
        ``clock`` gives seconds and only goes on.
        """
        self.headers, self.clock = headers, clock
        self.events = Epoll() if hasattr(select, "epoll") else Poll()
        self.express, dispatcher = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        dispatcher.queue = FairQueue()
        self.express.set_thread_count(1)
        dispatcher.set_thread_count(THREADS)
        self.most = connections_allowed()
        self.looked = self.ended_at = 0.0
        self.accepting = self.stopping = False
        self.ended: Counter[Phase] = Counter()
        adj = _adjustments(address, largest_body)
        super().__init__(site, map={}, dispatcher=dispatcher, adj=adj)
        self.events.register(self._fileno, READ, once=False)
        self.events.register(self.trigger._fileno, READ, once=False)  # noqa: SLF001 - it has no other name

    # What the threads ask

    def add_task(self, channel: Channel) -> None:
        """Have a request answered."""
        request = channel.requests[0]
        quick = request.error is None and request.path == HEALTH
        (self.express if quick else self.task_dispatcher).add_task(channel)

    def pull_trigger(self) -> None:
        """Wake the loop, where a thread cannot ask for events by itself."""
        if isinstance(self.events, Poll):
            super().pull_trigger()

    # What the loop does

    def readable(self) -> bool:
        """Say that new connections are taken; when they are too many, old ones go."""
        return bool(self.accepting)

    def handle_accept(self) -> None:
        """Take new connections, as many as one turn of the loop handles."""
        for _ in range(AT_ONCE):
            try:
                sock, address = self.socket.accept()
            except BlockingIOError:
                return
            except OSError:  # it has gone again, or there are no files left
                self.make_room()
                return
            self._welcome(sock, address)

    def _welcome(self, sock: socket.socket, address: tuple[str, int]) -> None:
        """Begin with a connection; the one that has waited longest goes when there are too many."""
        if len(self.active_channels) >= self.most and not self.make_room():
            sock.close()
            return
        self.set_socket_options(sock)
        channel = self.channel_class(self, sock, address, self.adj, map=self._map)
        self.events.register(channel._fileno, READ)  # noqa: SLF001 - our own channel

    def make_room(self) -> bool:
        """End a connection that nobody works for, of the source that has most of them."""
        idle = [one for one in self.active_channels.values() if one.phase() is not Phase.WORK]
        if not idle:
            return False
        sources = Counter(source_key(one.addr[0]) for one in idle)
        greediest = max(sources, key=lambda source: sources[source])
        of_it = (one for one in idle if source_key(one.addr[0]) == greediest)
        min(of_it, key=lambda one: one.patience.since).end()
        return True

    def handle_error(self) -> None:
        """Go on when one accepting failed."""
        self.report(LogEvent.ACCEPTING_FAILED)

    def run(self) -> None:
        """Serve until `stop` is called and what was begun has ended, or has had its time."""
        try:
            while not self._is_over():
                seen = self.events.turn(LOOK, self._map)
                for channel in seen:
                    if isinstance(channel, Channel):
                        channel.arm()
                if len(seen) == AT_ONCE and self.accepting:
                    self.handle_accept()  # a crowd does not keep others from coming in
                now = self.clock()
                if now - self.looked >= LOOK or self.stopping:
                    self.looked = now
                    self.look(now)
        finally:
            self.shut()

    def look(self, now: float) -> None:
        """End what takes too long, and the oldest of what together holds too much."""
        channels = list(self.active_channels.values())
        for channel in channels:
            channel.look(now)
        held = {channel: channel.held() for channel in channels}
        over = sum(held.values()) - HELD_BY_ALL
        for channel in sorted(held, key=lambda one: one.patience.since) if over > 0 else ():
            if over > 0 and held[channel] and channel.phase() is not Phase.WORK:
                self.count(channel.phase())
                channel.give_up()
                over -= held[channel]
        self._tell()

    def stop(self) -> None:
        """Let `run` end; can be called from a signal or another thread, and again."""
        self.stopping = True
        with suppress(OSError):  # it has ended already
            super().pull_trigger()

    def shut(self) -> None:
        """Close everything; can be called twice."""
        for dispatcher in (self.task_dispatcher, self.express):
            dispatcher.shutdown(timeout=1)
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.close()
        self.events.close()

    def _is_over(self) -> bool:
        if not self.stopping:
            return False
        if self.accepting:
            self.accepting = False
            self.events.forget(self._fileno)
            self.socket.close()  # whoever comes now is refused at once
            self.ended_at = self.clock() + GRACE
        busy = {Phase.WORK, Phase.ANSWER, Phase.LINGER}
        for channel in list(self.active_channels.values()):
            if channel.phase() not in busy:
                channel.end()
        return not self.active_channels or self.clock() > self.ended_at

    # What it says of itself

    def count(self, phase: Phase) -> None:
        """Count a connection that was ended; one that was kept and rests is no slow client."""
        if phase is not Phase.NEXT:
            self.ended[phase] += 1

    def report(self, event: LogEvent) -> None:
        """Log what went wrong: the class and the places of the error, never its words."""
        error = sys.exc_info()[1]
        log.error(event, **(place_of(error) if error is not None else {}))

    def _tell(self) -> None:
        for phase, count in self.ended.items():
            log.warning(LogEvent.SLOW_CLIENTS_ENDED, waiting_for=phase.value, connections=count)
        self.ended.clear()


def connections_allowed() -> int:
    """Raise the number of files this process may open, and return how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = CONNECTIONS * FILES_OF_ONE + FILES_OF_HOUSE
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = needed if files == resource.RLIM_INFINITY else min(files, needed)
    return max((room - FILES_OF_HOUSE) // FILES_OF_ONE, 10)


def _adjustments(address: tuple[str, int], largest_body: int) -> Any:  # noqa: ANN401 - untyped library
    host, port = address
    return Adjustments(
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        backlog=2048,
        clear_untrusted_proxy_headers=False,  # the site reads them, where its settings say so
        max_request_header_size=LONGEST_HEAD,
        max_request_body_size=largest_body + 1,  # waitress refuses what is as large as this
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        outbuf_high_watermark=HELD_BY_ONE,
        log_socket_errors=False,
    )
