"""The crawler: somebody who opens every link he is shown and sends every form."""

from __future__ import annotations

import io
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib

from tests.kit.web.lint import faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

MOST_PAGES = 140
MOST_FORMS = 60
LEAVES = ("/cikis", "/giris/deneme", "/giris/oidc", "/dil/")
"""What would end the visit or make another person, or a reader of another language, of the
visitor."""

ANSWERED = frozenset({200, 204, 302, 303, 400, 403, 404, 409, 410, 413, 415, 422, 503})
"""How a form sent by a machine may be answered; 503 only where a card would be needed."""


@dataclass
class Crawler:
    """One visit; ``wrong`` says what was found, a line each."""

    client: FlaskClient
    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    sent: set[tuple[str, str]] = field(default_factory=set)
    _waiting: deque[tuple[str, str]] = field(default_factory=deque)
    _forms: deque[tuple[str, str, str, dict[str, object]]] = field(default_factory=deque)

    def walk(self, start: str = "/") -> None:
        """Go through all pages, then send the forms, then go through what that has opened."""
        self._waiting.append((start, "start"))
        self._pages()
        while self._forms and len(self.sent) < MOST_FORMS:
            self._send(*self._forms.popleft())
            self._pages()

    def _pages(self) -> None:
        while self._waiting and len(self.seen) < MOST_PAGES:
            address, source = self._waiting.popleft()
            if address not in self.seen:
                self.seen.add(address)
                self._open(address, source)

    def _open(self, address: str, source: str) -> None:
        answer = self.client.get(address, follow_redirects=True, buffered=True)
        if answer.status_code >= 400:
            self.wrong.append(f"{address} from {source}: {answer.status_code}")
        self._read(answer, answer.request.full_path.rstrip("?"))

    def _read(self, answer: TestResponse, address: str) -> None:
        if answer.mimetype != "text/html" or not answer.data:
            return
        self.wrong += [f"{address}: {fault}" for fault in faults(answer.text)]
        tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
        for link in tree.iter("a"):
            self._follow(address, link.get("href", ""))
        for form in tree.iter("form"):
            self._note(address, form)

    def _follow(self, address: str, target: str) -> None:
        whole, _ = urldefrag(urljoin(address, target))
        if target.startswith("#"):
            return
        parts = urlsplit(whole)
        if not parts.scheme and not parts.netloc and not whole.startswith(LEAVES):
            self._waiting.append((whole, address))

    def _note(self, address: str, form: Element) -> None:
        fields = dict(_fields(form))
        method = form.get("method", "get").lower()
        buttons = [one for one in form.iter("button") if one.get("type", "submit") == "submit"]
        for button in buttons or [form]:
            target = button.get("formaction") or form.get("action") or address
            whole = urljoin(address, target)
            pressed = (
                {button.get("name", ""): button.get("value", "")} if button.get("name") else {}
            )
            key = (method, whole + str(sorted(pressed.items())))
            if key not in self.sent and not whole.startswith(LEAVES):
                self._forms.append((method, whole, address, {**fields, **pressed}))
                self.sent.add(key)

    def _send(self, method: str, target: str, source: str, fields: dict[str, object]) -> None:
        if method == "get":
            answer = self.client.get(
                target.partition("?")[0], query_string=_plain(fields), follow_redirects=True,
                buffered=True,
            )  # fmt: skip
        else:
            answer = self.client.post(target, data=fields, follow_redirects=True, buffered=True)
        if answer.status_code not in ANSWERED:
            self.wrong.append(f"form {target} of {source}: {answer.status_code}")
        self._read(answer, answer.request.full_path.rstrip("?"))


def _plain(fields: dict[str, object]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _fields(form: Element) -> Iterator[tuple[str, object]]:
    """Fill the fields of a form as somebody would who reads nothing."""
    chosen: set[str] = set()
    for part in form.iter():
        name = part.get("name")
        if not name:
            continue
        if part.tag == "textarea":
            yield name, "Deneme metni"
        elif part.tag == "select":
            yield name, _option(part)
        elif part.tag == "input":
            value = _input(part, name, chosen)
            if value is not None:
                yield name, value


def _option(part: Element) -> str:
    values = [one.get("value", "") for one in part.iter("option")]
    return next((value for value in values if value), "")


def _input(part: Element, name: str, chosen: set[str]) -> object:
    sort, value = part.get("type", "text"), part.get("value") or ""
    if sort == "file":
        return (io.BytesIO(b"deneme"), "deneme.txt")
    if sort == "radio":
        if name in chosen:
            return None
        chosen.add(name)
    if sort in {"hidden", "radio", "checkbox", "submit"}:
        return value or "y"
    return value or {"date": "2026-11-23", "number": "1"}.get(sort, "deneme")
