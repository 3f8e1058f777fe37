"""The window, opened by a link of a code page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent

from signing.app.window import start
from signing.app.window.code import CodeScreen, OriginScreen
from signing.app.window.document import DocumentScreen
from tests.signing.app.messages import CODE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from PySide6.QtWidgets import QApplication

    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person


def link(server: str) -> str:
    """Write a link as a page does."""
    return f"nes-imza:sign?code={CODE}&server={quote(server, safe='')}"


def test_a_link_fills_in_server_and_code_and_sends_nothing(person: Person, server: Server) -> None:
    person.wizard.follow(link(server.url))
    screen = person.wait(CodeScreen)
    assert screen.entered() == (server.url, CODE)
    assert server.asked == []
    person.press("İleri")
    person.wait(DocumentScreen)
    assert [path for path, _ in server.asked] == ["/api/imza/claim"]


def test_the_server_of_a_link_is_asked_about_like_any_other(
    open_person: Callable[..., Person], server: Server
) -> None:
    person = open_person(servers=())
    person.wizard.follow(link(server.url))
    person.press("İleri")
    person.wait(OriginScreen)
    assert server.url in person.text
    assert server.asked == []


def test_a_link_to_a_strange_server_is_a_sentence_and_the_way_to_enter_it(
    person: Person, server: Server
) -> None:
    person.wizard.follow(link("https://192.0.2.7"))
    person.condition("link_host_refused")
    assert "götüremez: https://192.0.2.7" in person.text
    person.shot("durum-link_host_refused")
    person.press("Başka bir kod gir")
    assert person.wait(CodeScreen).entered() == (server.url, "")
    assert server.asked == []


def test_a_link_amid_a_signature_is_let_go(person: Person, server: Server) -> None:
    person.wizard.follow(link(server.url))
    person.press("İleri")
    reading = person.wait(DocumentScreen)
    person.wizard.follow(link("https://other.example"))
    assert person.screen is reading


def test_the_system_hands_a_link_to_a_window_that_runs(application: QApplication) -> None:
    followed: list[str] = []
    listener = start.LinkListener(followed.append)
    application.installEventFilter(listener)
    told = link("https://nes.example/nes")
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl(told)))
    QCoreApplication.sendEvent(application, QEvent(QEvent.Type.User))
    application.removeEventFilter(listener)
    assert followed == [told]


def test_the_window_opens_on_a_link(
    application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    seen: list[tuple[str, str]] = []

    def look() -> None:
        for window in application.topLevelWidgets():
            for screen in window.findChildren(CodeScreen):
                seen.append(screen.entered())
                window.close()

    QTimer.singleShot(0, QObject(application), look)
    assert start.open_window("", None, None, link("https://nes.example")) == 0
    assert ("https://nes.example", CODE) in seen
