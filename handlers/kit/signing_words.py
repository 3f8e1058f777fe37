"""What a person reads of a refusal by a card, an authority or the keys of the house."""

from __future__ import annotations

from signing.app.words.refusals import ToldRefusal, tell
from signing.errors import SigningError

ENGLISH = "en"
"""The language of the site that is not Turkish."""

KEYS = {
    "keys_missing": (
        "Kurumun anahtarlarını yedekten geri yükleyin",
        "“{label}” aygıtında bu kurulumun anahtarları yok: {roles}. Yerine yenisi yapılmaz.",
    ),
    "keys_foreign": (
        "Kurumun kendi anahtarlarını geri yükleyin",
        "“{label}” aygıtındaki anahtarlar bu kurulumun değil: {roles}.",
    ),
}
"""The refusals of `handlers.kit.own_keys`: what to do, and what happened."""

KEYS_IN_ENGLISH = {
    "keys_missing": (
        "Restore the keys of the office from its backup",
        "This installation has no keys on the token “{label}”: {roles}. None are made anew.",
    ),
    "keys_foreign": (
        "Restore the office's own keys",
        "The keys on the token “{label}” are not this installation's: {roles}.",
    ),
}
"""The same in English, for a page."""

UNNAMED_IN_ENGLISH = ("The token cannot be used", "It answers: {code}.")
"""What else keeps the keys from being used; the words of cards are Turkish."""

KEYS_AT_TERMINAL = {
    "keys_missing": (
        "The keys of this installation are missing on the token {label!r}: {roles}. Put NES_VAR "
        "back as it was when the database was; no other keys are made in their place."
    ),
    "keys_foreign": (
        "The token {label!r} carries other keys than this installation's own: {roles}. Put the "
        "NES_VAR back that belongs to this database; `nes keys adopt` takes others on purpose."
    ),
}
"""The same for whoever keeps the installation and reads its terminal and its log."""


def told(error: SigningError) -> ToldRefusal:
    """Return a refusal in Turkish, for a page."""
    own = KEYS.get(error.code)
    if own is None:
        return tell(error)
    return ToldRefusal(*(one.format_map(error.params) for one in own))


def told_in_frame(error: SigningError, language: str) -> ToldRefusal:
    """Return what keeps the keys of the house from being used, in a language of the site."""
    if language != ENGLISH:
        return told(error)
    own = KEYS_IN_ENGLISH.get(error.code, UNNAMED_IN_ENGLISH)
    params = {**error.params, "code": error.code}
    return ToldRefusal(*(one.format_map(params) for one in own))


def told_at_terminal(error: Exception) -> str:
    """Return a refusal on one line, for a terminal or a log; any other error says it itself."""
    if not isinstance(error, SigningError):
        return str(error)
    own = KEYS_AT_TERMINAL.get(error.code)
    return str(tell(error)) if own is None else own.format_map(error.params)
