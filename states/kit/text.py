"""Turkish letters: case mapping, folding for comparison, and the order of names.

Neither Python's ``str.lower`` nor PostgreSQL's default collation knows that I belongs to ı and
İ to i, so nothing else in the house maps the case of text that a person wrote.
"""

from __future__ import annotations

import re
import unicodedata

_TO_LOWER = str.maketrans({"I": "ı", "İ": "i"})
_TO_UPPER = str.maketrans({"i": "İ", "ı": "I"})

# The 29 letters in their order; q, w and x stand where Turkish dictionaries put them.
_ASCII = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_RANK = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
# Circumflexes mark length or softness, not another letter (â, î, û).
_CIRCUMFLEX = "\N{COMBINING CIRCUMFLEX ACCENT}"


# What nobody sees comes along when text is pasted: soft hyphens, joiners, marks of direction and of
# byte order. And two hyphens that look like the one of the keyboard.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_HYPHENS = str.maketrans("\u2010\u2011", "--")


def normal(text: str) -> str:
    """Return the text composed (NFC), without what nobody sees, with single blanks inside only."""
    seen = _UNSEEN.sub("", text).translate(_HYPHENS)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def lower(text: str) -> str:
    """Return the text in Turkish small letters: I becomes ı, İ becomes i."""
    return unicodedata.normalize("NFC", text).translate(_TO_LOWER).lower()


def upper(text: str) -> str:
    """Return the text in Turkish capitals: i becomes İ, ı becomes I."""
    return unicodedata.normalize("NFC", text).translate(_TO_UPPER).upper()


def fold(text: str) -> str:
    """Return what two spellings of one name have in common: small, composed, no circumflex."""
    parts = unicodedata.normalize("NFD", lower(normal(text))).replace(_CIRCUMFLEX, "")
    return normal(unicodedata.normalize("NFC", parts))


def sort_key(text: str) -> str:
    """Return a text whose byte order (collation "C") is the Turkish dictionary order.

    Letters with foreign marks sort as the bare letter, other signs before all letters.
    """
    return "".join(_rank(letter) for letter in fold(text))


def _rank(letter: str) -> str:
    if letter in _RANK:
        return _RANK[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare in _RANK:
        return _RANK[bare]
    return letter if letter < "A" else "~" + letter


def identifier(text: str) -> str:
    """Return ASCII capitals as small letters, for codes and enumerations, never for words."""
    return text.translate(_ASCII)
