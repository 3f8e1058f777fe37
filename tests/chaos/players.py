"""The people of the load: applicants, two officers, an operator, holders who sign."""

from __future__ import annotations

import base64
import queue
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from handlers.applications.payloads import CHECK_LIST
from signing.app.protocol import CLAIM_PATH, RESULT_PATH, VERSION, VERSION_HEADER, Claim
from signing.cms import cades
from signing.cms.binding import HandshakeBinding
from signing.errors import SigningError
from signing.tokens.card import holder_certificate
from tests.chaos.browser import Browser, fields
from tests.chaos.ledger import Move, Said
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator, Mapping

    from handlers.cards.seed import Held
    from signing.tokens.slots import TokenStore
    from tests.chaos.pages import Answer

REST = 0.5
"""Seconds between two presses of one person."""

_REFERENCE = re.compile(r"/basvurularim/(B\d{9})\b")
_PRINTED = re.compile(r"/dogrula\?kod=([0-9a-f-]+)")
_CODE = re.compile(r"\d{3}(?: \d{3}){4}")
_CONSENT = re.compile(r"/e-onay/(O\d{9})\b")
_PICTURE = re.compile(r'src="(/is/B\d{9}/taramalar/\d+/sayfa/\d+)"')
SHEET = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel, which a scanner might have made."""
FIRST = "?tur=first&sertifika="
TO_DESK = {"yontem": "in_person", "adres": "TEST Sokağı 1, Bursa"}
PAPERS = {
    "documents-0-kind": "application_form", "documents-0-number": "1",
    "documents-0-copy_at": "Arşiv 1", "documents-1-kind": "identity_card",
    "documents-1-number": "A12B34567", "documents-1-copy_at": "Arşiv 1", "documents-2-kind": "",
}  # fmt: skip


@dataclass
class Scene:
    """What all people of the load share: who is to apply, and the cases on their way."""

    open: Callable[[str], Browser]
    """Gives a browser to an actor."""
    people: deque[int]
    stopping: threading.Event = field(default_factory=threading.Event)
    filed: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    registered: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    approved: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def rest(self, seconds: float = REST) -> None:
        """Wait a while as a person does, or until the load ends."""
        self.stopping.wait(seconds)

    def next_of(self, cases: queue.SimpleQueue[str]) -> str | None:
        """Return the next case to be worked at, None when there is none just now."""
        try:
            return cases.get(timeout=REST)
        except queue.Empty:
            return None

    def signed_in(self, actor: str) -> Browser:
        """Return a browser in which an actor is signed in, tried until it is or the load ends."""
        browser = self.open(actor)
        while not browser.sign_in() and not self.stopping.is_set():
            self.rest()
        return browser

    def tries(self) -> Iterator[None]:
        """Go on until the load ends, with a rest between."""
        while not self.stopping.is_set():
            yield
            self.rest()


def applies(scene: Scene) -> None:
    """Have people apply, one after the other, for a first certificate at the desk."""
    for _ in scene.tries():
        if not scene.people:
            return
        person = scene.people.popleft()
        browser = scene.signed_in(f"person:{person}")
        reference = _applied(scene, browser)
        if reference:
            scene.filed.put(reference)


def _applied(scene: Scene, browser: Browser) -> str:
    """Apply as one person, going on where it was broken off; return the application's number."""
    for _ in scene.tries():
        home = browser.get("/basvurularim")
        found = _REFERENCE.findall(home.text)
        if home.path.startswith("/giris"):
            browser.sign_in()
        elif found:
            page = browser.get(f"/basvurularim/{found[0]}")
            if page.status == 200 and "/yontem" not in page.text:
                return str(found[0])
            _send(browser, f"/basvurularim/{found[0]}/{{}}", ("inceleme", "yontem/sec"), found[0])
        elif home.status == 200:
            _send(browser, f"/basvurularim/yeni/{{}}{FIRST}", ("inceleme", "ac"), "")
    return ""


def _send(browser: Browser, path: str, pages: tuple[str, str], case: str) -> None:
    method = browser.get(path.format("yontem"))
    review = browser.post(path.format(pages[0]), {**fields(method.text), **TO_DESK})
    if review.status != 200 or "gorulen" not in fields(review.text):
        return
    trigger = "choose_method" if case else "file"
    browser.press(review, path.format(pages[1]), Move(case, trigger, browser.actor), TO_DESK)


@dataclass
class Desk:
    """Somebody of the staff who makes one move in each case that comes."""

    trigger: str
    more: Callable[[Browser, str], Mapping[str, str | list[str]] | None]
    """What is typed into the form, None where that cannot be known just now."""
    offered: str = "/is/{case}/islem/{trigger}"
    """The link on the page of a case that says that the move may be made."""
    after: ClassVar[int] = 40
    """Tries after which a case is laid aside: it waits for something else."""

    def works(
        self,
        scene: Scene,
        actor: str,
        cases: queue.SimpleQueue[str],
        onward: queue.SimpleQueue[str] | None,
    ) -> None:
        """Take case after case."""
        browser = scene.signed_in(actor)
        for _ in scene.tries():
            case = scene.next_of(cases)
            if case and self._moved(scene, browser, case) and onward is not None:
                onward.put(case)

    def _moved(self, scene: Scene, browser: Browser, case: str) -> bool:
        """Make the move; say whether the case has left the place where it is made."""
        path = f"/is/{case}/islem/{self.trigger}"
        link = self.offered.format(case=case, trigger=self.trigger)
        asked = False
        for count, _ in enumerate(scene.tries()):
            page = browser.get(f"/is/{case}")
            if page.path.startswith("/giris"):
                browser.sign_in()
            elif page.status != 200:
                continue
            elif link not in page.text or count > self.after:
                if asked or count > self.after:
                    return asked
            else:
                asked = True
                if self._press(browser, case, path):
                    return True
        return False

    def _press(self, browser: Browser, case: str, path: str) -> bool:
        page, typed = browser.get(path), self.more(browser, case)
        if page.status != 200 or typed is None or "seen" not in fields(page.text):
            return False
        return (
            browser.press(page, path, Move(case, self.trigger, browser.actor), typed) is Said.DONE
        )


def _paper(browser: Browser, case: str) -> dict[str, str | list[str]] | None:
    code = _PRINTED.search(browser.get(f"/is/{case}/evrak").text)
    scans = f"/is/{case}/taramalar"
    kind = {"tur": "application_form", **fields(browser.get(scans).text)}
    browser.post(scans, kind, {"dosya": ("form.png", SHEET)})
    return {**PAPERS, "verification_code": code[1]} if code else None


def _compared(browser: Browser, case: str) -> dict[str, str | list[str]]:
    """Open each page of paper, and tick that all was compared."""
    page = browser.get(f"/is/{case}/islem/approve_paper")
    for source in _PICTURE.findall(page.text):
        browser.get(source)
    return {"how": "face_to_face", "checked": list(CHECK_LIST)}


REGISTERS = Desk("register_paper", _paper, "/evrak-kabul/{case}")
APPROVES = Desk("approve_paper", _compared)
PRODUCES = Desk("start_production", lambda *_: {})


@dataclass
class Signer:
    """A holder who gives an e-onay with his card and takes it back, again and again."""

    scene: Scene
    person: int
    held: Held
    store: TokenStore

    def signs(self) -> None:
        """Sign and withdraw until the load ends."""
        browser = self.scene.signed_in(f"person:{self.person}")
        for _ in self.scene.tries():
            page = browser.get("/e-onay")
            if page.path.startswith("/giris"):
                browser.sign_in()
            elif page.status == 200:
                self._turn(browser, page)
            self.scene.rest(2.0)

    def _turn(self, browser: Browser, page: Answer) -> None:
        found = _CONSENT.search(page.text)
        if found and "e-onayımı göster" in page.text:
            path = f"/e-onay/{found[1]}/geri-al"
            sure = browser.get(path)
            if "csrf_token" in fields(sure.text):
                browser.press(sure, path, Move(found[1], "withdraw", browser.actor), {})
            return
        text = browser.post("/e-onay/basla", fields(page.text))
        if not text.path.endswith("/metin"):
            return
        code = browser.post(text.path, {**fields(text.text), "okudum": "y"})
        shown = _CODE.search(code.text)
        consent = _CONSENT.search(text.path)
        if shown and consent:
            self._sign(browser, shown[0].replace(" ", ""), consent[1])

    def _sign(self, browser: Browser, code: str, consent: str) -> None:
        head = {VERSION_HEADER: str(VERSION)}
        answer, body = browser.send(CLAIM_PATH, {"code": code}, head)
        if answer.status != 200:
            return
        claim = Claim.parse(body)
        container = self._signed(claim, browser.site)
        if container is None:
            return
        said = {"secret": claim.secret, "container": base64.b64encode(container).decode()}
        answer, _ = browser.send(RESULT_PATH, said, head)
        done = Said.DONE if answer.status == 200 else Said.OPEN
        browser.ledger.note(Move(consent, "sign", browser.actor), done)

    def _signed(self, claim: Claim, site: str) -> bytes | None:
        """Sign with the card; None while its reader (the store) is away."""
        try:
            certificate = holder_certificate(self.store, self.held.card_serial)
            with self.store.session(self.held.card_serial, self.held.pin) as session:
                now, asked = SystemClock().now(), HandshakeBinding(claim.purpose.value, site)
                what, profile = claim.content, claim.profile
                return cades.sign(session, certificate, what, now, profile, asked=asked)
        except SigningError:
            return None


def reads(scene: Scene, actor: str) -> None:
    """Read lists and overview, as somebody at the desk does all day."""
    browser = scene.signed_in(actor)
    for count, _ in enumerate(scene.tries()):
        page = browser.get(("/is-listem", "/basvurular", "/genel-bakis")[count % 3])
        if page.path.startswith("/giris"):
            browser.sign_in()
