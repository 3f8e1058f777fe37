"""The guides: controlled documents that tell each kind of user how this office's tasks are done.

Each guide is one file for each language in ``documents``. A text between asterisks is what a page
calls something, in Turkish as the page is written; it is shown as the page shows it. Square
brackets with a name in round ones are a link: to an endpoint, or to a section of the same guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from datetime import date

FOLDER = Path(__file__).parent / "documents"

HOLDER, INSTITUTION, OFFICE = "sahip", "kurum", "ofis"
CODES = {HOLDER: "YD.01", INSTITUTION: "YD.02", OFFICE: "YD.03"}
"""The document code of each guide, by the name it has in an address."""


@dataclass(frozen=True, slots=True)
class GuideRevision:
    """One issue of a guide, as its table of revisions tells it."""

    number: str
    day: date
    what: str


@dataclass(frozen=True, slots=True)
class GuideSection:
    """One task: what it is about, its steps, what to heed, and the pages that it explains."""

    id: str
    title: str
    about: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: dict[str, Any]) -> GuideSection:
        """Read a section; TypeError for a field that no section has."""
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return cls(**{**given, **lists})

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is said in it."""
        return (*self.say, *self.steps, *self.notes)


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide in one language; its newest revision is the one in force."""

    code: str
    title: str
    summary: str
    revisions: tuple[GuideRevision, ...]
    sections: tuple[GuideSection, ...]

    @property
    def newest(self) -> GuideRevision:
        """The revision in force."""
        return self.revisions[-1]


@cache
def guide(name: str, language: str) -> Guide:
    """Return a guide in a language; KeyError for one that there is not."""
    file = FOLDER / f"{CODES[name]}.{language}.yaml"
    given = yaml.safe_load(file.read_text("utf-8"))
    return Guide(
        given["code"],
        given["title"],
        given["summary"],
        tuple(GuideRevision(**one) for one in given["revisions"]),
        tuple(GuideSection.of(one) for one in given["sections"]),
    )


@cache
def place_of(endpoint: str) -> tuple[str, str] | None:
    """Return the guide and the section that explain a page, None where none does."""
    for name in CODES:
        for section in guide(name, "tr").sections:
            if endpoint in section.about:
                return name, section.id
    return None
