"""Freeze nes-imza on Windows or macOS with cx_Freeze; windows.ps1 and macos.sh run it.

    python .ci/imza/freeze.py bdist_msi     # Windows: an installer for one user
    python .ci/imza/freeze.py bdist_dmg     # macOS: a disk image with the application

Both register the links `nes-imza:`. Neither signs anything: see the two scripts.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from cx_Freeze import Executable, setup

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PLACE = r"[TARGETDIR]nes-imza.exe"
KEY = r"Software\Classes\nes-imza"

BUILD = {
    "packages": ["signing.app", "pkcs11", "pyhanko", "pyhanko_certvalidator", "tzdata"],
    "includes": ["pypdfium2", "PySide6.QtWidgets", "PySide6.QtSvg"],
    "excludes": ["tkinter", "test", "unittest", "lib2to3", "sqlite3", "signing.station"],
    "path": [str(ROOT), *sys.path],
}
MSI = {
    "all_users": False,
    "upgrade_code": "{5D2A7A0E-6C0B-4C55-9C57-2F4E35B2B1A4}",
    "data": {
        # Root 1 is HKEY_CURRENT_USER.
        "Registry": [
            ("link", 1, KEY, None, "URL:nes-imza", "TARGETDIR"),
            ("protocol", 1, KEY, "URL Protocol", "", "TARGETDIR"),
            ("open", 1, rf"{KEY}\shell\open\command", None, f'"{PLACE}" "%1"', "TARGETDIR"),
        ]
    },
}
MAC = {
    "bundle_name": "nes-imza",
    "plist_items": [
        ("CFBundleIdentifier", "org.nes-ofis.nes-imza"),
        (
            "CFBundleURLTypes",
            [{"CFBundleURLName": "nes-imza", "CFBundleURLSchemes": ["nes-imza"]}],
        ),
    ],
}

setup(
    name="nes-imza",
    version=PROJECT["version"],
    description="Signs with the card in the reader what a page asks its holder to sign",
    options={"build_exe": BUILD, "bdist_msi": MSI, "bdist_mac": MAC},
    executables=[
        Executable(
            str(ROOT / "signing" / "app" / "__main__.py"),
            base="gui" if sys.platform == "win32" else None,
            target_name="nes-imza",
            shortcut_name="nes-imza",
            shortcut_dir="ProgramMenuFolder",
        )
    ],
)
