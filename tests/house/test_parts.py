"""Properties of the parts: what lies at the top, what is installed, and what can be set."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions

import pytest

from states.kit.settings import KEYS, Settings
from tests.house.tree import PRODUCT, ROOT, files, name, python_files, text

TOP = {
    *PRODUCT,
    "tests",
    "docs",
    ".ci",
    "workflows.yaml",
    "pyproject.toml",
    "README.md",
    "README.tr.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Makefile",
    "LICENSE",
    "requirements.txt",
    ".gitignore",
}

# Written in halves so that this file does not name them either.
REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.",
    "crates" + ".io",
    "go" + "proxy",
)

PIN = re.compile(r"^([a-z0-9-]+)==[^ ]+( ;[^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")

USED_AS_A_LIBRARY = {
    "psycopg": "the driver; imported as it was published, and anybody may put another in its place",
    "psycopg-binary": "the same, with libpq",
    "psycopg-pool": "the same",
    "PySide6_Essentials": "Qt, of the extra `desktop`; a separate package that may be exchanged",
    "shiboken6": "the same",
}
"""Packages under the LGPL, and why our licence stands beside it (LGPL 3.0, section 4)."""

SILENT = {"axe-playwright-python": "its licence file is the MIT License; of the tests only"}
"""Packages whose metadata name no licence, and where it stands."""

LESSER = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)
COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def licence(distribution: Distribution) -> str:
    """Return what a package says of its licence; a long text counts by its first line only."""
    told = distribution.metadata
    said = [*(told.get_all("License-Expression") or []), *(told.get_all("License") or [])]
    marks = [mark for mark in told.get_all("Classifier") or [] if mark.startswith("License")]
    return " ".join([*(part.split("\n")[0] for part in said), *marks])


def bound(said: str) -> bool:
    """Say whether a licence leaves no choice but a copyleft one for what uses the package."""
    return all(COPYLEFT.search(choice) for choice in said.split(" OR "))


def pins() -> list[str]:
    """Return the pins of the lock, each with its hashes."""
    lines = [line for line in text(ROOT / "requirements.txt").split("\n") if "# " not in line]
    return [f"{pin}\n" for pin in re.split(r"\n(?=[a-z])", "\n".join(lines).rstrip())]


def test_the_top_level_holds_only_the_rooms_and_their_papers() -> None:
    assert {name(path).split("/")[0] for path in files()} - TOP == set()


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry: str) -> None:
    assert [name(path) for path in files() if registry in text(path)] == []


def test_every_package_of_the_lock_is_pinned_and_hashed() -> None:
    assert len(pins()) > 50
    assert [pin for pin in pins() if not PIN.fullmatch(pin)] == []


def test_the_lock_names_no_place_to_download_from() -> None:
    assert re.findall(r"(?m)^\s*-(?:-index|-extra|-find|i |f ).*$|://", "\n".join(pins())) == []


def test_what_is_installed_is_what_the_lock_says() -> None:
    told = {
        distribution.name.lower().replace("_", "-").replace(".", "-"): distribution.version
        for distribution in distributions()
    }
    pinned = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ]+) \\$", "\n".join(pins())))
    assert {key: told.get(key) for key in pinned if told.get(key) != pinned[key]} == {}


def test_no_installed_package_is_under_the_gpl_or_agpl() -> None:
    found = {package.name: licence(package) for package in distributions()}
    assert {key: value for key, value in found.items() if bound(value)} == {}
    assert bound("GPL-3.0-only OR AGPL-3.0-only")
    assert not bound("LGPL-3.0-only OR GPL-2.0-only")


def test_every_installed_package_names_its_licence() -> None:
    said = {package.name: licence(package).strip() for package in distributions()}
    assert {name for name, words in said.items() if not words} == set(SILENT)
    assert said["nes-ofis"] == "Apache-2.0"


def test_each_package_under_the_lgpl_has_its_reason() -> None:
    said = {package.name: licence(package) for package in distributions()}
    assert {name for name, words in said.items() if LESSER.search(words)} == set(USED_AS_A_LIBRARY)


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_read_somewhere(setting: str) -> None:
    readers = [
        name(path)
        for path in python_files(*PRODUCT)
        if name(path) != "states/kit/settings.py" and re.search(rf"\.{setting}\b", text(path))
    ]
    assert readers != []


def test_every_setting_stands_in_the_one_table_of_settings() -> None:
    rows = re.findall(r"(?m)^\| (`NES_[^|]+) \|", text(ROOT / "docs" / "running.md"))
    assert sorted(re.findall(r"NES_[A-Z0-9_]+", " ".join(rows))) == sorted(KEYS)
    assert "| `NES_" not in text(ROOT / "README.md")
