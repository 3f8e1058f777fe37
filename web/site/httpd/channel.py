"""One connection: waitress' channel, armed one event at a time, with bounds on time and work."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel

from states.kit.log_events import LogEvent
from web.site.httpd.parser import Parser
from web.site.httpd.patience import Phase, PhaseTimer
from web.site.httpd.refusal import Refusal, TooMuchHeld, TooSlow

if TYPE_CHECKING:
    from waitress.utilities import Error

    from web.site.httpd.server import Server

READ, WRITE = 1, 4
"""What epoll and poll call readable and writable."""


class Channel(HTTPChannel):  # type: ignore[misc]  # the library carries no types
    """A connection and what it is waited for."""

    parser_class = Parser
    error_task_class = Refusal
    server: Server
    request: Parser | None
    close_when_flushed: bool
    sent_continue: bool

    def __init__(self, server: Server, sock: socket.socket, *rest: Any, **named: Any) -> None:  # noqa: ANN401 - waitress' own
        """Take a connection over that was just accepted."""
        self.arming = threading.Lock()
        self.served = self.sent = 0
        self.parked = self.unread = self.lingering = False
        self.rest = b""
        self.patience = PhaseTimer(Phase.FIRST, server.clock())
        super().__init__(server, sock, *rest, **named)

    # What the event loop asks and does

    def readable(self) -> bool:
        """Say whether more may come in."""
        return self.lingering or bool(super().readable())

    def handle_read(self) -> None:
        """Take in what came; what comes after a refusal is thrown away."""
        if not self.lingering:
            super().handle_read()
        elif not self.recv(self.adj.recv_bytes):
            self.handle_close()

    def handle_write(self) -> None:
        """Send what is ready, then go on with what waited for that."""
        closing, self.close_when_flushed = self.close_when_flushed, False
        super().handle_write()
        with self.outbuf_lock:
            flushed = self.connected and not self.total_outbufs_len
            resuming, self.parked = self.parked and flushed, self.parked and not flushed
        if resuming:
            self.received(b"")
        if closing and flushed:
            self._finish()
        elif closing:
            self.close_when_flushed = True

    def _finish(self) -> None:
        """Close; where somebody still sends, listen on, for a reset would take the answer away."""
        if not self.unread:
            self.handle_close()
            return
        self.lingering = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress' own
        """Send and count."""
        sent: int = super().send(data, do_close)
        self.sent += sent
        return sent

    def handle_error(self) -> None:
        """End a connection whose handling failed."""
        self.server.report(LogEvent.CONNECTION_FAILED)
        self.handle_close()

    def del_channel(self, map: object = None) -> None:  # noqa: A002 - waitress' own
        """Leave the loop; after this no thread arms the number of its socket again."""
        with self.arming:
            super().del_channel(map)

    def arm(self) -> None:
        """Ask the loop for the next event, from whatever thread."""
        with self.arming:
            if self._fileno is not None:
                mask = READ * bool(self.readable()) | WRITE * bool(self.writable())
                self.server.events.modify(self._fileno, mask)

    def received(self, data: bytes) -> bool:
        """Take bytes in, up to the end of one request; the next is read when that is answered.

        waitress would read all that came at once, which is work for whoever only asks.
        """
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            data, self.rest = self.rest + data, b""
            while data and not self.requests:
                self.request = self.request or self.parser_class(self.adj)
                data = data[self.request.received(data) :]
                self._begin_when_whole(self.request)
            self.rest = data
        return True

    def _begin_when_whole(self, request: Parser) -> None:
        if request.expect_continue and request.headers_finished and not self.sent_continue:
            self.send_continue()
        if request.completed:
            self.sent_continue, self.request = False, None
            if not request.empty:
                self.requests.append(request)
                self.server.add_task(self)

    # What a thread of the site does

    def service(self) -> None:
        """Answer one request."""
        self.served += 1
        self.unread = self.unread or self.requests[0].unread
        super().service()
        if self.rest and not self._is_parked():
            self.received(b"")
        self.arm()

    def write_soon(self, data: Any) -> int:  # noqa: ANN401 - bytes or a file
        """Take a part of an answer, sent at once or kept until the reader takes it."""
        if self.total_outbufs_len:
            self.arm()  # it may have to wait here until some of it has left
        taken: int = super().write_soon(data)
        if self.total_outbufs_len:
            self.arm()
        return taken

    def _is_parked(self) -> bool:
        """Put the next request off while the last answer has not left; True when that was done."""
        with self.outbuf_lock:
            self.parked = bool(self.total_outbufs_len)
        return self.parked

    # What the look of each second does

    def phase(self) -> Phase:
        """Return what the connection is waited for."""
        if self.total_outbufs_len:
            return Phase.ANSWER
        if self.requests:
            return Phase.WORK
        if self.lingering:
            return Phase.LINGER
        if self.request is None:
            return Phase.NEXT if self.served else Phase.FIRST
        return Phase.BODY if self.request.headers_finished else Phase.HEAD

    def held(self) -> int:
        """Return how many bytes are kept for it."""
        bodies = sum(request.body_bytes_received for request in list(self.requests))
        return int(self.total_outbufs_len + bodies) + self._body()

    def look(self, now: float) -> None:
        """End it when it takes too long."""
        phase = self.phase()
        moved = {Phase.ANSWER: self.sent, Phase.BODY: self._body()}.get(phase, self.served)
        if self.patience.is_over(phase, moved, now):
            self.server.count(phase)
            self.end(TooSlow("") if phase in {Phase.HEAD, Phase.BODY} else None)
        self.arm()

    def give_up(self) -> None:
        """End it because all together hold too much."""
        self.end(TooMuchHeld("") if self.phase() is Phase.BODY else None)
        self.arm()

    def end(self, error: Error | None = None) -> None:
        """Close it, with an answer where it has asked and no thread works for it."""
        if error is None:
            self.handle_close()
            return
        self._drop_request()
        refused = self.parser_class(self.adj)
        refused.error, refused.version, self.unread = error, "1.1", True
        self.error_task_class(self, refused).service()
        self.close_when_flushed = True

    def handle_close(self) -> None:
        """Close it; what has come of a request is dropped with its file."""
        super().handle_close()
        self.rest, self.parked = b"", False
        self._drop_request()

    def _drop_request(self) -> None:
        request, self.request = self.request, None
        if request is not None:
            request.close()

    def _body(self) -> int:
        """Return the bytes of the body that is arriving."""
        request = self.request
        return int(request.body_bytes_received) if request is not None else 0
