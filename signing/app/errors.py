"""What nes-imza refuses before or beside the card: codes, addresses, answers, passed time."""

from __future__ import annotations

from signing.errors import SigningError, TokenAbsent


class CodeMalformed(SigningError):
    """The verification code is not 15 digits."""

    code = "code_malformed"


class AddressRefused(SigningError):
    """The address is neither https nor http on this very machine; params: url."""

    code = "address_refused"
    again = False


class LinkMalformed(SigningError):
    """A `nes-imza:` link is none that a code page writes."""

    code = "link_malformed"
    again = False


class LinkHostRefused(SigningError):
    """A `nes-imza:` link leads to a server that no link may name; params: url."""

    code = "link_host_refused"
    again = False


class ServerUnreachable(SigningError):
    """No answer came; params: url."""

    code = "server_unreachable"


class AnswerMalformed(SigningError):
    """The server answered something that the protocol does not know; params: field."""

    code = "answer_malformed"
    again = False


class PurposeUnknown(AnswerMalformed):
    """The server asks for something that only a later version of this program knows."""

    code = "purpose_unknown"


class ServerRefused(SigningError):
    """The server refused with a reason of its own; params: status, refusal, title, detail."""

    code = "server_refused"


class FingerprintDiffers(SigningError):
    """The text that came is not the one whose fingerprint the server shows."""

    code = "fingerprint_differs"
    again = False


class PurposeDiffers(SigningError):
    """The document was written for another purpose than the one the server names, or for none."""

    code = "purpose_differs"
    again = False


class OriginDiffers(SigningError):
    """The sign-in is for another address than the one that was connected to; params: url."""

    code = "origin_differs"


class TimeUp(SigningError):
    """The code ran out before the signature was made."""

    code = "time_up"


class Abandoned(SigningError):
    """The person stopped before the signature."""

    code = "abandoned"


class DesktopAbsent(SigningError):
    """The libraries of the window (the extra `desktop`) are not installed or cannot start."""

    code = "desktop_absent"
    again = False


class SettingsUnwritable(SigningError):
    """The file of the settings cannot be written; params: where."""

    code = "settings_unwritable"


class PinsDiffer(SigningError):
    """The new PIN was not entered twice the same."""

    code = "pins_differ"


class PukWrong(SigningError):
    """The card refused the PUK and counted a try of its own."""

    code = "puk_wrong"


class PukLocked(SigningError):
    """The card takes no PUK any more: nothing opens it again."""

    code = "puk_locked"
    again = False


class OtherCard(SigningError):
    """The card whose PIN is to be set is in no reader, another one is; params: card."""

    code = "other_card"


class SecretRefused(SigningError):
    """The card did not take the unlock secret of the office, so its PIN is as it was."""

    code = "secret_refused"
    again = False


class PinUnproved(SigningError):
    """The PIN was set, but nothing was signed with it after that; params: reason (sentences)."""

    code = "pin_unproved"


class OriginUnknown(SigningError):
    """Nobody confirmed a server for which nothing was signed before; params: url."""

    code = "origin_unknown"


class CardAbsent(TokenAbsent):
    """No reader has a card in it, whichever card it would have been."""

    wording = "card_absent"
