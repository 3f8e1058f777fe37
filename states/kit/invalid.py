"""The error for a value that a person typed or sent and that cannot be kept as it is."""

from __future__ import annotations

from states.kit.errors import CodedError


class Invalid(CodedError, ValueError):
    """A value that is not what it should be.

    ``code`` names what is wrong (``tckn.checksum``), ``params`` hold what the sentence mentions,
    as it was typed (never a TCKN). The sentence for the one who gave the value stands under the
    code in `handlers.kit.sentences`, for this room makes none.
    """

    def __init__(self, code: str, **params: object) -> None:
        """Keep the code and the parameters."""
        self.code = code
        super().__init__(**params)
