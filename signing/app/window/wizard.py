"""The order of the screens of a signature: what follows what, where "try again" leads."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signing.app import flow, pdf, pins
from signing.app.content import MediaType
from signing.app.errors import ServerRefused, TimeUp
from signing.app.protocol import ClaimRequest, ResultRequest
from signing.app.purpose import SignaturePurpose
from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import OriginScreen
from signing.app.window.desk import WindowDesk
from signing.app.window.document import PAGE_WIDTH, DocumentScreen
from signing.app.window.new_pin import NewPinScreen
from signing.app.window.outcome import BusyScreen, DoneScreen
from signing.app.window.pin import PinScreen

if TYPE_CHECKING:
    from signing.app.client import Service
    from signing.app.pdf import PdfPage
    from signing.app.protocol import Accepted
    from signing.app.window.parts import Way
    from signing.app.window.stage import Tools
    from signing.errors import SigningError
    from signing.tokens.pin import Pin

JUDGED = 422
"""The status of a signature that was read and denied: another certificate may do."""

LATER = 500
"""From here on the server itself is in trouble, and takes the same signature later."""

THROTTLED = 429


@dataclass
class Job:
    """One signature under way: all that is known of it goes with it."""

    url: str
    request: ClaimRequest
    service: Service
    found: list[flow.CardCertificate] = field(default_factory=list)


@dataclass
class Task:
    """A job whose code was claimed; from here on there is something to be signed."""

    job: Job
    order: flow.Order
    container: bytes = b""


class Wizard(WindowDesk):
    """The signatures of one window, one after the other."""

    _job: Job | None = None
    _order: flow.Order | None = None

    def __init__(self, tools: Tools, url: str = "") -> None:
        """Open on the screen for a code; `url` is offered as the server."""
        super().__init__(tools, url)
        self.frame.ticked.connect(self.tick)

    def forget(self) -> None:
        """Forget the signature under way and do not listen to what is still answered."""
        super().forget()
        if self._job is not None:
            self._job.service.close()
        if self._order is not None:
            self._order.claim.forget()
        self._job = self._order = None
        self.frame.count(None)

    def tick(self) -> None:
        """Count down; what was not sent when the time is up is not sent any more."""
        if self._order is None:
            return
        left = math.ceil(self._order.left(self.tools.elapsed()).total_seconds())
        self.frame.count(left)
        if not left and not isinstance(self.frame.screen_shown, BusyScreen):
            self.forget()
            self.refuse(TimeUp(), self.start)

    def follow(self, link: str) -> None:
        """Take a link as the first screen does; one that comes amid a signature is let go."""
        if self._job is None:
            super().follow(link)

    # The steps: code, document, certificate, PIN, result

    def take_code(self, url: str, code: str) -> None:
        """Begin with a code."""
        super().take_code(url, code)
        self.attempt(self._begin, self.back_to(self.start))

    def _begin(self) -> None:
        request = ClaimRequest.parse(self._code)
        service = self.tools.connect(self._url)
        job = self._job = Job(service.url, request, service)
        if self.settings.knows(job.url):
            self._look(job)
        else:
            self.show(OriginScreen(self.words, job.url, lambda: self._look(job), self.cancel))

    def _look(self, job: Job) -> None:
        """Look for cards before the code is spent."""

        def found(cards: list[flow.CardCertificate]) -> None:
            job.found = cards
            self._claim(job)

        failed = self.back_to(lambda: self._look(job))
        self.work("busy.card", lambda: flow.look(self.store()), found, failed)

    def _claim(self, job: Job) -> None:
        self.work(
            "busy.code",
            lambda: flow.claim(job.service, job.request, self.tools.elapsed),
            lambda order: self._claimed(job, order),
            self.back_to(self.start),
        )

    def _claimed(self, job: Job, order: flow.Order) -> None:
        self._order, self._code = order, ""
        self.keep(servers=self.settings.with_server(job.url).servers)
        self.tick()
        task = Task(job, order)
        if order.claim.media_type is MediaType.TEXT:
            self._read(task, [])
            return
        self.work(
            "busy.document",
            lambda: pdf.pictures(order.claim.document, PAGE_WIDTH),
            lambda pages: self._read(task, pages),
            self.back_to(self.start),
        )

    def _read(self, task: Task, pages: list[PdfPage]) -> None:
        def go_on() -> None:
            if task.order.claim.purpose is SignaturePurpose.PIN:
                self._find(task)
            else:
                self._choose(task)

        asked = task.job.url, task.order.claim
        self.show(DocumentScreen(self.words, asked, pages, go_on, self.cancel))

    def _choose(self, task: Task) -> None:
        self.attempt(lambda: self._offer(task), self.back_to(lambda: self._look_again(task)))

    def _offer(self, task: Task) -> None:
        found = flow.choices(task.job.found, task.order.claim)

        def chosen(held: flow.CardCertificate) -> None:
            self._prepare(task, held)

        self.show(CertificateScreen(self.words, found, chosen, self.cancel))

    def _look_again(self, task: Task) -> None:
        """Look at the cards once more, for one that was put in meanwhile."""

        def found(cards: list[flow.CardCertificate]) -> None:
            task.job.found = cards
            self._choose(task)

        failed = self.back_to(lambda: self._look_again(task))
        self.work("busy.card", lambda: flow.look(self.store()), found, failed)

    def _prepare(self, task: Task, held: flow.CardCertificate) -> None:
        """Ask the card how many tries are left, and then the person for the PIN."""
        self.work(
            "busy.card",
            lambda: flow.fresh(self.store(), held),
            lambda ready: self._ask_pin(task, ready),
            self.back_to(lambda: self._prepare(task, held)),
        )

    def _ask_pin(self, task: Task, held: flow.CardCertificate) -> None:
        def sign(pin: Pin) -> None:
            self._sign(task, held, pin)

        self.show(PinScreen(self.words, held, sign, self.cancel))

    def _sign(self, task: Task, held: flow.CardCertificate, pin: Pin) -> None:
        def signed(container: bytes) -> None:
            task.container = container
            self._send(task)

        self.work(
            "busy.sign",
            lambda: flow.sign(self.store(), held, task.order, pin, self.tools.elapsed),
            signed,
            self.back_to(lambda: self._prepare(task, held)),
            pin,
        )

    # The other way from the document: the card is found by its number and gets a new PIN

    def _find(self, task: Task) -> None:
        """Look for the very card whose PIN is to be set."""
        self.work(
            "busy.card",
            lambda: pins.find(self.store(), task.order.claim),
            lambda held: self._ask_new(task, held),
            self.back_to(lambda: self._find(task)),
        )

    def _ask_new(self, task: Task, held: flow.CardCertificate) -> None:
        def make(new: Pin) -> None:
            self._make(task, held, new)

        refused = self.back_to(lambda: self._find(task))
        self.show(NewPinScreen(self.words, held, make, refused, self.cancel))

    def _make(self, task: Task, held: flow.CardCertificate, new: Pin) -> None:
        def signed(container: bytes) -> None:
            task.container = container
            self._send(task)

        self.work(
            "busy.new_pin",
            lambda: pins.make(self.store(), held, task.order, new, self.tools.elapsed),
            signed,
            self.back_to(lambda: self._find(task)),
            new,
        )

    def _send(self, task: Task) -> None:
        request = ResultRequest(task.order.claim.secret, task.container)
        self.work(
            "busy.send",
            lambda: task.job.service.send(request),
            self._done,
            lambda error: self._not_taken(task, error),
        )

    def _not_taken(self, task: Task, error: SigningError) -> None:
        """Lead back to where the server's reason can be mended."""
        status = error.params["status"] if isinstance(error, ServerRefused) else LATER
        if status == JUDGED and task.order.claim.purpose is not SignaturePurpose.PIN:
            self.refuse(error, lambda: self._look_again(task))
        elif status == THROTTLED or int(status) >= LATER:
            self.refuse(error, lambda: self._send(task))
        else:
            self.refuse(error, self.start)

    def _done(self, accepted: Accepted) -> None:
        self.forget()
        ways: list[Way] = [("button.close", self.frame.close), ("done.more", self.start)]
        self.show(DoneScreen(self.words, accepted, ways))
