"""What the server or the clock does to a signature in the window, and how it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen
from signing.app.window.outcome import BusyScreen, ConditionScreen, DoneScreen
from signing.app.window.pin import PinScreen
from signing.errors import (
    StoreBusy,
)
from tests.kit.signing import house as kit
from tests.signing.app.messages import CODE, REFUSED, TEXT, claim_answer
from tests.signing.window.person import until
from tests.signing.window.test_conditions import Faulty, ask, faulty
from tests.signing.window.test_way import read, sign, to_the_pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person

__all__ = ["faulty"]


@pytest.mark.parametrize(
    ("code", "url", "condition"),
    [
        ("12345", None, "code_malformed"),
        (CODE, "http://nes.example", "address_refused"),
        (CODE, "", "address_refused"),
        (CODE, "http://127.0.0.1:9", "server_unreachable"),
    ],
)
def test_what_was_entered_wrong_is_told_and_kept(
    code: str,
    url: str | None,
    condition: str,
    ayse: str,
    open_person: Callable[..., Person],
    server: Server,
) -> None:
    person = open_person(servers=(server.url, "http://127.0.0.1:9"))
    screen = person.wait(CodeScreen)
    screen.server.setEditText(server.url if url is None else url)
    person.enter(screen.code, code)
    person.press("İleri")
    person.condition(condition)
    person.shot(f"durum-{condition}")
    assert server.asked == []
    assert ayse
    back = "Yeniden dene" if "Yeniden dene" in person.buttons else "Vazgeç"
    person.press(back)
    if back == "Yeniden dene":
        assert person.wait(CodeScreen).code.text() == code


def test_a_refused_code_is_told_in_the_words_of_the_server(person: Person, server: Server) -> None:
    problem = {"code": "x", "title": "Kodun süresi doldu.", "detail": "Yeni kod alın."}
    server.claim = (410, problem)
    ask(person)
    person.condition("server_refused")
    assert "Kodun süresi doldu\nYeni kod alın." in person.text
    person.shot("durum-server_refused")
    person.press("Yeniden dene")
    person.wait(CodeScreen)


def test_another_text_than_the_page_shows_is_not_signed(person: Person, server: Server) -> None:
    server.claim = (200, claim_answer(text=TEXT + "x"))
    ask(person)
    person.condition("fingerprint_differs")
    assert person.buttons.keys() == {"Vazgeç"}
    person.shot("durum-fingerprint_differs")


def test_a_denied_signature_leads_back_to_the_cards(person: Person, server: Server) -> None:
    server.result = (422, REFUSED)
    sign(person)
    person.condition("server_refused")
    assert "Karttaki kişi başvuru sahibi değil." in person.text
    person.press("Yeniden dene")
    person.wait(CertificateScreen)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_in_trouble_is_sent_the_same_signature_again(
    status: int, person: Person, server: Server
) -> None:
    accepted, server.result = server.result, (status, REFUSED)
    sign(person)
    person.condition("server_refused")
    server.result = accepted
    person.press("Yeniden dene")
    person.wait(DoneScreen)
    first, second = [body for path, body in server.asked if path.endswith("result")]
    assert first == second


def test_a_signature_that_did_not_arrive_is_sent_again(person: Person, server: Server) -> None:
    accepted, server.result = server.result, (200, b"<html>")
    to_the_pin(person)
    server.result = (0, b"")
    pin = person.wait(PinScreen)
    person.enter(pin.pin, kit.PIN)
    person.press("İmzala")
    person.condition("server_unreachable")
    server.result = accepted
    person.press("Yeniden dene")
    person.wait(DoneScreen)


def test_a_used_code_leads_back_to_the_first_screen(person: Person, server: Server) -> None:
    server.result = (409, REFUSED)
    sign(person)
    person.condition("server_refused")
    person.press("Yeniden dene")
    person.wait(CodeScreen)


def test_the_time_runs_down_and_ends_everything(person: Person) -> None:
    read(person)
    person.elapsed.seconds = 291.5
    person.wizard.tick()
    assert "Kalan süre: 1 saniye" in person.text
    person.elapsed.seconds = 292.0
    person.wizard.tick()
    person.condition("time_up")
    assert "Süre doldu" in person.text
    person.shot("durum-time_up")
    person.wizard.tick()
    person.press("Yeniden dene")
    assert person.wait(CodeScreen).code.text() == ""


def test_a_pin_that_comes_too_late_signs_nothing(person: Person, server: Server) -> None:
    pin = to_the_pin(person)
    person.elapsed.seconds = 292.0
    person.enter(pin.pin, kit.PIN)
    person.press("İmzala")
    person.condition("time_up")
    assert len(server.asked) == 1


def test_what_is_cancelled_while_it_is_refused_stays_cancelled(
    faulty: Faulty, open_person: Callable[..., Person]
) -> None:
    person = open_person(faulty)
    read(person)
    faulty.faults["tokens"] = [StoreBusy()]
    person.wizard.pin_work()
    person.wizard.cancel()
    shown = person.screen
    person.wizard.work("busy.card", lambda: 1, lambda _: None, lambda _: None)
    until(lambda: not faulty.faults["tokens"])
    person.wizard.tools.worker.submit(lambda: 1, lambda _: person.seen.append("x"), print)
    until(lambda: bool(person.seen))
    assert isinstance(shown, ConditionScreen)
    assert isinstance(person.screen, BusyScreen)


def test_the_time_does_not_interrupt_a_signature_on_its_way(person: Person) -> None:
    to_the_pin(person)
    person.elapsed.seconds = 292.0
    busy = BusyScreen(person.wizard.words, "İmzalanıyor…", 4)
    person.wizard.show(busy)
    person.shot("mesgul")
    person.wizard.tick()
    assert person.screen is busy


def test_closing_midway_leaves_nothing(person: Person, server: Server) -> None:
    pin = to_the_pin(person)
    person.enter(pin.pin, kit.PIN)
    field = pin.pin
    person.wizard.frame.close()
    assert field.text() == ""
    assert len(server.asked) == 1


def test_a_signature_that_is_made_after_the_window_was_closed_is_not_sent(
    person: Person, server: Server
) -> None:
    sign(person)
    person.wizard.cancel()
    assert isinstance(person.screen, ConditionScreen)
    person.press("Kapat")
    assert not person.wizard.frame.isVisible()
    assert len(server.asked) == 1
