"""The root of what the stores refuse with: a stable code, parameters and one sentence."""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """A refusal with a stable code for machines, parameters, and a sentence of what to do."""

    code: ClassVar[str] = "store_error"

    def __init__(self, sentence: str, **params: str | int) -> None:
        """Keep the sentence for people and the parameters for machines; neither holds a secret."""
        super().__init__(sentence)
        self.params: dict[str, str | int] = params


class SettingsError(StoreError):
    """A setting is unknown, missing or malformed; params: setting."""

    code = "settings_invalid"


class DatabaseUnavailable(StoreError):
    """PostgreSQL cannot be started or reached, is too old or takes no writes; params: where, why.

    ``why`` is ``read_only`` or ``out_of_reach`` where it is known.
    """

    code = "database_unavailable"
