"""Who sits at a real browser in the walks: where he goes, and what is looked at on the way."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import template_rendered
from playwright.sync_api import FloatRect

import web
from tests.kit.web.program import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

WIDE = {"width": 1280, "height": 900}
NARROW = (640, 320)
"""CSS pixels: a window of 1280 at a zoom of 200 %, and the phone of WCAG 1.4.10."""

TALLEST = 1500
"""How much of a long page a picture shows, in CSS pixels."""

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

TEMPLATES = Path(web.__file__).parent / "templates"
FRAMES = {"office/case_layout.html"}
"""What other templates extend, and what is never a page itself."""

HIDDEN = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const bad = [];
  for (const one of document.querySelectorAll(wanted)) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.matches(".skip")) continue;
    one.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const box = one.getClientRects()[0];
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!top || !(one.contains(top) || [...(one.labels ?? [])].includes(top)))
      bad.push(`${one.outerHTML.slice(0, 90)} is under ${top?.outerHTML.slice(0, 90)}`);
  }
  window.scrollTo(0, 0);
  return bad;
}"""
"""What can be pressed and lies under something else, or outside of the page."""

FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2,
                                        Math.min(box.top + box.height / 2, innerHeight - 1));
  const text = one.labels?.length ? one.labels[0].textContent : one.textContent;
  return {
    text: (one.getAttribute("aria-label") ?? text ?? "").replace(/\\s+/g, " ").trim(),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      || style.boxShadow !== "none",
    free: !!top && (one.contains(top) || top.contains(one) && top.tagName === "LABEL"),
    tag: one.tagName,
  };
}"""
"""What has the focus: its words, whether the focus is seen, and whether nothing lies over it."""


@dataclass
class Seen:
    """What the site has rendered, and which templates somebody has looked at."""

    rendered: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)


@dataclass
class Seat:
    """Somebody at a browser of his own."""

    tab: Page
    site: str
    folder: Path
    seen: Seen
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what the browser complains about; an error page is no complaint of a page's."""

        def said(message: ConsoleMessage) -> None:
            if message.type == "error" and not message.text.startswith("Failed to load resource"):
                self.complaints.append(message.text)

        self.tab.on("console", said)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def page(self) -> Page:
        """The page once it is there whole: after a press a browser has only begun with the next."""
        self.tab.wait_for_load_state()
        return self.tab

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.site + path)

    def sign_in(self, name: str) -> None:
        """Sign in by the button of a persona."""
        self.go("/giris")
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """Return the one button whose words contain these."""
        return self.page.get_by_role("button", name=name)

    def press(self, name: str) -> None:
        """Press a button."""
        self.button(name).click()

    def follow(self, name: str) -> None:
        """Follow the link of exactly these words in the main part of the page."""
        self.page.locator("main").get_by_role("link", name=name, exact=True).click()

    def menu(self, name: str) -> None:
        """Follow an entry of the main menu."""
        menu = self.page.get_by_role("navigation", name="Ana menü")
        menu.get_by_role("link", name=name, exact=True).click()

    @property
    def heading(self) -> str:
        """The main heading."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def text(self) -> str:
        """What stands in the main part of the page."""
        return self.page.locator("main").inner_text()

    def picture(self, name: str, tallest: int = TALLEST) -> None:
        """Keep a picture of the page, of a long one its upper part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        size = self.page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        clip = FloatRect(x=0, y=0, width=size[0], height=min(size[1], tallest))
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=str(path), full_page=True, clip=clip)

    def look(self, picture: str = "") -> None:
        """Look at the page as it stands: axe, 200 % and 320 px, nothing covered; keep a picture."""
        self.seen.looked_at.add(self.seen.rendered[-1])
        if picture:
            self.picture(picture)
        faults = self.faults()
        assert faults == [], "\n".join([self.page.url, *faults])

    def faults(self) -> list[str]:
        """Return what is wrong with the page as it stands."""
        found = Axe().run(self.page, options=AXE).response["violations"]
        wrong = [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
        for width in NARROW:
            self.page.set_viewport_size({"width": width, "height": 640})
            wide = self.page.evaluate("document.documentElement.scrollWidth") - width
            wrong += [f"at {width} px too wide by {wide}"] if wide > 0 else []
            wrong += [f"at {width} px {one}" for one in self.page.evaluate(HIDDEN)]
        self.page.set_viewport_size({"width": 1280, "height": 900})
        return wrong

    def tab_to(self, words: str, most: int = 90, tag: str = "", key: str = "Tab") -> None:
        """Go by the Tab key to what says these words; on the way the focus is always seen."""
        for _ in range(most):
            self.page.keyboard.press(key)
            now = self.page.evaluate(FOCUSED)
            assert (now["seen"], now["free"]) == (True, True), now
            if now["text"].startswith(words) and now["tag"].startswith(tag):
                return
        raise AssertionError(f"the keyboard does not reach {words}")


class Seats(Protocol):
    """The making of a seat for somebody; without a name nobody signs in."""

    def __call__(self, name: str = "", **options: Any) -> Seat:  # noqa: ANN401 - the browser's own
        """Open a browser of his own, sign him in where he has a name."""


@pytest.fixture
def seen(app: Flask) -> Iterator[Seen]:
    """Give what the site renders, in order."""
    kept = Seen()

    def note(_: Flask, template: Any, **__: object) -> None:  # noqa: ANN401 - Jinja's template
        kept.rendered.append(template.name)

    with template_rendered.connected_to(note, app):
        yield kept


@pytest.fixture
def seats(app: Flask, browser: Browser, seen: Seen, pytestconfig: pytest.Config) -> Iterator[Seats]:
    """Give seats at the running site; at the end no browser may have complained of a page."""
    folder = pytestconfig.rootpath / pytestconfig.getoption("pictures")
    taken: list[Seat] = []
    with served(app) as site, ExitStack() as open_ones:

        def seat(name: str = "", **options: Any) -> Seat:  # noqa: ANN401 - the browser's own
            settings = {"viewport": WIDE, "locale": "tr-TR", "timezone_id": "Europe/Istanbul"}
            context = browser.new_context(**{**settings, **options})
            open_ones.callback(context.close)
            taken.append(Seat(context.new_page(), site, folder, seen))
            taken[-1].listen()
            if name:
                taken[-1].sign_in(name)
            return taken[-1]

        yield seat
        assert [one.complaints for one in taken] == [[] for _ in taken]


def templates(room: str) -> set[str]:
    """Return the names of a room's templates that are pages of their own."""
    files = (TEMPLATES / room).glob("[!_]*.html")
    return {f"{room}/{file.name}" for file in files} - FRAMES
