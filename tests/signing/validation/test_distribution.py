"""The card holder's program is a wheel of its own: it signs where nothing of the office is."""

from __future__ import annotations

import ast
import base64
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from signing.validation.validate import validate
from tests.house.tree import PRODUCT, ROOT, name, python_files, syntax
from tests.house.wheels import Place, borrow, build, installed, laid_out, needed, project
from tests.kit.signing import house as kit
from tests.signing.app.messages import CODE, TEXT
from tests.signing.app.small_server import Server, server

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

__all__ = ["server"]

MODULES = {"pkcs11": "python-pkcs11", "PySide6": "pyside6-essentials"}
"""What is imported, where its package has another name."""

POSIX = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}
"""Modules of Python that are there on POSIX systems only."""

ELSEWHERE = f"""
import importlib, importlib.util, os, sys
import asn1crypto.x509, click, cryptography.x509, fasteners, pkcs11, pyhanko.sign, requests
import pyhanko.pdf_utils.reader, pyhanko.sign.validation.dss
for module in {sorted(POSIX)}:
    sys.modules[module] = None
for call in ("fork", "register_at_fork", "getuid", "geteuid", "setsid", "sysconf", "uname"):
    delattr(os, call)
for module in ("signing.app.cli", "signing.app.modules", "signing.app.pdf"):
    importlib.import_module(module)
for gone in ("flask", "sqlalchemy", "PySide6", "web", "handlers", "workflow", "states"):
    assert importlib.util.find_spec(gone) is None, gone
print("imported")
"""


def plain(requirement: str) -> str:
    """Return the name in a requirement."""
    return requirement.split("[", maxsplit=1)[0].split(">", maxsplit=1)[0]


def imported(folder: str) -> set[str]:
    """Return the modules, by their first name, that the files of a folder import anywhere."""
    return {
        module.partition(".")[0]
        for path in python_files("signing")
        if name(path).startswith(folder)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in [getattr(node, "module", None) or node.names[0].name]
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of nes-imza."""
    return build(ROOT / "signing", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Install it beside the packages that it asks for, and those that they ask for."""
    made = installed(wheel, tmp_path_factory.mktemp("imza"))
    packages = needed(project(ROOT / "signing")["dependencies"])
    borrow(made, laid_out(packages, made.folder / "packages"))
    return made


def test_the_wheel_holds_the_room_and_the_licence_of_the_whole(wheel: Path) -> None:
    assert wheel.name == f"nes_imza-{project(ROOT)['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as opened:
        held = {one for one in opened.namelist() if ".dist-info/" not in one}
        (licence,) = [one for one in opened.namelist() if one.endswith("licenses/LICENSE")]
        assert opened.read(licence) == (ROOT / "LICENSE").read_bytes()
    assert held == {name(path) for path in python_files("signing")} | {
        "signing/app/window/arrow.svg"
    }


def test_it_asks_for_what_the_room_imports_in_the_versions_of_the_whole() -> None:
    told, whole = project(ROOT / "signing"), project(ROOT)
    window = told["optional-dependencies"]["desktop"]
    everywhere = {*whole["dependencies"], *whole["optional-dependencies"]["desktop"]}
    assert {one.replace("[pkcs11]", "") for one in everywhere} >= {*told["dependencies"], *window}
    strangers = imported("signing/") - sys.stdlib_module_names - set(PRODUCT)
    packages = {MODULES.get(module, module).replace("_", "-") for module in strangers}
    # zoneinfo reads tzdata where the system has no time zones.
    assert packages | {"tzdata"} == {plain(one) for one in (*told["dependencies"], *window)}


def test_the_terminal_is_imported_where_the_system_is_no_posix_and_the_office_is_absent(
    place: Place,
) -> None:
    assert place.run("python", "-c", ELSEWHERE).stdout == "imported\n"


def test_the_window_too_asks_for_no_part_of_a_posix_system() -> None:
    assert "PySide6" in imported("signing/app/window/")
    assert imported("signing/app/") & POSIX == set()


def test_it_tells_how_it_is_used_and_what_the_window_needs(place: Place) -> None:
    assert "--pin-stdin" in place.run("nes-imza", "--help").stdout
    alone = subprocess.run(
        [place.programs / "nes-imza"], cwd=place.home, env=place.environment({}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert alone.returncode == 1
    assert "pip install pyside6-essentials pypdfium2" in alone.stderr


def test_it_signs_what_a_server_asks_for(
    place: Place, server: Server, store: TokenStore, signer: kit.Signer,
    authority: Authority, lists: Revocation,
) -> None:  # fmt: skip
    words = ["--url", server.url, "--store", str(store.directory), "--pin-stdin"]
    done = subprocess.run(
        [place.programs / "nes-imza", CODE, *words, "--token", signer.produced.card_serial],
        cwd=place.home, env=place.environment({"XDG_CONFIG_HOME": str(place.home)}),
        input=f"{kit.PIN}\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert TEXT.splitlines()[0] in done.stdout
    container = base64.b64decode(server.asked[1][1]["container"])
    verdict = validate(
        container, TEXT.encode(), trust=authority.trust, revocation=lists, at=kit.NOW
    )
    assert verdict.qualified
