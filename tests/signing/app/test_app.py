"""nes-imza from the command line to the answer of a small server in a thread."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click
import pytest
from pkcs11 import TokenFlag

from signing.app import cli
from signing.app.client import LARGEST_ANSWER, Service, checked_address
from signing.app.errors import AddressRefused
from signing.fingerprint import short_fingerprint
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

from tests.kit.pins import shows
from tests.signing.app.messages import CODE, REFUSED, TEXT, claim_answer
from tests.signing.app.small_server import Server, server
from tests.signing.app.terminal import Outcome, at_home, nes_imza

__all__ = ["at_home", "nes_imza", "server"]


def test_a_signature_goes_all_the_way(
    nes_imza: Callable[..., Outcome], server: Server, authority: Authority, lists: Revocation
) -> None:
    done = nes_imza(code="123-456 789-012 345")
    assert (done.code, done.err) == (0, "")
    (claim_path, claim), (result_path, result) = server.asked
    assert (claim_path, claim) == ("/api/imza/claim", {"code": CODE})
    assert (result_path, result["secret"]) == ("/api/imza/result", "gizli-ikinci-anahtar")
    container = base64.b64decode(result["container"])
    verdict = validate(container, TEXT.encode(), trust=authority.trust, revocation=lists, at=NOW)
    assert verdict.qualified
    assert verdict.claimed_time is not None
    assert NOW <= verdict.claimed_time < NOW + timedelta(seconds=292)
    assert "Onayınız alındı." in done.out
    assert "NES-2026-7" in done.out
    assert not shows(done.out + done.err + json.dumps(server.asked[0]), kit.PIN)
    assert result.keys() == {"secret", "container"}


def test_everything_is_shown_before_the_signature(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    shown = nes_imza().out
    for part in (
        f"Bağlanılan adres: {server.url}",
        "İsteyen: nes-ofis deneme sunucusu",
        "Amaç: Elektronik onay verme",
        "Kişi: AYŞE YILMAZ (100******46)",
        "Oluşturulma: 22.11.2026 11:59",
        "Kalan süre: 292 saniye",
        "İmza profili: P1 – temel imza",
        f"Metnin özeti: {short_fingerprint(TEXT.encode())}",
        "Başvurularımı elektronik olarak onaylıyorum: İçeriği okudum.",
        "Sertifika sahibi: AYŞE YILMAZ",
        "Veren: TEST NES Sertifika Hizmet Sağlayıcısı",
        "Geçerlilik: 23.10.2026 12:00 – 22.10.2028 12:00",
        "PIN deneme hakkınız tam.",
    ):
        assert part in shown
    assert shown.index("Sertifika sahibi") < shown.index("Onayınız alındı")
    assert "10000000146" not in shown


@pytest.mark.parametrize("code", ["", "1234", CODE + "1", "12345678901234x", "\u0661" * 15])
def test_a_code_of_another_shape_is_refused_without_asking_anyone(
    code: str, nes_imza: Callable[..., Outcome], server: Server
) -> None:
    done = nes_imza(code=code)
    assert done.code == 1
    assert "Kod 15 rakamdan oluşur" in done.err
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://nes.example",
        "ftp://127.0.0.1",
        "nes.example",
        "http://",
        "https://",
        "https://user:x@nes.example",
        "https://nes.example/?a=1",
        "https://nes.example/#a",
        "http://[::1",
        "https://nes.example:port",
        "http://127.0.0.1.nes.example",
        "http://nes.example\\@127.0.0.1",
        "http://127.0.0.1\\.nes.example",
    ],
)
def test_an_address_that_could_be_overheard_is_refused(
    url: str, nes_imza: Callable[..., Outcome], server: Server
) -> None:
    done = nes_imza(url=url)
    assert done.code == 1
    assert "https" in done.err
    assert server.asked == []
    with pytest.raises(AddressRefused):
        checked_address(url)


@pytest.mark.parametrize(
    "url",
    ["https://nes.example", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"],
)
def test_https_and_this_very_machine_are_fine(url: str) -> None:
    assert checked_address(url + "/") == url


def test_proxies_are_only_asked_on_the_way_out() -> None:
    inside, outside = Service("http://localhost:1"), Service("https://nes.example")
    # requests is asked itself, since a proxy would see the code and the secret.
    assert not inside._session.trust_env  # noqa: SLF001 - requests itself is asked
    assert outside._session.trust_env  # noqa: SLF001 - the same
    inside.close()
    outside.close()


def test_a_server_that_does_not_answer_is_one_sentence(nes_imza: Callable[..., Outcome]) -> None:
    done = nes_imza(url="http://127.0.0.1:9")
    assert done.code == 1
    assert done.err == "Bağlantıyı denetleyin. Sunucuya ulaşılamadı: http://127.0.0.1:9\n"


@pytest.mark.parametrize("status", [404, 409, 410, 429])
def test_a_refused_code_says_why_in_the_words_of_the_server(
    status: int, nes_imza: Callable[..., Outcome], server: Server
) -> None:
    problem = {"code": "x", "title": "Kodun süresi doldu.", "detail": "Yeni kod alın."}
    server.claim = (status, problem)
    done = nes_imza()
    assert (done.code, done.err) == (1, "Kodun süresi doldu. Yeni kod alın.\n")
    assert len(server.asked) == 1


def test_a_refused_signature_says_why_in_the_words_of_the_server(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.result = (422, REFUSED)
    done = nes_imza()
    assert done.code == 1
    assert done.err == "İmza kabul edilmedi. Karttaki kişi başvuru sahibi değil.\n"


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"<html>"), (302, b""), (500, b"oops"), (200, []), (422, {"title": "x"}), (302, {})],
)
def test_an_answer_that_is_not_understood_signs_nothing(
    status: int, content: object, nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (status, content)
    done = nes_imza()
    assert done.code == 1
    assert "anlaşılamadı" in done.err
    assert [path for path, _ in server.asked] == ["/api/imza/claim"]


def test_a_result_that_is_not_accepted_is_no_success(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.result = (200, {"result": "maybe", "reference": "x", "title": "x"})
    assert nes_imza().code == 1


def test_a_text_with_another_fingerprint_is_not_signed(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (200, claim_answer(text=TEXT + "x"))
    done = nes_imza()
    assert done.code == 1
    assert "özeti sayfadaki özetle aynı değil" in done.err
    assert len(server.asked) == 1


def test_a_text_for_another_person_is_not_signed(
    nes_imza: Callable[..., Outcome], server: Server, store: TokenStore, signer: kit.Signer
) -> None:
    server.claim = (200, claim_answer(tckn_masked="123******45"))
    done = nes_imza(pin="9999")
    assert (done.code, done.err.split(".")[0]) == (1, "Kendi kartınızı takın")
    assert not store.token(signer.produced.card_serial).tries_fewer


def test_a_code_that_ran_out_meanwhile_is_not_used(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (200, claim_answer(expires_at=NOW.isoformat()))
    done = nes_imza()
    assert (done.code, done.err.split(".")[0]) == (1, "Süre doldu")
    assert "Kalan süre: 0 saniye" in done.out
    assert len(server.asked) == 1


def test_a_wrong_pin_from_standard_input_is_tried_only_once(
    nes_imza: Callable[..., Outcome], store: TokenStore, fresh: str
) -> None:
    done = nes_imza(pin="9999", card=fresh)
    assert (done.code, done.err) == (1, "PIN yanlış. Kalan hakkınız azaldı.\n")
    assert store.token(fresh).tries_fewer
    assert "Dikkat: daha önce yanlış PIN girildi" in nes_imza(card=fresh).out


def test_an_absent_card_costs_no_code(nes_imza: Callable[..., Outcome], server: Server) -> None:
    done = nes_imza(card="YOK")
    assert (done.code, done.err.split(".")[0]) == (1, "Kartınızı takın")
    assert server.asked == []


def test_a_card_without_a_certificate_costs_no_code(
    nes_imza: Callable[..., Outcome],
    server: Server,
    store: TokenStore,
    new_order: Callable[..., ProductionOrder],
) -> None:
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    done = nes_imza(card=label)
    assert (done.code, done.err.split(".")[0]) == (1, "Bu kart kullanılamıyor")
    assert server.asked == []


@pytest.fixture
def fresh(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> str:
    """Give the label of a ready card of this test's own."""
    return kit.demo_card(store, authority, new_order()).produced.card_serial


@pytest.mark.parametrize(
    ("flag", "title"),
    [
        (TokenFlag.USER_PIN_LOCKED, "Kartınız kilitlendi"),
        (TokenFlag.USER_PIN_TO_BE_CHANGED, "PIN'i değiştirin"),
    ],
)
def test_a_card_that_cannot_sign_costs_no_code(
    flag: TokenFlag,
    title: str,
    fresh: str,
    nes_imza: Callable[..., Outcome],
    server: Server,
    store: TokenStore,
) -> None:
    kit.mark_pin(store, fresh, flag)
    done = nes_imza(card=fresh)
    assert (done.code, done.err.split(".")[0]) == (1, title)
    assert server.asked == []


def test_the_last_try_is_told_before_it_is_spent(
    fresh: str, nes_imza: Callable[..., Outcome], store: TokenStore
) -> None:
    kit.mark_pin(store, fresh, TokenFlag.USER_PIN_FINAL_TRY)
    done = nes_imza(card=fresh)
    assert done.code == 0
    assert "Son deneme: bir kez daha yanlış girilirse kart kilitlenir." in done.out


def test_a_person_at_the_keyboard_is_asked_again_after_a_wrong_pin(
    fresh: str,
    server: Server,
    store: TokenStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = iter(["9999", kit.PIN])
    prompts: list[str] = []

    def getpass(prompt: str) -> str:
        prompts.append(prompt)
        return next(typed)

    monkeypatch.setattr(cli, "getpass", getpass)
    arguments = [CODE, "--url", server.url, "--token", fresh, "--store", str(store.directory)]
    monkeypatch.setattr("sys.stdin", io.StringIO("e\n"))
    assert cli.main(arguments) == 0
    shown = capsys.readouterr().out
    assert prompts == ["PIN: ", "PIN: "]
    wrong = shown.index("PIN yanlış. Kalan hakkınız azaldı.")
    assert wrong < shown.rindex("Dikkat: daha önce yanlış PIN girildi")


def test_a_person_who_stops_at_the_pin_signs_nothing(
    server: Server,
    store: TokenStore,
    signer: kit.Signer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "getpass", stop)
    monkeypatch.setattr("sys.stdin", io.StringIO("e\n"))
    arguments = [CODE, "--url", server.url, "--store", str(store.directory)]
    assert cli.main([*arguments, "--token", signer.produced.card_serial]) == 1
    assert capsys.readouterr().err.strip() == "Vazgeçildi. İmza atılmadı."
    assert len(server.asked) == 1


def test_a_misused_command_is_a_sentence_with_the_way_to_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([CODE, "--token", "X"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Komut anlaşılamadı:")
    assert "nes-imza --help" in said
    assert said.count("\n") == 1


def test_the_help_shows_every_option_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for part in ("--url", "--token", "--module", "--store", "--pin-stdin", "Örnek: nes-imza"):
        assert part in shown
    assert isinstance(cli.command, click.Command)


def test_an_unknown_module_is_named(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--pin-stdin"]
    arguments += [CODE, "--url", server.url, "--token", "X", "--module", f"{tmp_path}/akis.so"]
    assert cli.main(arguments) == 1
    assert "akis.so" in capsys.readouterr().err
    assert server.asked == []


def test_the_program_itself_reads_the_pin_from_a_pipe_and_leaves_no_trace_of_it(
    server: Server, store: TokenStore, signer: kit.Signer
) -> None:
    program = "import sys; from signing.app.cli import main; sys.exit(main())"
    command = [sys.executable, "-W", "error", "-c", program, CODE, "--url", server.url]
    command += ["--store", str(store.directory), "--token", signer.produced.card_serial]
    done = subprocess.run(
        [*command, "--pin-stdin"],
        input=f"{kit.PIN}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "NES-2026-7" in done.stdout
    assert not shows(done.stdout, kit.PIN)


def test_an_empty_pipe_is_a_pin_of_impossible_length(
    nes_imza: Callable[..., Outcome], store: TokenStore, signer: kit.Signer
) -> None:
    done = nes_imza(pin="")
    assert (done.code, done.err) == (
        1,
        "PIN uzunluğunu denetleyin. PIN 4–16 haneli olmalıdır.\n",
    )
    assert not store.token(signer.produced.card_serial).tries_fewer


def test_an_answer_without_end_is_not_read_to_its_end(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (200, b"[" + b" " * LARGEST_ANSWER)
    done = nes_imza()
    assert done.code == 1
    assert "anlaşılamadı" in done.err


def test_an_answer_that_nests_too_deep_is_not_understood(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (200, b"[" * 200_000)
    assert "anlaşılamadı" in nes_imza().err
