"""Keeping the main file of each SoftHSM token whole, whenever a process that logs in is killed.

SoftHSM truncates `token.object` and writes it anew at every login, so a process killed in between
leaves an empty file, and the keys beside it can never be opened again. A copy lies beside it from
before the first login on; a main file that is empty or shorter than its copy is put back from it.
Only the generation number in front of the file changes with each login. Who writes here holds the
store's lock "login", under which every login happens.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from signing.errors import StoreFull

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAIN = "token.object"
COPY = "token.object.whole"
_DRAFT = "token.object.draft"
_NUMBER = 8  # bytes of every number in the file, most significant first
_LABEL = 0x80005349  # CKA_OS_TOKENLABEL, which SoftHSM writes first
_SIZES = {1: 1, 2: _NUMBER}  # kinds of attributes with a fixed size: a truth value, a number
_BYTES = 3  # the kind whose length stands before it


def folders(tokens: Path) -> list[Path]:
    """List the folders of the tokens, in the order of their names; none when `tokens` is away."""
    try:
        return sorted(entry for entry in tokens.iterdir() if (entry / MAIN).is_file())
    except OSError:
        return []


def secure(folder: Path) -> None:
    """Make sure that the copy says what the main file says, but for its generation number.

    Raises StoreFull when the copy cannot be written. A main file that is not whole is not copied.
    """
    with _named(folder):
        data = (folder / MAIN).read_bytes()
        if is_whole(data) and data[_NUMBER:] != _read(folder / COPY)[_NUMBER:]:
            _put(folder, COPY, data)


def mend(folder: Path) -> bool:
    """Put the main file back from its copy when it is torn; say whether it is whole now."""
    if not is_torn(folder):
        return True
    copy = _read(folder / COPY)
    if not is_whole(copy):
        return False
    with _named(folder):
        _put(folder, MAIN, copy)
    return True


def is_torn(folder: Path) -> bool:
    """Say whether the main file is empty, shorter than its copy or, without one, cut off."""
    size, copy = _size(folder / MAIN), _size(folder / COPY)
    if size == 0 or size < copy:
        return True
    return copy == 0 and not is_whole(_read(folder / MAIN))


def is_lost(folder: Path) -> bool:
    """Say whether the main file is torn and nothing is there to put it back from."""
    return is_torn(folder) and not is_whole(_read(folder / COPY))


def label_of(folder: Path) -> str | None:
    """Read the token's label from its main file or the copy, without the module; None unknown."""
    for name in (MAIN, COPY):
        values = dict(_attributes(_read(folder / name)))
        if _LABEL in values:
            return values[_LABEL].decode("utf-8", "replace").rstrip(" \0")
    return None


def folder_of(tokens: Path, serial: str) -> Path | None:
    """Find the folder of a token by its serial number, from which SoftHSM names the folder."""
    for found in tokens.glob(f"*{serial[:4]}-{serial[4:]}"):
        return found
    wanted = serial.encode()
    return next((one for one in folders(tokens) if wanted in _read(one / MAIN)), None)


def is_whole(data: bytes) -> bool:
    """Say whether the bytes are a main file to its very end, with one attribute at least."""
    place = _NUMBER
    while step := _step(data, place):
        place = step[1]
    return _NUMBER < place == len(data)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = _NUMBER
    while step := _step(data, place):
        begin, end = step
        yield _number(data, place), data[begin:end]
        place = end


def _step(data: bytes, place: int) -> tuple[int, int] | None:
    """Give where the value of the attribute at `place` begins and ends; None when it is cut off."""
    begin = place + 2 * _NUMBER
    kind = _number(data, place + _NUMBER)
    size = _SIZES.get(kind)
    if kind == _BYTES:
        size, begin = _number(data, begin), begin + _NUMBER
    if size is None or begin + size > len(data):
        return None
    return begin, begin + size


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + _NUMBER], "big")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _put(folder: Path, name: str, data: bytes) -> None:
    """Write a file whole or not at all, so that it is there after a loss of power too."""
    draft = folder / _DRAFT
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    # Windows opens no folder, and has no need of it.
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFull(where=str(folder)) from error
