"""Who waits for a thread: somebody who asks much, for himself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from web.site.httpd.server import THREADS

if TYPE_CHECKING:
    from tests.web.httpd.conftest import Ground

ASKED = b"GET %s HTTP/1.1\r\nHost: x\r\nCookie: nes=%s\r\nConnection: close\r\n\r\n"


def test_of_each_asker_one_request_is_answered_in_turn(ground: Ground) -> None:
    queue = ground.server.task_dispatcher.queue
    with ExitStack() as kept:
        for number in range(THREADS):
            kept.enter_context(ground.connect(ASKED % (b"/wait", b"%d" % number)))
            assert ground.site.waiting.acquire(timeout=30)
        for count, (path, cookie) in enumerate(
            [(b"/a1", b"a"), (b"/a2", b"a"), (b"/a3", b"a"), (b"/b1", b"b"), (b"/c1", b"c")], 1
        ):
            kept.enter_context(ground.connect(ASKED % (path, cookie)))
            while len(queue) < count:
                ground.settle()
        waiting = [channel.requests[0].path for channel in (queue.popleft() for _ in range(5))]
        assert waiting == ["/a1", "/b1", "/c1", "/a2", "/a3"]
        assert len(queue) == 0
        ground.site.go_on.set()
