"""The root of the house's errors, and what the stores refuse with."""

from __future__ import annotations


class CodedError(Exception):
    """A refusal that the house makes on purpose: a code and parameters.

    ``code`` is stable for machines, ``params`` fill the sentence that the edge tells in the
    reader's language. The signing room has a root of its own in the same form
    (`signing.errors.SigningError`), for it is delivered without the other rooms.
    """

    code: str = "error"

    def __init__(self, **params: object) -> None:
        """Keep the parameters; none of them may hold a secret or a TCKN."""
        super().__init__(self.code, params)
        self.params = params


class StoreError(CodedError):
    """A refusal to whoever keeps the installation, with an English sentence of what to do.

    The sentence is made where the refusal is: it quotes paths, programs and settings, and only
    a terminal or a log tells it.
    """

    code = "store_error"

    def __init__(self, sentence: str, **params: str | int) -> None:
        """Keep the sentence and the parameters; neither holds a secret."""
        super().__init__(**params)
        self.args = (sentence,)


class SettingsError(StoreError):
    """A setting is unknown, missing or malformed; params: setting."""

    code = "settings_invalid"


class DatabaseUnavailable(StoreError):
    """PostgreSQL cannot be started or reached, is too old or takes no writes; params: where, why.

    ``why`` is ``read_only`` or ``out_of_reach`` where it is known.
    """

    code = "database_unavailable"
