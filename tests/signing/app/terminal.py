"""nes-imza run as from a shell, with settings of the test's own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from signing.app import cli
from tests.kit.signing import house as kit
from tests.signing.app.messages import CODE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.tokens.slots import TokenStore
    from tests.signing.app.small_server import Server


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the settings of the program in the folder of the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "nes-imza" / "settings.json"


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def nes_imza(
    server: Server,
    store: TokenStore,
    signer: kit.Signer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Outcome]:
    """Run the command as from a shell; the PIN comes through standard input."""

    def run(
        *, code: str = CODE, pin: str = kit.PIN, card: str | None = None, url: str | None = None
    ) -> Outcome:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{pin}\nsecond line\n"))
        arguments = [code, "--url", url or server.url, "--store", str(store.directory)]
        arguments += ["--token", card or signer.produced.card_serial, "--pin-stdin"]
        status = cli.main(arguments)
        said = capsys.readouterr()
        return Outcome(status, said.out, said.err)

    return run
