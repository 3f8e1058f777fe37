"""What a code page starts the program with: a link that it reads, commands that can be typed."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from signing.app.link import CodeLink
from web.gate.composition import KEY
from web.kit import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from web.gate.composition import Composition

PUBLIC = "https://nes.example"


@pytest.fixture
def office(app: Flask, composition: Composition) -> Iterator[None]:
    """Give a request of an office that is no demo."""
    changed = {"demo": False, "public_url": PUBLIC}
    settings = composition.settings.model_copy(update=changed)
    app.extensions[KEY] = replace(composition, settings=settings)
    with app.test_request_context(base_url=PUBLIC):
        yield


@pytest.fixture
def demo(
    app: Flask, composition: Composition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give a request of a demo whose Python has nes-imza beside it; return that folder."""
    assert composition.settings.demo
    folder = tmp_path / "a place" / "bin"
    folder.mkdir(parents=True)
    (folder / "nes-imza").touch()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.chdir(tmp_path)
    overrides = {"SERVER_PORT": "8000"}
    with app.test_request_context(base_url="http://127.0.0.1/", environ_overrides=overrides):
        yield folder


@pytest.mark.usefixtures("office")
def test_the_link_is_read_by_the_program_as_it_was_meant() -> None:
    link = command.link("123456789012345")
    assert CodeLink.parse(link) == CodeLink(PUBLIC, "123456789012345")


@pytest.mark.usefixtures("demo")
def test_without_a_code_its_place_is_named() -> None:
    assert shlex.split(command.signing(""))[1] == "KOD"


@pytest.mark.usefixtures("demo")
def test_a_label_is_one_word_whatever_it_holds() -> None:
    typed = command.signing("1", "Ayşe'nin kartı; rm -rf /", "--pin-stdin")
    assert shlex.split(typed)[4:7] == ["--token", "Ayşe'nin kartı; rm -rf /", "--pin-stdin"]


def test_in_a_demo_both_are_named_from_where_it_was_started(demo: Path) -> None:
    assert shlex.split(command.window()) == [
        "a place/bin/nes-imza", "--url", "http://127.0.0.1:8000", "--store", "var/tokens",
    ]  # fmt: skip
    (demo / "nes-imza").unlink()
    assert shlex.split(command.window())[0] == "nes-imza"


def test_what_lies_elsewhere_is_named_by_its_whole_path(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo)
    words = shlex.split(command.signing("1"))
    assert words[0] == "nes-imza"
    assert words[-1] == str(demo.parent.parent / "var" / "tokens")
