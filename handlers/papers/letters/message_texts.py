"""The texts of messages as controlled documents: their codes, and revision 1 in files.

A text has a subject and a body in Turkish and in English. Revision 1 is `notices/NAME.txt` and
`notices/en/NAME.txt`, whose first line is the subject; later revisions are rows
(`states.papers.message_text`), which two administrators have made (`handlers.papers.texts`).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from handlers.papers.letters.grammar import COMMON, fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES: Mapping[str, str] = MappingProxyType(
    {
        "activate_in_time": "IM.01",
        "activation_announced": "IM.02",
        "approve_again": "IM.03",
        "call_authority": "IM.04",
        "cancelled": "IM.05",
        "card_destroyed": "IM.06",
        "certificate_active": "IM.07",
        "certificate_found_revoked": "IM.08",
        "certificate_held": "IM.09",
        "certificate_revoked": "IM.10",
        "certificate_struck": "IM.11",
        "certificate_suspended": "IM.12",
        "certificate_unseen": "IM.13",
        "check_data": "IM.14",
        "come_to_desk": "IM.15",
        "confirm_application": "IM.16",
        "consent_ended": "IM.17",
        "consent_given": "IM.18",
        "consent_unproved": "IM.19",
        "consent_withdrawn": "IM.20",
        "courier_returned": "IM.21",
        "couriered": "IM.22",
        "data_changed": "IM.23",
        "delivered": "IM.24",
        "delivery_contested": "IM.25",
        "delivery_undone": "IM.26",
        "desk/address_changed": "IM.27",
        "desk/address_corrected": "IM.28",
        "expired": "IM.29",
        "expired_unseen": "IM.30",
        "gave_way": "IM.31",
        "held": "IM.32",
        "hold_released": "IM.33",
        "in_person_needed": "IM.34",
        "lost": "IM.35",
        "made_again": "IM.36",
        "method_taken_back": "IM.37",
        "not_activated": "IM.38",
        "opened_by_office": "IM.39",
        "paper_needed": "IM.40",
        "recalled": "IM.41",
        "rejected": "IM.42",
        "returned": "IM.43",
        "sign_again": "IM.44",
        "still_on_hold": "IM.45",
        "unapprovable": "IM.46",
        "uncollected": "IM.47",
        "unconfirmed": "IM.48",
        "unconsented": "IM.49",
        "contact/changed": "IM.50",
        "contact/code": "IM.51",
        "contact/wish_refused": "IM.52",
        "queued": "IM.53",
        "reminder/renewal": "IM.54",
        "reminder/e_onay": "IM.55",
        "reminder/coordinator": "IM.56",
        "institution/letter": "IM.57",
        "question/asked": "IM.58",
        "question/answered": "IM.59",
    }
)
"""The document code of each text by its name; a code is given once and never again."""

NAMES: Mapping[str, str] = MappingProxyType({code: name for name, code in CODES.items()})
"""The name of each text by its document code."""

FIRST = 1
"""The revision that stands in files."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a revision of a text says: templates of subject and body in both languages."""

    subject_tr: str
    body_tr: str
    subject_en: str
    body_en: str

    @property
    def sha256(self) -> str:
        """The name of the wording: SHA-256 of its four parts (hex)."""
        return sha256("\0".join(astuple(self)).encode()).hexdigest()


PARTS = ("subject_tr", "body_tr", "subject_en", "body_en")
"""The parts of a wording, as its columns are called."""


@cache
def first_wording(name: str) -> Wording:
    """Return revision 1 of a text; KeyError for a name that there is not."""
    CODES[name]
    subject_tr, _, body_tr = _file(f"{name}.txt").partition("\n")
    subject_en, _, body_en = _file(f"en/{name}.txt").partition("\n")
    return Wording(subject_tr, body_tr, subject_en, body_en)


@cache
def known_fields(name: str) -> frozenset[str]:
    """Return the fields that a text may use: those that each has, and those of its revision 1.

    What revision 1 uses is given by whoever writes this message, and nothing else is sure to be.
    """
    first = first_wording(name)
    return COMMON | fields_of(first.body_tr) | fields_of(first.body_en)


def _file(path: str) -> str:
    place = resources.files("handlers.papers.letters") / "notices" / path
    return place.read_text("utf-8")
