"""The command `nes-imza`: options in, Turkish sentences out, 0 only for an accepted signature."""

from __future__ import annotations

import sys
import time
from getpass import getpass
from pathlib import Path

import click

from signing.app import screen
from signing.app.client import Service
from signing.app.errors import Abandoned
from signing.app.protocol import ClaimRequest
from signing.app.terminal import Desk, run
from signing.errors import SigningError
from signing.pin import Pin
from signing.tokens import TokenStore

FAILED = 1
MISUSED = 2


def _ask_pin(*, from_stdin: bool) -> Pin:
    """Read the PIN: one line of standard input, or unseen from the terminal."""
    return Pin(sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass("PIN: "))


@click.command(epilog="Örnek: nes-imza 123456789012345 --url https://nes.example --token KART-001")
@click.argument("code")
@click.option("--url", required=True, help="Kodu veren sayfanın sunucu adresi.")
@click.option("--token", required=True, help="Kartın etiketi (üzerindeki seri numarası).")
@click.option(
    "--module",
    type=click.Path(path_type=Path),
    help="PKCS#11 modülü; verilmezse SoftHSM.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Deneme kartlarının (SoftHSM) klasörü.",
)
@click.option("--pin-stdin", is_flag=True, help="PIN'i standart girdinin ilk satırından oku.")
def command(
    *, code: str, url: str, token: str, module: Path | None, store: Path | None, pin_stdin: bool
) -> None:
    """Doğrulama kodunun gösterdiği metni kartınızla imzalar ve gönderir.

    Önce kimin ne istediğini, metnin tamamını ve kartınızı gösterir; PIN'i ondan sonra sorar.
    """
    request = ClaimRequest.parse(code)
    service = Service(url)
    try:
        desk = Desk(
            service=service,
            store=TokenStore(store, module),
            show=click.echo,
            ask_pin=lambda: _ask_pin(from_stdin=pin_stdin),
            elapsed=time.monotonic,
            ask_again=not pin_stdin,
        )
        accepted = run(desk, token, request)
    finally:
        service.close()
    for line in screen.success(accepted):
        click.echo(line)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code; every failure is one sentence on stderr."""
    try:
        answer = command.main(arguments, prog_name="nes-imza", standalone_mode=False)
    except SigningError as error:
        click.echo(str(error), err=True)
        return FAILED
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo(str(Abandoned()), err=True)
        return FAILED
    except click.ClickException as error:
        click.echo(
            f"Komut anlaşılamadı: {error.format_message()} Yardım: nes-imza --help", err=True
        )
        return MISUSED
    return int(answer or 0)
