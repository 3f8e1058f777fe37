"""What a person reads of a refusal by a card, an authority or the keys of the house."""

from __future__ import annotations

from signing.app.words.refusals import ToldRefusal, tell
from signing.errors import SigningError

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

KEYS_ENGLISH = {
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


def told_at_terminal(error: Exception) -> str:
    """Return a refusal on one line, for a terminal or a log; any other error says it itself."""
    if not isinstance(error, SigningError):
        return str(error)
    own = KEYS_ENGLISH.get(error.code)
    return str(tell(error)) if own is None else own.format_map(error.params)
