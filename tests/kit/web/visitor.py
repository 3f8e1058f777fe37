"""The visitor of the tests: somebody with cookies who lints each page he is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.kit.web.lint import faults, text_of, tree_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Page:
    """One answer: its status, and its HTML as text and as a tree."""

    response: TestResponse

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @cached_property
    def tree(self) -> Element:
        """The page as a tree."""
        return tree_of(self.response.text)

    @cached_property
    def text(self) -> str:
        """What a reader reads, blanks joined."""
        body = self.tree.find("body")
        assert body is not None
        return text_of(body)

    @property
    def title(self) -> str:
        """The title of the window."""
        return text_of(next(self.tree.iter("title")))

    @property
    def heading(self) -> str:
        """The main heading."""
        return text_of(next(self.tree.iter("h1")))

    @property
    def links(self) -> dict[str, str]:
        """Each link's text and address."""
        return {text_of(link): link.get("href", "") for link in self.tree.iter("a")}

    @property
    def buttons(self) -> list[str]:
        """What the buttons say."""
        return [text_of(button) for button in self.tree.iter("button")]

    def all(self, tag: str, **attributes: str) -> list[str]:
        """Return the texts of the elements of a sort with some attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            text_of(part)
            for part in self.tree.iter(tag)
            if all(part.get(name) == value for name, value in wanted.items())
        ]

    def value(self, name: str) -> str:
        """Return what a field of the page holds."""
        for part in self.tree.iter():
            if part.get("name") == name:
                return part.get("value") or text_of(part)
        raise AssertionError(f"no field {name}")


@dataclass
class Visitor:
    """Somebody at a browser without JavaScript."""

    app: Flask
    client: FlaskClient = field(init=False)
    _token: str | None = field(default="", init=False)
    """The newest token that a page has given out; None when none of this session was opened."""

    def __post_init__(self) -> None:
        """Open the browser."""
        self.client = self.app.test_client()

    def get(self, path: str, status: int = 200, **options: Any) -> Page:  # noqa: ANN401 - the client's options
        """Open a page, following redirects; it must have this status and be without fault."""
        return self._seen(self.client.get(path, follow_redirects=True, **options), status)

    def post(self, path: str, status: int = 200, **data: object) -> Page:
        """Send a form with the token of the last page; follow redirects."""
        form = {"csrf_token": self.token, **data}
        answer = self.client.post(path, data=form, follow_redirects=True)
        return self._seen(answer, status)

    def sign_in(self, sort: str, number: int) -> Page:
        """Sign in as a persona of the demo."""
        self.get("/giris")
        return self.post(f"/giris/deneme/{sort}/{number}")

    def be(self, sort: str, number: int) -> None:
        """Be signed in as a persona: as `sign_in`, but no page on the way is looked at."""
        shown = self.client.get("/giris").text
        token = shown.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = self.client.post(f"/giris/deneme/{sort}/{number}", data={"csrf_token": token})
        assert answer.status_code in (302, 303), answer.text
        self._token = None

    @property
    def token(self) -> str:
        """The newest token that a page has given out."""
        if self._token is None:
            self._token = ""
            self.get("/")
        return self._token

    @token.setter
    def token(self, token: str) -> None:
        self._token = token

    def _seen(self, response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert page.status == status, f"{page.status}: {response.text[:2000]}"
        if response.mimetype == "text/html" and response.text:
            found = faults(response.text, page.tree)
            assert found == [], found
            tokens = [part for part in page.tree.iter() if part.get("name") == "csrf_token"]
            if tokens:
                self.token = str(tokens[0].get("value"))
        return page
