"""Signing in with the window of nes-imza."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen
from signing.app.window.outcome import DoneScreen
from tests.signing.app.challenge import sign_in_answer
from tests.signing.app.messages import CODE
from tests.signing.window.test_way import read, sign

if TYPE_CHECKING:
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person


def test_the_holder_of_the_card_signs_in(person: Person, server: Server) -> None:
    server.claim = (200, sign_in_answer(server.url))
    sign(person)
    person.wait(DoneScreen)
    assert [path for path, _ in server.asked] == ["/api/imza/claim", "/api/imza/result"]


def test_the_screen_says_that_the_card_tells_who_it_is(person: Person, server: Server) -> None:
    server.claim = (200, sign_in_answer(server.url))
    read(person)
    assert "Kartla giriş" in person.text
    assert "Kartın sahibi; kim olduğu imzadan anlaşılır" in person.text
    assert f"Giriş yapılacak adres: {server.url}" in person.text
    person.shot("giris-metni")
    person.press("İleri")
    rows = person.wait(CertificateScreen).list
    offered = [rows.item(place).text() for place in range(rows.count())]
    assert any(row.startswith("AYŞE YILMAZ\n") for row in offered)


def test_a_sign_in_at_another_address_ends_before_the_text(person: Person, server: Server) -> None:
    server.claim = (200, sign_in_answer("https://nes.example"))
    screen = person.wait(CodeScreen)
    person.enter(screen.code, CODE)
    person.press("İleri")
    person.condition("origin_differs")
    assert f"bağlanılan adrese ({server.url}) giriş için verilmemiş" in person.text
    person.shot("durum-origin_differs")
    assert len(server.asked) == 1
