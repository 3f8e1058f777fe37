"""Somebody who reads pages of the site within this process, and times them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

SITE = "http://127.0.0.1:8000"
"""The address under which the demonstration is asked."""

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Reader:
    """An account that is signed in; a page that does not come is a RuntimeError."""

    app: Flask
    account: int
    client: FlaskClient = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        """Sign in as a persona of the demonstration."""
        self.client = self.app.test_client()
        self.get("/giris")
        self.post(f"/giris/deneme/user/{self.account}", {})

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self._seen(self.client.get(path, base_url=SITE, follow_redirects=True))

    def post(self, path: str, form: dict[str, str]) -> TestResponse:
        """Send a form."""
        data = {**form, "csrf_token": self.token}
        answer = self.client.post(path, data=data, base_url=SITE, follow_redirects=True)
        return self._seen(answer)

    def timed(self, path: str, form: dict[str, str] | None = None) -> float:
        """Return the seconds that a page takes, redirects included."""
        start = perf_counter()
        if form is None:
            self.get(path)
        else:
            self.post(path, form)
        return perf_counter() - start

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.status_code >= 400:  # noqa: PLR2004 - the first status of a failure
            message = f"{answer.request.path}: {answer.status}"
            raise RuntimeError(message)
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer
