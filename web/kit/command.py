"""How the code pages start nes-imza: by a link, and in the demo by commands of a shell."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from urllib.parse import urlencode

from web.gate.composition import composed
from web.kit.address import here

PROGRAM = "nes-imza"
ANY_CARD = "KART-ETİKETİ"
"""What stands for the label of a card that this server does not know."""


def link(digits: str) -> str:
    """Return the link that opens the window of nes-imza with a code of this server."""
    return f"nes-imza:sign?{urlencode({'code': digits, 'server': here()})}"


def signing(digits: str, label: str = ANY_CARD, *options: str) -> str:
    """Return the command that signs with one card, as it is typed into a terminal."""
    card = ["--token", label, *options]
    return shlex.join([_program(), digits or "KOD", *_server(), *card, *_store()])


def window() -> str:
    """Return the command that opens the window of nes-imza for this server."""
    return shlex.join([_program(), *_server(), *_store()])


def _program() -> str:
    """Return what starts nes-imza; it lies beside the demo's Python, as a rule not on the path."""
    beside = Path(sys.executable).with_name(PROGRAM)
    return _short(beside) if beside.exists() else PROGRAM


def _short(path: Path) -> str:
    """Return a path as it is typed where the demo was started."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _server() -> list[str]:
    return ["--url", here()]


def _store() -> list[str]:
    """Return the option that names the folder of the demo's cards."""
    return ["--store", _short(composed().settings.var / "tokens")]
