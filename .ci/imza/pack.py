"""Pack nes-imza with its Python into a folder or an archive that runs on a Linux without either.

    python .ci/imza/pack.py --into var/imza            # the archive, as it is handed out
    python .ci/imza/pack.py --folder FOLDER --bare     # the folder alone, without the window

It takes the Python that runs it, the packages that `signing/pyproject.toml` asks for, as they are
installed beside it, and the libraries that these need of the system, save the C library. Of those
the system's own are used where it has them (`start.py`), so that a card driver meets no other copy.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STDLIB = Path(sysconfig.get_path("stdlib"))
SITE = f"lib/{STDLIB.name}/site-packages"

GLIBC = re.compile(r"^(ld-linux|linux-vdso|lib(c|m|dl|rt|util|pthread|resolv|anl|nsl)\.so)")
"""What every Linux of this kind has of its own; another copy would not fit its loader."""

NOT_PYTHON = {
    "__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3",
    "tkinter", "turtledemo", "ensurepip", "venv", "pydoc_data", "sqlite3", "curses", "dbm",
    "config-*",
}  # fmt: skip
"""Parts of Python that the program does not use."""

NOT_MODULES = re.compile(
    r"^(readline|_gdbm|_dbm|_curses|_curses_panel|_tkinter|_sqlite3|nis|ossaudiodev|xx|_test|_xx)"
)
"""Modules in C that it does not use; some bring libraries under the GPL (readline, gdbm)."""

QT = re.compile(
    r"[^/]+\.py$|support/|(Qt(Core|Gui|Widgets|Svg|DBus)|libpyside6)\.abi3"
    r"|Qt/lib/(libicu|libQt6(Core|Gui|Widgets|DBus|Svg|XcbQpa|OpenGL|WaylandClient)\.)"
    r"|Qt/plugins/(platforms/libq(xcb|wayland|offscreen)\.so|imageformats/libqsvg\.so"
    r"|iconengines/|platforminputcontexts/lib(compose|ibus)|wayland-shell-integration/libxdg-shell"
    r"|wayland-decoration-client/libbradient)"
    r"|Qt/translations/qtbase_(tr|en)\.qm$"
)
"""The small part of Qt that the window needs, inside its package."""

UNUSED = frozenset({"pycparser"})


def version() -> str:
    """Return the version of the product, which is that of nes-imza."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def packages(*, bare: bool) -> dict[str, Distribution]:
    """Return the installed packages that nes-imza leads to; without those of the window if bare."""
    project = tomllib.loads((ROOT / "signing" / "pyproject.toml").read_text("utf-8"))["project"]
    window = project["optional-dependencies"]["desktop"]
    waiting = [*project["dependencies"], *([] if bare else window)]
    found: dict[str, Distribution] = {}
    while waiting:
        match = re.match(r"[A-Za-z0-9._-]+", waiting.pop())
        name = match[0].lower().replace("_", "-") if match else ""
        if not name or name in found or name in UNUSED:
            continue
        try:
            package = found[name] = distribution(name)
        except PackageNotFoundError:  # of another system or an older Python
            continue
        waiting += [one for one in package.requires or () if "extra ==" not in one]
    return found


def put(source: Path, target: Path) -> None:
    """Put one file into the folder; a link to the same file is as good as a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    real = source.resolve()
    if target.exists():
        return
    try:
        os.link(real, target)
    except OSError:
        shutil.copy2(real, target)


def put_python(folder: Path) -> None:
    """Put the interpreter and its library."""
    program = f"python{sysconfig.get_config_var('VERSION')}"
    put(Path(sysconfig.get_config_var("BINDIR"), program), folder / "bin" / "python3")
    unwanted = shutil.ignore_patterns(*NOT_PYTHON)
    for where, folders, names in os.walk(STDLIB):
        skipped = unwanted(where, [*folders, *names])
        folders[:] = sorted(set(folders) - skipped)
        for name in sorted(set(names) - skipped):
            place = Path(where, name)
            if not (place.parent.name == "lib-dynload" and NOT_MODULES.match(name)):
                put(place, folder / "lib" / STDLIB.name / place.relative_to(STDLIB))
    library = sysconfig.get_config_var("INSTSONAME") or ""
    shared = Path(sysconfig.get_config_var("LIBDIR") or "/") / library
    if sysconfig.get_config_var("Py_ENABLE_SHARED") and shared.is_file():
        put(shared, folder / "lib" / library)


def wanted(package: str, path: str) -> bool:
    """Say whether a file of a package belongs into the folder; of Qt it is a small part."""
    if "__pycache__" in path or path.startswith("..") or path.endswith((".pyi", ".pyx", ".pxd")):
        return False
    if package != "pyside6-essentials" or not path.startswith("PySide6/"):
        return not re.match(r"[^/]+/tests?/", path)
    inside = path.removeprefix("PySide6/")
    return bool(QT.match(inside))


def put_packages(folder: Path, found: dict[str, Distribution]) -> None:
    """Put the packages and the room `signing/` itself."""
    for name, package in sorted(found.items()):
        for path in package.files or ():
            source = Path(str(package.locate_file(path)))
            if wanted(name, path.as_posix()) and source.is_file():
                put(source, folder / SITE / path)
    for source in sorted((ROOT / "signing").rglob("*")):
        inside = source.relative_to(ROOT)
        if source.is_file() and source.suffix in {".py", ".svg"} and "station" not in inside.parts:
            put(source, folder / SITE / inside)


def binaries(folder: Path) -> list[Path]:
    """Return the programs and libraries in a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (".so" in path.name or path.parent.name == "bin"):
            with path.open("rb") as opened:
                if opened.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def needed_by(files: Iterable[Path], folder: Path) -> Iterator[tuple[str, Path | None]]:
    """Yield each library that files are loaded with, and where it lies; None is: not here."""
    libraries = [folder / "lib", *(folder / SITE).glob("PySide6/Qt/lib")]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, libraries)), "LC_ALL": "C"}
    done = subprocess.run(
        ["ldd", *map(str, files)], env=environment, capture_output=True, text=True, check=False
    )
    for line in done.stdout.splitlines():
        match = re.match(r"\s+(\S+) => (not found|\S+)", line)
        if match:
            yield match[1], None if match[2] == "not found" else Path(match[2])


def put_libraries(folder: Path) -> tuple[list[Path], set[str]]:
    """Put what is needed of the system, for one that lacks it; return it, and what is missing."""
    files = binaries(folder)
    inside = {path.name for path in files}
    at_start = {name for name, _ in needed_by([folder / "bin" / "python3"], folder)}
    taken, missing = [], set()
    for name, path in needed_by(files, folder):
        if GLIBC.match(name) or name in inside:
            continue
        if path is None:
            missing.add(name)
            continue
        inside.add(name)
        taken.append(path)
        # Python finds the spare ones with ctypes: what both need lies where the loader looks.
        first = name in at_start or name.startswith("libffi.")
        put(path, folder / "lib" / ("" if first else "spare") / name)
    return taken, missing


def put_licences(folder: Path, libraries: list[Path]) -> None:
    """Put the licences of what was taken from the system, as the system tells them."""
    put(ROOT / "LICENSE", folder / "LICENSE")
    if not shutil.which("dpkg-query"):
        return
    names = {f"*/{path.name}" for path in libraries}
    done = subprocess.run(
        ["dpkg-query", "-S", *sorted(names)], capture_output=True, text=True, check=False
    )
    for package in sorted({line.split(":")[0] for line in done.stdout.splitlines()}):
        told = Path("/usr/share/doc") / package / "copyright"
        if told.is_file():
            put(told, folder / "licences" / package)


def c_library(folder: Path) -> str:
    """Return the oldest C library on which everything in the folder loads."""
    found = {
        tuple(map(int, match.split(b".")))
        for path in binaries(folder)
        for match in re.findall(rb"GLIBC_(\d+\.\d+)\0", path.read_bytes())
    }
    return ".".join(map(str, max(found, default=(2, 17))))


def make(folder: Path, *, bare: bool) -> list[str]:
    """Make the folder; return what somebody should know of it."""
    folder.mkdir(parents=True)
    put_python(folder)
    put_packages(folder, packages(bare=bare))
    libraries, missing = put_libraries(folder)
    put_licences(folder, libraries)
    for name in ("start.py", "nes-imza", "kur", "nes-imza.svg"):
        shutil.copyfile(HERE / name, folder / name)
    for name in ("nes-imza", "kur"):
        (folder / name).chmod(0o755)
    said = [f"Linux {platform.machine()}, glibc >= {c_library(folder)}, Python {sys.version[:6]}"]
    if missing:
        said.append(f"not found here, so not packed: {' '.join(sorted(missing))}")
    return said


def archive(folder: Path, target: Path) -> str:
    """Write the folder as an archive that depends on its content alone; return its SHA-256."""
    compileall.compile_dir(
        folder, quiet=2, workers=0, stripdir=str(folder), prependdir="/nes-imza",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )  # fmt: skip
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or _committed_at())

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = moment
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with tarfile.open(part, "w:xz", preset=4, dereference=True) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = packed.gettarinfo(path, f"nes-imza/{path.relative_to(folder)}")
                member.type, member.linkname, member.size = tarfile.REGTYPE, "", path.stat().st_size
                with path.open("rb") as opened:
                    packed.addfile(plain(member), opened)
    part.replace(target)
    with target.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _committed_at() -> str:
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "0"


def main() -> int:
    """Pack as the arguments say; tell what was made."""
    parser = argparse.ArgumentParser(description="Pack nes-imza with its Python for Linux.")
    parser.add_argument("--into", type=Path, help="the folder for the archive")
    parser.add_argument("--folder", type=Path, help="make this folder and no archive")
    parser.add_argument("--bare", action="store_true", help="the terminal only, without the window")
    chosen = parser.parse_args()
    if (chosen.into is None) == (chosen.folder is None):
        parser.error("give --into or --folder")
    folder = chosen.folder or ROOT / "var" / "pack" / "nes-imza"
    if chosen.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    for line in make(folder, bare=chosen.bare):
        sys.stdout.write(f"{line}\n")
    if chosen.into is not None:
        kind = "terminal-" if chosen.bare else ""
        name = f"nes-imza-{version()}-{kind}linux-{platform.machine()}.tar.xz"
        digest = archive(folder, chosen.into / name)
        shutil.rmtree(folder)
        size = (chosen.into / name).stat().st_size
        sys.stdout.write(f"{chosen.into / name}\n{size} bytes, SHA-256 {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
