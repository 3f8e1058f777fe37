"""The page of nes-imza: what lies in the folder of builds, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from web.gate.composition import KEY
from web.imza.builds import builds_in

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.kit.web.visitor import Visitor
    from web.gate.composition import Composition

LINUX = "nes-imza-0.3.0-linux-x86_64.tar.xz"
WINDOWS = "nes-imza-0.3.0-windows-x86_64-unsigned.msi"


@pytest.fixture
def builds(app: Flask, composition: Composition, tmp_path: Path) -> Path:
    """Give the folder whose builds the site hands out."""
    settings = composition.settings.model_copy(update={"imza_builds": tmp_path})
    app.extensions[KEY] = replace(composition, settings=settings)
    return tmp_path


def test_the_newest_build_of_each_system_is_shown_with_size_and_digest(
    visitor: Visitor, builds: Path
) -> None:
    content = b"x" * 2_345_678
    (builds / LINUX).write_bytes(content)
    (builds / "nes-imza-0.10.0-macos-arm64-unsigned.dmg").write_bytes(b"new")
    (builds / "nes-imza-0.9.0-macos-arm64-unsigned.dmg").write_bytes(b"old")
    (builds / WINDOWS).write_bytes(b"m")
    page = visitor.get("/nes-imza")
    assert page.heading == "nes-imza programı"
    assert page.all("h3") == ["Windows (x86_64)", "macOS (arm64)", "Linux (x86_64)"]
    assert page.all("dd")[8:] == ["0.3.0", LINUX, "2,3 MB", hashlib.sha256(content).hexdigest()]
    assert "0.9.0" not in page.text
    assert page.text.count("yayımlayan imzalamadı") == 2
    assert f"tar -xf {LINUX} && nes-imza/kur" in page.text


def test_a_build_is_handed_out_as_it_lies_there(visitor: Visitor, builds: Path) -> None:
    (builds / LINUX).write_bytes(b"an archive")
    answer = visitor.client.get(f"/nes-imza/{LINUX}", buffered=True)
    assert answer.status_code == 200
    assert answer.data == b"an archive"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={LINUX}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_build_that_changed_has_another_digest(builds: Path) -> None:
    (builds / LINUX).write_bytes(b"first")
    (first,) = builds_in(builds)
    assert first.sha256 == hashlib.sha256(b"first").hexdigest()
    (builds / LINUX).write_bytes(b"second, longer")
    assert first.sha256 == hashlib.sha256(b"second, longer").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "nes-imza-0.3.0-linux-x86_64.tar.xz.part", "nes-imza-0.3.0-terminal-linux-x86_64.tar.xz",
        "nes-imza-x-linux-x86_64.zip", "nes-imza-0.3.0-beos-x86_64.zip", "secret.txt",
        "nes-imza-0.3.0-linux-x86_64.tar.xz<b>",
    ],
)  # fmt: skip
def test_what_is_no_build_is_neither_shown_nor_handed_out(
    visitor: Visitor, builds: Path, name: str
) -> None:
    (builds / name).write_bytes(b"not for you")
    (builds / "nes-imza-0.4.0-linux-x86_64.tar.xz").mkdir()
    (builds / "nes-imza-0.5.0-linux-x86_64.tar.xz").symlink_to(builds / name)
    page = visitor.get("/nes-imza")
    assert "Bu sayfada henüz indirilecek bir dosya yok." in page.text
    assert "make imza" in page.text
    assert visitor.client.get(f"/nes-imza/{name}").status_code == 404


@pytest.mark.parametrize("path", ["..%2Fkeys", "%2e%2e/keys", "nes-imza-0.3.0-linux-x86_64.zip"])
def test_no_path_leads_out_of_the_folder(visitor: Visitor, builds: Path, path: str) -> None:
    assert builds.is_dir()
    assert visitor.client.get(f"/nes-imza/{path}").status_code == 404


def test_without_the_setting_the_folder_of_the_house_is_looked_into(
    visitor: Visitor, app: Flask, composition: Composition, tmp_path: Path
) -> None:
    settings = composition.settings.model_copy(update={"var": tmp_path, "demo": False})
    app.extensions[KEY] = replace(composition, settings=settings)
    assert "make imza" not in visitor.get("/nes-imza").text
    (tmp_path / "imza").mkdir()
    (tmp_path / "imza" / LINUX).write_bytes(b"x")
    assert visitor.get("/nes-imza").all("h3") == ["Linux (x86_64)"]
