"""The error for a value that a person typed or sent and that cannot be kept as it is."""

from __future__ import annotations


class Invalid(ValueError):
    """A value that is not what it should be, with the sentence for the one who gave it.

    ``code`` is stable and machine readable (``tckn.checksum``), ``params`` hold what the sentence
    mentions (never a TCKN), ``sentence`` is Turkish: what is wrong and what to do.
    """

    def __init__(self, code: str, sentence: str, **params: object) -> None:
        """Keep the code, the sentence and its parameters."""
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.params = params
