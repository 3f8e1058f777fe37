"""Where card drivers (PKCS#11 modules) lie on each platform, the national card's first."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from signing.tokens.slots import TokenStore
from signing.tokens.softhsm import CANDIDATES as SOFTHSM

AKIS: dict[str, tuple[str, ...]] = {
    "linux": (
        "/usr/lib/libakisp11.so",
        "/usr/lib64/libakisp11.so",
        "/usr/lib/x86_64-linux-gnu/libakisp11.so",
        "/usr/local/lib/libakisp11.so",
    ),
    "darwin": ("/usr/local/lib/libakisp11.dylib", "/Library/AKIA/libakisp11.dylib"),
    "win32": (r"C:\Windows\System32\akisp11.dll",),
}
OPENSC: dict[str, tuple[str, ...]] = {
    "linux": (
        "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
        "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
        "/usr/lib64/opensc-pkcs11.so",
        "/usr/lib/opensc-pkcs11.so",
    ),
    "darwin": ("/Library/OpenSC/lib/opensc-pkcs11.so",),
    "win32": (r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",),
}
DRIVERS = {"AKiS": AKIS, "OpenSC": OPENSC, "SoftHSM": SOFTHSM}


@dataclass(frozen=True)
class Driver:
    """A card driver that is installed here."""

    name: str
    path: Path


def found(platform: str = sys.platform, root: Path = Path("/")) -> list[Driver]:
    """List the drivers that are installed, one of each sort; `root` is where paths begin."""
    drivers = []
    for name, candidates in DRIVERS.items():
        paths = [root / path.lstrip("/") for path in candidates.get(platform, ())]
        installed = next((path for path in paths if path.is_file()), None)
        if installed is not None:
            drivers.append(Driver(name, installed))
    return drivers


def open_store(store: Path | None, module: Path | None, chosen: str = "") -> TokenStore:
    """Open the cards: behind the driver of the command, else of the settings, else one found.

    With a folder of SoftHSM cards the driver is SoftHSM unless the command names another. Raises
    ModuleAbsent when there is no driver.
    """
    if module or store:
        return TokenStore(store, module)
    path = Path(chosen) if chosen else next((driver.path for driver in found()), None)
    return TokenStore(None, path)
