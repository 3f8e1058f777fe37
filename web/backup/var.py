"""What of NES_VAR belongs to a backup: packed while nobody writes it, unpacked privately."""

from __future__ import annotations

import io
import os
import tarfile
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from handlers.kit.services import AUTHORITY_LABEL
from signing.tokens import shards, softhsm, whole
from states.kit.settings import SECRET_KEYS
from web.backup.errors import BackupUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from states.kit.settings import Settings

KEYS, TOKENS, CMP = "keys", "tokens", "cmp"
BELONGING = (KEYS, TOKENS, CMP)
"""The folders of NES_VAR that belong to the database; all else is made anew or is nobody's."""

AT_ONCE = 200
"""Tokens that are packed under one holding of the store's locks, so that production goes on."""

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


def kept_secrets(settings: Settings, *, owns_keys: bool) -> list[str]:
    """Return the secrets that NES_VAR keeps and that are in use: those of a demo.

    The PIN of a token is none of them where the house has keys (``owns_keys``) on one elsewhere.
    """
    used = {
        "NES_SECRET_KEY": settings.secret_key.get_secret_value(),
        "NES_LOOKUP_KEY": settings.lookup_key.hex(),
        "NES_PERSONAL_KEY": settings.personal_key.hex(),
        "NES_TOKEN_PIN": settings.token_pin.get_secret_value(),
    }
    found = [name for name in SECRET_KEYS if _kept(settings, name) == used[name]]
    outside = owns_keys and not holds_token(settings.var)
    return [name for name in found if not (outside and name == "NES_TOKEN_PIN")]


def holds_token(var: Path) -> bool:
    """Say whether the token with the house's own keys lies in a folder like NES_VAR."""
    found = whole.folders(var / TOKENS / softhsm.TOKENS)
    return any(whole.label_of(folder) == AUTHORITY_LABEL for folder in found)


def labels(var: Path) -> set[str | None]:
    """Return the labels of the tokens in a folder like NES_VAR; a card's is its serial number."""
    return {whole.label_of(folder) for folder in shards.token_folders(var / TOKENS)}


def holds_anything(folder: Path) -> bool:
    """Say whether one of these folders holds more than the files that are made anew."""
    if folder.name == TOKENS:
        return bool(shards.token_folders(folder)) or any((folder / softhsm.TOKENS).glob("*"))
    return any(path.is_file() for path in folder.rglob("*"))


def secrets_in(folder: Path) -> dict[str, str]:
    """Return the secrets that a folder like NES_VAR keeps."""
    found = {name: folder / KEYS / name for name in SECRET_KEYS}
    return {name: path.read_text("ascii") for name, path in found.items() if path.is_file()}


def secrets(given: IO[bytes], names: Iterable[str]) -> dict[str, str]:
    """Return the secrets of these names from a packed NES_VAR; raises BackupUnusable."""
    members = {f"{KEYS}/{name}": name for name in names}
    with tarfile.open(fileobj=given, mode="r|") as tar:
        found = {
            members[member.name]: data.read().decode("ascii")
            for member in tar
            if member.name in members and (data := tar.extractfile(member))
        }
    missing = sorted(set(members.values()) - set(found))
    if missing:
        sentence = f"The backup should hold {missing[0]} and does not. Take another backup."
        raise BackupUnusable(sentence, where=missing[0])
    return found


def pack(settings: Settings, kept: Iterable[str], target: Path) -> None:
    """Write what belongs to the database into a tar file; raises StoreBusy and OSError.

    ``kept`` names the secrets. Tokens are packed while nobody makes one or logs in, so that none
    is caught half written.
    """
    with tarfile.open(target, "w") as tar:
        for name in kept:
            _add(tar, settings.var, [settings.var / KEYS / name])
        _add(tar, settings.var, _files(settings.var / CMP))
        for found in _tokens(settings.var / TOKENS):
            _add(tar, settings.var, (path for folder in found for path in _files(folder)))


def unpack(given: IO[bytes], folder: Path) -> None:
    """Write the files of a packed NES_VAR below a folder, for their owner alone.

    Raises BackupUnusable for a file that would land elsewhere, and OSError.
    """
    with tarfile.open(fileobj=given, mode="r|") as tar:
        for member in tar:
            place = PurePosixPath(member.name)
            data = tar.extractfile(member) if member.isfile() else None
            if data is None or place.parts[0] not in BELONGING or ".." in place.parts:
                sentence = f"The backup holds {member.name!r}, which is no file of NES_VAR."
                raise BackupUnusable(sentence, where=member.name)
            _put(folder / place, data.read())


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _kept(settings: Settings, name: str) -> str | None:
    path = settings.var / KEYS / name
    return path.read_text(encoding="ascii") if path.is_file() else None


def _tokens(store: Path) -> Iterator[list[Path]]:
    """Yield some token folders at a time, and keep everybody from them meanwhile."""
    found = whole.folders(store / softhsm.TOKENS)
    for begin in range(0, len(found), AT_ONCE):
        with _still((store, softhsm.PRODUCE), (store, softhsm.LOGIN)):
            yield found[begin : begin + AT_ONCE]
    for card in shards.folders(store):
        with _still((card.parent, softhsm.PRODUCE), (card, softhsm.LOGIN)):
            yield whole.folders(card / softhsm.TOKENS)


@contextmanager
def _still(*locks: tuple[Path, str]) -> Iterator[None]:
    with ExitStack() as stack:
        for folder, purpose in locks:
            stack.enter_context(softhsm.exclusive(folder, purpose))
        yield


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _add(tar: tarfile.TarFile, var: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # what an enrolment no longer needs is removed at any time
        member = tarfile.TarInfo(path.relative_to(var).as_posix())
        member.size, member.mode = len(data), _PRIVATE_FILE
        member.mtime = int(path.stat().st_mtime)
        tar.addfile(member, io.BytesIO(data))
