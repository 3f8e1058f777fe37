"""The thread on which cards and servers are asked, so that the window never stands still."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from signing.errors import DeviceFailed, SigningError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

Answer = TypeVar("Answer")


class Worker(QObject):
    """One thread that works off jobs in their order; answers come back on the window's thread.

    One thread, since neither a card nor PDFium may be asked by two at once.
    """

    _answered = Signal(object)

    def __init__(self) -> None:
        """Start without a job."""
        super().__init__()
        self._pool = ThreadPoolExecutor(1, "nes-imza")
        self._closed = False
        # Queued, since an answer may come before the one who asked has gone on.
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        job: Callable[[], Answer],
        done: Callable[[Answer], None],
        failed: Callable[[SigningError], None],
        dropped: Callable[[], object] = bool,
    ) -> None:
        """Run a job; then call `done` with its answer or `failed` with its refusal.

        A job that was not begun when the worker was closed calls `dropped` instead, at once.
        """

        def answer(future: Future[Answer]) -> None:
            if future.cancelled():
                dropped()
                return
            error = future.exception()
            if error is None:
                self._answered.emit(lambda: done(future.result()))
                return
            refusal = error if isinstance(error, SigningError) else unexpected(error)
            self._answered.emit(lambda: failed(refusal))

        self._pool.submit(job).add_done_callback(answer)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

    def close(self) -> None:
        """Take no more jobs; what waits is dropped, what runs comes to its end unheard."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)


def unexpected(error: BaseException) -> DeviceFailed:
    """Turn a mistake of ours into a screen with a support code, never a traceback."""
    return DeviceFailed(support=type(error).__name__)
