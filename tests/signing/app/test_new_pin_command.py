"""The command that sets a new PIN: what is typed, what is told, how it ends."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING

import click
import pytest
from pkcs11 import TokenFlag

from signing.app import cli
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW
from tests.signing.app.messages import CODE, PIN_TEXT, REFUSED, claim_answer, pin_answer
from tests.signing.app.small_server import Server, server
from tests.signing.app.terminal import at_home
from tests.signing.app.test_new_pin import NEW, card, opens

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

__all__ = ["at_home", "card", "server"]


@pytest.fixture
def typed(
    server: Server,
    store: TokenStore,
    card: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Run the command; what is entered comes from the keyboard, or else through its input."""
    server.claim = (200, pin_answer(card))

    def run(
        *entered: str, options: tuple[str, ...] = (), label: str = card
    ) -> tuple[int, str, str]:
        rest = iter(entered)
        monkeypatch.setattr(cli, "getpass", lambda question: _noted(question, next(rest)))
        arguments = [CODE, "--url", server.url, "--store", str(store.directory), "--token", label]
        status = cli.main([*arguments, *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    def _noted(question: str, answer: str) -> str:
        click.echo(question)
        return answer

    monkeypatch.setattr("sys.stdin", io.StringIO("e\n"))
    return run


def test_the_command_sets_a_pin_and_sends_the_proof(
    typed: Callable[..., tuple[int, str, str]],
    server: Server,
    store: TokenStore,
    card: str,
    authority: Authority,
    lists: Revocation,
) -> None:
    status, out, err = typed(NEW, NEW)
    assert (status, err) == (0, "")
    for part in (
        f"Kart: {card}", "Amaç: Kart PIN'inin belirlenmesi", "Kişi: AYŞE YILMAZ (100******46)",
        PIN_TEXT.splitlines()[-1], f"Okuyucudaki kart: {card}", "4–16 hane. Eski PIN sorulmaz.",
        "Yeni PIN: ", "Yeni PIN (yeniden): ",
    ):  # fmt: skip
        assert part in out
    assert out.index("Kart: ") < out.index("Yeni PIN: ") < out.index("Onayınız alındı")
    (_, claimed), (_, result) = server.asked
    assert claimed == {"code": CODE}
    container = base64.b64decode(result["container"])
    assert validate(
        container, PIN_TEXT.encode(), trust=authority.trust, revocation=lists, at=NOW
    ).qualified
    assert opens(store, card, NEW)
    for hidden in (NEW, kit.SO_PIN):
        assert hidden not in out + err + json.dumps(result)


def test_the_command_asks_again_for_a_pin_that_will_not_do(
    typed: Callable[..., tuple[int, str, str]], store: TokenStore, card: str
) -> None:
    status, out, _ = typed(NEW, "864208", "1", "1", NEW, NEW)
    assert status == 0
    assert out.index("İki yeni PIN birbirinin aynı değil.") < out.index("PIN 4–16 haneli olmalıdır")
    assert opens(store, card, NEW)


def test_a_script_gives_the_new_pin_in_two_lines(
    typed: Callable[..., tuple[int, str, str]],
    store: TokenStore,
    card: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n{NEW}\n"))
    assert typed(options=("--pin-stdin",))[0] == 0
    assert opens(store, card, NEW)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n123456\n"))
    status, _, err = typed(options=("--pin-stdin",))
    assert (status, err.split(".")[0]) == (1, "Yeni PIN'i yeniden girin")


def test_a_locked_card_is_opened_where_the_code_is_said_to_be_for_that(
    typed: Callable[..., tuple[int, str, str]], server: Server, store: TokenStore, card: str
) -> None:
    kit.mark_pin(store, card, TokenFlag.USER_PIN_LOCKED)
    status, _, err = typed()
    assert (status, err.split(".")[0], server.asked) == (1, "Kartınız kilitlendi", [])
    status, _, err = typed(NEW, NEW, options=("--new-pin",))
    assert (status, err) == (0, "")
    assert opens(store, card, NEW)
    assert not store.token(card).locked


def test_a_locked_card_signs_nothing_else_with_that_option(
    typed: Callable[..., tuple[int, str, str]], server: Server, store: TokenStore, card: str
) -> None:
    server.claim = (200, claim_answer())
    kit.mark_pin(store, card, TokenFlag.USER_PIN_LOCKED)
    status, _, err = typed(options=("--new-pin",))
    assert (status, err.split(".")[0]) == (1, "Kartınız kilitlendi")
    assert len(server.asked) == 1


def test_another_card_in_the_reader_is_told_with_the_number_of_the_right_one(
    typed: Callable[..., tuple[int, str, str]], server: Server, store: TokenStore, card: str
) -> None:
    server.claim = (200, pin_answer("KART-YOK"))
    status, out, err = typed()
    assert status == 1
    assert "Takılması gereken kart: KART-YOK" in err
    assert "Yeni PIN: " not in out
    assert opens(store, card, kit.PIN)


def test_a_refused_proof_is_told_and_the_pin_stays_set(
    typed: Callable[..., tuple[int, str, str]], server: Server, store: TokenStore, card: str
) -> None:
    server.result = (422, REFUSED)
    status, _, err = typed(NEW, NEW)
    assert (status, err) == (1, "İmza kabul edilmedi. Karttaki kişi başvuru sahibi değil.\n")
    assert opens(store, card, NEW)


def test_an_older_program_reads_the_servers_own_sentence(
    typed: Callable[..., tuple[int, str, str]], server: Server
) -> None:
    detail = "nes-imza'nın bu sürümü bu işlemi bilmiyor; güncel sürümü kurunuz."
    server.claim = (409, REFUSED | {"code": "program_too_old", "detail": detail})
    status, _, err = typed()
    assert status == 1
    assert detail in err
