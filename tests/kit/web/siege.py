"""Everything at once against a running demo: slow clients, hostile containers, a huge workbook.

An officer reads pages meanwhile, and before; the two are compared. It ends by itself::

    make run PORT=8000
    .venv/bin/python -m tests.kit.web.siege --port 8000 --seconds 60 --clients 1000
"""

from __future__ import annotations

import argparse
import base64
import io
import multiprocessing
import re
import statistics
import threading
import time
import zipfile
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from handlers.lists.sample import as_xlsx, sample_rows
from signing.app.protocol import CLAIM_PATH, RESULT_PATH, VERSION, VERSION_HEADER
from tests.kit.signing import crowd, forge
from tests.kit.web.slow_clients import KINDS, auditor_cookie, dripping, held
from workflow.model.clock import SystemClock, day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event

LOOPBACK = "127.0.0.1"
RING = 9
"""Certificates of one name that certify each other in a circle, in each hostile container."""

A_SECOND = 8
"""Hostile containers that are sent in a second."""

SOURCES = 200
"""Addresses of this machine that the hostile containers come from, in turns."""

EXPANDS_TO = 929 * 1024**2
PAGES = ("/is-listem", "/basvurular?tur=renewal", "/is/B000000012")
ROUNDS = 40
"""How often an officer opens each page undisturbed."""


class From(HTTPAdapter):
    """Requests that come from one address of this machine."""

    def __init__(self, source: str) -> None:
        """Remember the address."""
        self.source = source
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - the library's
        """Bind each connection to it."""
        super().init_poolmanager(*given, source_address=(self.source, 0), **named)


class Visitor:
    """Somebody with a browser at one address of this machine."""

    def __init__(self, port: int, source: str = LOOPBACK) -> None:
        """Come to the site at a port."""
        self.site = f"http://{LOOPBACK}:{port}"
        self.session = requests.Session()
        self.session.mount("http://", From(source))

    def token(self, path: str) -> str:
        """Return the token of the forms of a page."""
        found = re.search(
            r'name="csrf_token"[^>]*value="([^"]+)"', self.session.get(self.site + path).text
        )
        if found is None:
            raise LookupError(f"{path} holds no form")
        return found[1]

    def sign_in(self, name: str) -> Visitor:
        """Sign in as a person of the demo."""
        page = self.session.get(f"{self.site}/giris").text
        form = page[: page.index(name)]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        action = re.findall(r'action="(/giris/deneme/user/\d+)"', form)[-1]
        if token is None:
            raise LookupError("this is not a demo")
        self.session.post(self.site + action, data={"csrf_token": token[1]})
        return self


class Stranger:
    """Somebody without account or card, with authorities of his own that lead nowhere."""

    def __init__(self, port: int) -> None:
        """Make the authorities once: they are the same for all containers."""
        last, ring = crowd.ring(RING)
        key = forge.ec_key()
        request = forge.person_request()
        own = forge.certificate(key, last.key, request, last.name)
        self.forger = forge.Forger(key, own, tuple(ring))
        self.port = port

    def send(self, number: int) -> str:
        """Ask for a code of a sign-in and send a hostile container; return the answer's status."""
        source = f"127.0.{1 + number % SOURCES // 250}.{1 + number % SOURCES % 250}"
        visitor = Visitor(self.port, source)
        try:
            data = {"csrf_token": visitor.token("/giris")}
            page = visitor.session.post(f"{visitor.site}/giris/kart", data=data)
            digits = re.search(r"(?:\d{3}\W?){4}\d{3}", re.sub(r"<[^>]+>", " ", page.text))
            if digits is None:
                return f"no code ({page.status_code})"
            return self._result(visitor, re.sub(r"\D", "", digits[0]))
        except (requests.RequestException, LookupError) as error:
            return type(error).__name__
        finally:
            visitor.session.close()

    def _result(self, visitor: Visitor, code: str) -> str:
        head = {VERSION_HEADER: str(VERSION)}
        claim, result = (visitor.site + path for path in (CLAIM_PATH, RESULT_PATH))
        claimed = visitor.session.post(claim, json={"code": code}, headers=head)
        if claimed.status_code != requests.codes.ok:
            return f"claim {claimed.status_code}"
        said = claimed.json()
        text = base64.b64decode(said["document"])
        container = self.forger.sign(text, SystemClock().now())
        body = {"secret": said["secret"], "container": base64.b64encode(container).decode()}
        answer = visitor.session.post(result, json=body, headers=head)
        return f"result {answer.status_code}"


def huge_workbook() -> bytes:
    """Return some kilobytes that say they are a list and come to 929 MB by entities."""
    unit = "A" * 1024
    declared = f'<!DOCTYPE sst [<!ENTITY a "{unit}"><!ENTITY b "{"&a;" * 1024}">]>'
    shared = f"{declared}<sst><si><t>{'&b;' * (EXPANDS_TO // 1024**2)}</t></si></sst>"
    plain = zipfile.ZipFile(io.BytesIO(as_xlsx(sample_rows(day_in_istanbul(SystemClock().now())))))
    made = io.BytesIO()
    with closing(plain), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name in plain.namelist():
            book.writestr(name, shared if "sharedStrings" in name else plain.read(name))
        if "xl/sharedStrings.xml" not in plain.namelist():
            book.writestr("xl/sharedStrings.xml", shared)
    return made.getvalue()


def send_containers(port: int, ended: Event, said: multiprocessing.Queue[Counter[str]]) -> None:
    """Send so many hostile containers a second until the end, then say how they were answered."""
    stranger = Stranger(port)
    with ThreadPoolExecutor(max_workers=32) as pool:
        sent: list[Future[str]] = []
        while not ended.wait(1 / A_SECOND):
            sent.append(pool.submit(stranger.send, len(sent)))
    said.put(Counter(one.result() for one in sent))


def send_workbooks(port: int, ended: Event, said: multiprocessing.Queue[Counter[str]]) -> None:
    """Upload the huge workbook again and again until the end, as a coordinator."""
    coordinator = Visitor(port).sign_in("Kerem Yetkili")
    book, answers = huge_workbook(), Counter[str]()
    while not ended.wait(1):
        data = {"csrf_token": coordinator.token("/kurum/yukle")}
        files = {"dosya": ("liste.xlsx", book)}
        answer = coordinator.session.post(f"{coordinator.site}/kurum/yukle", data=data, files=files)
        answers[f"workbook {answer.status_code}"] += 1
    said.put(answers)


def seconds_of(officer: Visitor, path: str) -> float:
    """Return how long a page took the officer."""
    began = time.perf_counter()
    answer = officer.session.get(officer.site + path)
    answer.raise_for_status()
    return time.perf_counter() - began


def read(officer: Visitor, rounds: Iterator[int]) -> list[float]:
    """Open the pages in turns, a little apart as a person does, and return how long they took."""
    return [seconds_of(officer, PAGES[turn % len(PAGES)]) for turn in rounds]


def until(end: float) -> Iterator[int]:
    """Count until a moment."""
    turn = 0
    while time.monotonic() < end:
        yield turn
        turn += 1


def p95(found: list[float]) -> float:
    """Return the time that nineteen of twenty pages kept, in milliseconds."""
    return statistics.quantiles(found, n=20)[-1] * 1000


def besieged(port: int, clients: int, seconds: float, officer: Visitor) -> tuple[list[float], str]:
    """Return how long pages took under siege, and how the besiegers were answered."""
    said: multiprocessing.Queue[Counter[str]] = multiprocessing.Queue()
    ended = multiprocessing.Event()
    attackers = [
        multiprocessing.Process(target=attack, args=(port, ended, said))
        for attack in (send_containers, send_workbooks)
    ]
    with ExitStack() as kept:
        cookie = auditor_cookie(port)
        slow = [kept.enter_context(held(one, port, clients, cookie)) for one in KINDS]
        dropped = threading.Event()
        threading.Thread(target=dripping, args=(slow, dropped), daemon=True).start()
        for attacker in attackers:
            attacker.start()
        try:
            found = read(officer, until(time.monotonic() + seconds))
        finally:
            ended.set()
            dropped.set()
            answers = sum((said.get(timeout=120) for _ in attackers), Counter[str]())
            for attacker in attackers:
                attacker.join(60)
    return found, ", ".join(f"{count} × {what}" for what, count in answers.most_common())


def main() -> None:
    """Compare an officer's pages undisturbed and under siege."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--clients", type=int, default=1000, help="slow clients in all")
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    say = print
    officer = Visitor(asked.port).sign_in("Filiz Görevli")
    before = read(officer, iter(range(ROUNDS * len(PAGES))))
    say(f"undisturbed  p95 {p95(before):.0f} ms over {len(before)} pages")
    each = asked.clients // len(KINDS)
    found, answers = besieged(asked.port, each, asked.seconds, officer)
    say(f"under siege  p95 {p95(found):.0f} ms over {len(found)} pages; {answers}")
    say(f"ratio        {p95(found) / p95(before):.2f}")


if __name__ == "__main__":
    main()
