"""A browser on loopback: it keeps cookies and the form's token, and each answer is judged."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

import requests

from tests.chaos.ledger import Move, Said, said_by
from tests.chaos.pages import Answer
from tests.kit.web.siege import From

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chaos.ledger import Ledger
    from tests.chaos.pages import Judge

PATIENCE = 60.0
"""Seconds that somebody waits for a page."""

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Browser:
    """Somebody at one address of this machine, signed in as one actor."""

    site: str
    source: str
    actor: str
    judge: Judge
    ledger: Ledger
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        """Come from an address of one's own."""
        self.session.trust_env = False
        self.session.mount("http://", From(self.source))

    def get(self, path: str) -> Answer:
        """Open a page, following redirects."""
        return self._ask("GET", path)

    def post(
        self,
        path: str,
        data: Mapping[str, str | list[str]],
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Answer:
        """Send a form, with files or without, following redirects."""
        return self._ask("POST", path, data=data, files=files)

    def send(self, path: str, body: object, headers: Mapping[str, str]) -> tuple[Answer, object]:
        """Send JSON as a program does; return the answer and what it says, None where nothing."""
        answer = self._ask("POST", path, json=body, headers=headers)
        try:
            return answer, json.loads(answer.text)
        except ValueError:
            return answer, None

    def press(
        self, page: Answer, path: str, move: Move, more: Mapping[str, str | list[str]]
    ) -> Said:
        """Send the form of a page for a move, and note what is said of the move."""
        answer = self.post(path, {**fields(page.text), **more})
        said = said_by(answer.text)
        self.ledger.note(move, said)
        return said

    def sign_in(self) -> bool:
        """Sign in as a persona of the demo; say whether that went well."""
        page = self.get("/giris")
        sort, _, number = self.actor.partition(":")
        token = {"csrf_token": fields(page.text).get("csrf_token", "")}
        answer = self.post(f"/giris/deneme/{sort}/{number}", token)
        return answer.status == requests.codes.ok and not answer.path.startswith("/giris")

    def _ask(self, method: str, path: str, **named: object) -> Answer:
        began = time.monotonic()
        try:
            got = self.session.request(method, self.site + path, timeout=PATIENCE, **named)  # type: ignore[arg-type]  # passed on as given
            where = got.url.removeprefix(self.site)
            answer = Answer(got.status_code, got.text, where, began)
        except requests.RequestException:
            answer = Answer(0, "", path, began)
        self.judge.look(answer)
        return answer


def fields(text: str) -> dict[str, str]:
    """Return the hidden fields of a page's last form with each name."""
    found = {}
    for tag in _INPUT.findall(text):
        named = dict(_ATTRIBUTE.findall(tag))
        if named.get("type") == "hidden" and "name" in named:
            found[named["name"]] = unescape(named.get("value", ""))
    return found
