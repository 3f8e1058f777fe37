"""What a station refuses or is refused, beside what cards and authorities refuse."""

from __future__ import annotations

from signing.errors import IssuerAway, SigningError


class OfficeAway(IssuerAway):
    """The office gave no answer, or asks for patience: wait; params: where, reason."""

    code = "office_away"


class OfficeRefused(SigningError):
    """The office refused with a reason of its own; params: refusal, title, detail."""

    code = "office_refused"

    @property
    def refusal(self) -> str:
        """The office's code of its reason."""
        return str(self.params["refusal"])


class SecretFileUnusable(SigningError):
    """The file with the secret of an office cannot be read, or others may; params: path."""

    code = "secret_file_unusable"
    again = False


class SpoolUnusable(SigningError):
    """The folder of results cannot be written, so no card is begun; params: where."""

    code = "spool_unusable"


class SpoolInUse(SigningError):
    """Another station works with this folder; params: where."""

    code = "spool_in_use"


class CardOfOtherMaker(SigningError):
    """The card in the reader is of another maker than the order wants; params: wanted, found."""

    code = "card_of_other_maker"


class CardNotBlank(SigningError):
    """The card in the reader was used before; params: label."""

    code = "card_not_blank"


class StationOptionWrong(SigningError):
    """An option of the program cannot be used as it is; params: option."""

    code = "station_option_wrong"
    again = False
