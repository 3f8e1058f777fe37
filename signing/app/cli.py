"""The command `nes-imza`: options in, Turkish sentences out, 0 only for an accepted signature."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from functools import partial
from getpass import getpass
from pathlib import Path

import click

from signing.app import screen
from signing.app.client import Service
from signing.app.errors import Abandoned, DesktopAbsent, OriginUnknown, SettingsUnwritable
from signing.app.link import SCHEME
from signing.app.modules import open_store
from signing.app.protocol import ClaimRequest
from signing.app.settings import SettingsKeeper
from signing.app.terminal import TerminalDesk, run
from signing.app.words.refusals import tell
from signing.errors import SigningError
from signing.tokens.pin import Pin

FAILED = 1
MISUSED = 2
YES = frozenset({"e", "E", "evet", "Evet"})


def _ask_pin(question: str, *, from_stdin: bool) -> Pin:
    """Read a PIN: the next line of standard input, or unseen from the terminal."""
    return Pin(sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass(question))


@click.command(epilog="Örnek: nes-imza 123456789012345 --url https://nes.example --token KART-001")
@click.argument("code", required=False)
@click.option("--url", help="Kodu veren sayfanın sunucu adresi.")
@click.option("--token", help="Kartın etiketi (üzerindeki seri numarası).")
@click.option(
    "--module",
    type=click.Path(path_type=Path),
    help="Kart sürücüsü (PKCS#11 modülü); verilmezse bulunan ilk sürücü.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Deneme kartlarının (SoftHSM) klasörü.",
)
@click.option(
    "--pin-stdin",
    is_flag=True,
    help="PIN'i standart girdinin ilk satırından oku; yeni PIN için ikinci satır yinelemesidir.",
)
@click.option(
    "--new-pin", is_flag=True, help="Kod yeni PIN içindir: kilitli kart da kullanılabilir."
)
def command(  # noqa: PLR0913 - each is an option of the command
    *,
    code: str | None,
    url: str | None,
    token: str | None,
    module: Path | None,
    store: Path | None,
    pin_stdin: bool,
    new_pin: bool,
) -> int:
    """Doğrulama kodunun gösterdiği belgeyi kartınızla imzalar ve gönderir.

    Kodsuz ya da sayfanın nes-imza: bağlantısıyla başlatılırsa pencereyi açar. Kodla terminalde
    çalışır: önce kimin ne istediğini, belgenin tamamını ve kartınızı gösterir; PIN'i ondan
    sonra sorar.
    """
    if code is None or code.startswith(SCHEME):
        return _window(url or "", store, module, code or "")
    if url is None or token is None:
        raise click.UsageError("Kodla birlikte --url ve --token da gerekir.")
    request = ClaimRequest.parse(code)
    service = Service(url)
    try:
        _confirm(service.url, asked=not pin_stdin)
        desk = TerminalDesk(
            service=service,
            store=open_store(store, module, SettingsKeeper.at_home().load().module),
            show=click.echo,
            ask_pin=partial(_ask_pin, from_stdin=pin_stdin),
            elapsed=time.monotonic,
            ask_again=not pin_stdin,
            new_pin=new_pin,
        )
        accepted = run(desk, token, request)
    finally:
        service.close()
    for line in screen.success(accepted):
        click.echo(line)
    return 0


def _confirm(url: str, *, asked: bool) -> None:
    """Ask once for each server whether it is meant; a script has named it on purpose."""
    keeper = SettingsKeeper.at_home()
    known = keeper.load()
    if not asked or known.knows(url):
        return
    click.echo(f"Bu bilgisayardan daha önce bu sunucu için imza atılmadı: {url}")
    if input("Adres, kodu gördüğünüz sayfanın adresi mi? [e/H] ").strip() not in YES:
        raise OriginUnknown(url=url)
    with contextlib.suppress(SettingsUnwritable):
        keeper.save(known.with_server(url))


def _window(url: str, store: Path | None, module: Path | None, link: str) -> int:
    """Open the window, on a link if there is one; DesktopAbsent where Qt cannot be loaded."""
    try:
        start = importlib.import_module("signing.app.window.start")
    except ImportError as error:
        raise DesktopAbsent from error
    return int(start.open_window(url, store, module, link))


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code; every failure is one sentence on stderr."""
    try:
        answer = command.main(arguments, prog_name="nes-imza", standalone_mode=False)
    except SigningError as error:
        click.echo(str(tell(error)), err=True)
        return FAILED
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo(str(tell(Abandoned())), err=True)
        return FAILED
    except click.ClickException as error:
        click.echo(
            f"Komut anlaşılamadı: {error.format_message()} Yardım: nes-imza --help", err=True
        )
        return MISUSED
    return int(answer or 0)
