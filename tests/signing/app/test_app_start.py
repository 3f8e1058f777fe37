"""nes-imza started with a PDF, with an unknown server, without a code, and without Qt."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from signing.app import cli
from signing.cms import pades
from signing.tokens.pin import Pin
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

from tests.signing.app.messages import CODE, PDF_TEXT, pdf_answer, prepared_pdf
from tests.signing.app.small_server import Server, server
from tests.signing.app.terminal import Outcome, at_home, nes_imza

__all__ = ["at_home", "nes_imza", "server"]


def test_the_words_of_a_pdf_are_shown_and_its_byte_range_is_signed(
    nes_imza: Callable[..., Outcome], server: Server, authority: Authority, lists: Revocation
) -> None:
    server.claim = (200, pdf_answer())
    done = nes_imza()
    assert (done.code, done.err) == (0, "")
    assert PDF_TEXT in done.out
    assert "PIN ve PUK bilgilerimi kimseyle paylaşmam." in done.out
    container = base64.b64decode(server.asked[1][1]["container"])
    content = pades.covered(prepared_pdf())
    verdict = validate(container, content, trust=authority.trust, revocation=lists, at=NOW)
    assert verdict.qualified
    assert verdict.claimed_time is None  # the dictionary of the PDF says it (EN 319 142-1, 6.3)


@pytest.mark.parametrize("words", ["", "Formun düz metni"])
def test_without_the_desktop_extra_a_pdf_lies_in_a_file_until_it_is_signed(
    words: str,
    nes_imza: Callable[..., Outcome],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    server.claim = (200, pdf_answer(text=words))
    seen: list[bytes] = []

    def read_the_file() -> str:
        path = next(line for line in shown if line.endswith(".pdf"))
        seen.append(Path(path).read_bytes())
        return kit.PIN

    shown: list[str] = []
    monkeypatch.setattr(click, "echo", lambda text="", **_: shown.extend(str(text).splitlines()))
    monkeypatch.setattr(cli, "_ask_pin", lambda *_, **__: Pin(read_the_file()))
    assert nes_imza().code == 0
    assert seen == [prepared_pdf()]
    assert (words in shown) == bool(words)
    assert not Path(next(line for line in shown if line.endswith(".pdf"))).exists()


def test_a_person_confirms_a_server_once(
    server: Server,
    store: TokenStore,
    signer: kit.Signer,
    at_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "getpass", lambda _: kit.PIN)
    arguments = [CODE, "--url", server.url, "--store", str(store.directory)]
    arguments += ["--token", signer.produced.card_serial]
    monkeypatch.setattr("sys.stdin", io.StringIO("h\n"))
    assert cli.main(arguments) == 1
    assert "Sunucu tanınmıyor" in capsys.readouterr().err
    assert server.asked == []
    monkeypatch.setattr("sys.stdin", io.StringIO("evet\n"))
    assert cli.main(arguments) == 0
    assert json.loads(at_home.read_text())["servers"] == [server.url]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli.main(arguments) == 0


def test_a_script_that_names_a_server_is_not_asked_and_leaves_nothing(
    nes_imza: Callable[..., Outcome], at_home: Path
) -> None:
    assert nes_imza().code == 0
    assert not at_home.exists()


def test_without_a_code_or_with_a_link_the_window_opens(
    monkeypatch: pytest.MonkeyPatch, store: TokenStore, server: Server
) -> None:
    opened: list[tuple[object, ...]] = []

    def open_window(*told: object) -> int:
        opened.append(told)
        return 0

    started = types.SimpleNamespace(open_window=open_window)
    monkeypatch.setitem(sys.modules, "signing.app.window.start", started)
    assert cli.main([]) == 0
    assert cli.main(["--url", server.url, "--store", str(store.directory)]) == 0
    assert cli.main(["nes-imza:sign?code=1", "--store", str(store.directory)]) == 0
    assert opened == [
        ("", None, None, ""), (server.url, store.directory, None, ""),
        ("", store.directory, None, "nes-imza:sign?code=1"),
    ]  # fmt: skip


def test_without_qt_the_window_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "signing.app.window.start", None)
    assert cli.main([]) == 1
    said = capsys.readouterr().err
    assert "Pencere açılamadı" in said
    assert "pip install pyside6-essentials pypdfium2" in said


def test_the_terminal_does_not_load_qt() -> None:
    program = (
        "import sys, signing.app.cli; "
        "sys.exit(any(name.startswith(('PySide6', 'pypdfium2', 'web', 'handlers', 'flask'))"
        " for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == 0
