"""The settings of what plays apart from every office, and whether a folder holds a demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from states.kit.errors import SettingsError
from states.kit.setting_values import own_folder
from states.kit.settings import KEYS, SECRET_KEYS, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from states.kit.settings import Settings

OFFICE_KEYS = frozenset({*SECRET_KEYS, "NES_OIDC_ISSUER", "NES_CMP_SERVER"})
"""Keys by which an environment is known as that of a real office."""


def apart(env: Mapping[str, str], name: str) -> Settings:
    """Return demo settings whose keys, cards and embedded database stand in ``NES_VAR/name``.

    Nothing of a real office is touched or used: from its environment only the folder is taken,
    neither its database, nor its token, nor whom it asks. Raises `SettingsError`.
    """
    given = {key: value for key, value in env.items() if value}
    if OFFICE_KEYS & set(given):
        given = {key: value for key, value in given.items() if key not in KEYS or key == "NES_VAR"}
    try:
        folder = own_folder(Path(given.get("NES_VAR", "var")))
    except ValueError as error:
        raise SettingsError(f"NES_VAR is not usable: {error}.", setting="NES_VAR") from None
    return load_settings({**given, "NES_VAR": str(folder / name), "NES_DEMO": "1"})


def holds_demo(env: Mapping[str, str]) -> bool:
    """Say whether nothing is set but the folder, and a demo has kept its secrets there.

    A real office sets its secrets and is never taken for a demo.
    """
    if any(env.get(key) for key in KEYS - {"NES_VAR"}):
        return False
    kept = Path(env.get("NES_VAR") or "var") / "keys"
    return all((kept / key).is_file() for key in SECRET_KEYS)
