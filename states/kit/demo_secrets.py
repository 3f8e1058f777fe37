"""The secrets that demo mode makes by itself: one file each in ``var/keys``."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from states.kit.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

PIN_DIGITS = 8
KEY_BYTES = 32


def kept_secret(var: Path, key: str) -> str:
    """Return the secret kept in ``var/keys`` under an environment key, making it when absent.

    Processes that start together agree on one value: a finished file is linked into place, and the
    first link wins. Raises `SettingsError` when the folder cannot be written.
    """
    path = var / "keys" / key
    try:
        if not path.exists():
            _keep(path, _new_secret(key))
        return path.read_text(encoding="ascii")
    except OSError as error:
        sentence = f"{key} cannot be kept in {path}: {error.strerror}. Make the folder writable."
        raise SettingsError(sentence, setting=key) from error


def _keep(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_secret(key: str) -> str:
    if key == "NES_TOKEN_PIN":
        return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    return secrets.token_hex(KEY_BYTES)
