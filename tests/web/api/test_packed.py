"""The packed nes-imza signs e-onay on a machine that has a card driver and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from signing.tokens.softhsm import find_module
from states.cases.consent import Consent
from tests.house.tree import ROOT
from tests.kit.pins import shows
from tests.kit.web.program import code_for_consent, digits, served

if TYPE_CHECKING:
    from flask import Flask

    from signing.tokens.slots import TokenStore
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

PACK = ROOT / ".ci" / "imza" / "pack.py"
DRIVER = "/usr/lib/softhsm/libsofthsm2.so"
C_LIBRARY = re.compile(r"(ld-linux|lib(c|m|dl|rt|util|pthread|resolv)\.so)")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack the terminal into a folder, by the program that packs the archive."""
    folder = tmp_path_factory.mktemp("packed") / "nes-imza"
    command = [sys.executable, str(PACK), "--folder", str(folder), "--bare"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def lay(path: Path, machine: Path, target: str = "") -> None:
    """Put a file of this machine into another one, by default where it lies here."""
    place = machine / (target or str(path)).lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path.resolve(), place)
    place.chmod(0o755)


def bare_machine(machine: Path, packed: Path, store: TokenStore) -> Path:
    """Make a machine: the C library and its shell, a card driver alone, cards, and the program."""
    packed.rename(machine / "nes-imza")
    shell = Path("/bin/sh").resolve()
    lay(shell, machine, "/bin/sh")
    lay(find_module(), machine, DRIVER)
    programs = [shell, *(machine / "nes-imza").rglob("*.so")]
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    for found in sorted(set(re.findall(r"(/\S+) \(0x", told))):
        if C_LIBRARY.match(Path(found).name):
            lay(Path(found), machine)
    assert store.directory is not None
    shutil.copytree(store.directory, machine / "cards")
    (machine / "home").mkdir()
    return machine


def test_it_signs_e_onay_where_nothing_is_but_a_card_driver(
    packed: Path, world: World, app: Flask, holder: Holder, token_store: TokenStore, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may change the root folder of a program")
    machine = bare_machine(tmp_path, packed, token_store)
    page = code_for_consent(holder.browser)
    with served(app) as site:
        ran = subprocess.run(
            [
                shutil.which("chroot") or "chroot", machine, "/nes-imza/nes-imza", digits(page),
                "--url", site, "--token", holder.held.card_serial, "--store", "/cards",
                "--module", DRIVER, "--pin-stdin",
            ],
            input=f"{holder.held.pin}\n", capture_output=True, text=True, check=False, timeout=120,
            env={"HOME": "/home"},
        )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    (consent,) = world.all(Consent)
    assert consent.state == "in_force"
    assert f"İşlem numarası: {consent.reference}" in ran.stdout
    assert not shows(ran.stdout, holder.held.pin)
