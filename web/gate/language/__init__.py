"""The language of a page: which it is, and its messages."""

from web.gate.language.speech import (
    CATALOGUE,
    ENGLISH,
    LANGUAGES,
    TURKISH,
    choose,
    gettext,
    language,
    lazy_gettext,
    ngettext,
    speak,
    spoken,
)

__all__ = [
    "CATALOGUE",
    "ENGLISH",
    "LANGUAGES",
    "TURKISH",
    "choose",
    "gettext",
    "language",
    "lazy_gettext",
    "ngettext",
    "speak",
    "spoken",
]
