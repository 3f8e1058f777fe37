"""The texts that leave the office: drawn from templates, frozen as bytes, named by a hash.

A released template is never edited: a new wording is a new file with the next revision, because
documents in the house are drawn again from the revision they were made with (``redraw``).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from handlers.kit import rows
from signing.cms import pades
from states.papers import packing
from states.papers.document import Document
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

MONTHS = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran",
    "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip
MEDIA_TYPE = "text/plain; charset=utf-8"
PDF_TYPE = "application/pdf"
_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Template:
    """A controlled document: its kind, document code and revision.

    ``file`` holds its wording as plain text, ``sheet`` as it is set on paper; a kind has one or
    both of them.
    """

    kind: str
    code: str
    revision: str

    @property
    def file(self) -> str:
        """The file of this revision."""
        return f"{self.kind}-{self.revision}.txt"

    @property
    def sheet(self) -> str:
        """The typst file of this revision."""
        return f"{self.kind}-{self.revision}.typ"

    @property
    def specimen(self) -> int | None:
        """The number of the specimen that papers of it are packed against, None without one."""
        return packing.number_of(f"{self.kind}-{self.revision}")

    @property
    def version(self) -> str:
        """Code and revision in one text, as they stand in the foot of the document."""
        return f"{self.code}/{self.revision}"


APPLICATION_FORM = Template("application_form", "BF.01", "02")
"""The application form with the holder's commitment as its second part."""

COMMITMENT_CODE = "TH.01"
"""The document code of the commitment; it has the revision of the form that it is part of."""

CONSENT = Template("consent", "EO.01", "02")
"""The standing consent (e-onay)."""

CONSENT_RECORD = Template("consent_record", "EK.01", "01")
"""What the office records of a consent that came into force: who, when, what, with what."""

HAND_OVER = Template("hand_over", "KT.01", "01")
"""The form that goes with the courier and comes back signed by the card's holder."""

COURIER_MANIFEST = Template("courier_manifest", "KL.01", "01")
"""The list of a day's parcels, which the courier's driver signs."""

OFFICIAL_LETTER = Template("official_letter", "RY.01", "02")
"""The letter of the day that tells an institution whose cards are on their way to its staff."""

UNIT_LETTER = Template("unit_letter", "RY.02", "01")
"""The letter of an institution to its units."""

UNIT_LIST = Template("unit_list", "BL.01", "01")
"""What goes with it: the certificates of a unit's own people by their last day."""

UNIT_SHEET = Template("unit_sheet", "BL.02", "01")
"""The same list as a workbook, which bears no seal."""

ACTIVATION = Template("activation", "ET.01", "01")
"""What the holder signs with the new card to make its certificate usable."""

REINSTATEMENT = Template("reinstatement", "ET.02", "01")
"""What the holder signs to have a certificate that was in use before taken off its suspension.

It begins with the heading of an activation, which is what its signature is for: a nes-imza that was
installed before this text was written knows it by that.
"""

PIN = Template("pin", "PB.01", "01")
"""What the holder signs once the PIN of the card is set."""


def long_date(day: date) -> str:
    """Return a day as people write it: ``22 Kasım 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Return a day as ``22.11.2026``."""
    return f"{day:%d.%m.%Y}"


def local_time(moment: datetime) -> str:
    """Return a moment in Istanbul as ``22.11.2026 17:05:09``."""
    return f"{moment.astimezone(ISTANBUL):%d.%m.%Y %H:%M:%S}"


# Plain text is written here, so there is nothing to escape.
_ENVIRONMENT = Environment(
    loader=PackageLoader("handlers.papers.letters", "."),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - text/plain, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(long_date=long_date, short_date=short_date, local_time=local_time)


def write(file: str, values: Mapping[str, object]) -> str:
    """Fill a template; jinja2.UndefinedError when the text needs what is not given."""
    return _ENVIRONMENT.get_template(file).render(values)


def new_verification_code() -> str:
    """Return five groups of four hex digits, under which anyone may ask for the document."""
    digits = secrets.token_hex(2 * _GROUPS)
    return "-".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def draw(
    template: Template, verification_code: str, drawn_at: datetime, values: Mapping[str, object]
) -> bytes:
    """Return the bytes of a document; the same arguments always give the same bytes."""
    frame = {
        "document_code": template.code,
        "revision": template.revision,
        "verification_code": verification_code,
        "drawn_at": drawn_at,
    }
    return write(template.file, {**values, **frame}).encode()


@dataclass(frozen=True, slots=True)
class Made:
    """A document just made: its template, code and moment, its bytes, and the words of a PDF."""

    template: Template
    verification_code: str
    drawn_at: datetime
    content: bytes
    media_type: str = MEDIA_TYPE
    words: str | None = None

    @property
    def sha256(self) -> str:
        """The name of the document: SHA-256 of its bytes (hex)."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def kept(self) -> bytes:
        """The bytes as they are kept: packed where the template has a specimen."""
        number = self.template.specimen
        return self.content if number is None else packing.pack(self.content, number)

    def row(self) -> dict[str, object]:
        """Return the columns of the document that say what it is."""
        return {
            "sha256": self.sha256,
            "kind": self.template.kind,
            "code": self.template.code,
            "revision": self.template.revision,
            "media_type": self.media_type,
            "content": self.kept,
            "verification_code": self.verification_code,
            "created_at": self.drawn_at,
            "words": self.words,
        }


def keep(connection: Connection, made: Made, person_id: int) -> str:
    """Keep the bytes of a document for good and return their SHA-256 (hex)."""
    rows.add(connection, Document, {**made.row(), "person_id": person_id})
    return made.sha256


def freeze(
    connection: Connection,
    template: Template,
    person_id: int,
    now: datetime,
    values: Mapping[str, object],
) -> str:
    """Draw a plain text, keep its bytes for good and return their SHA-256 (hex)."""
    code = new_verification_code()
    return keep(connection, Made(template, code, now, draw(template, code, now, values)), person_id)


def words_of(document: Document) -> str:
    """Return what a document says, to be read on a screen; "" when only the PDF says it."""
    if document.media_type == PDF_TYPE:
        return document.words or ""
    return document.content.decode()


def signable(document: Document) -> bytes:
    """Return the bytes that a container over this document must cover.

    A PDF that was made ready for a signature is covered but for the gap that takes the container
    (`signing.cms.pades`); everything else is signed as it is.
    """
    if document.media_type == PDF_TYPE and pades.is_prepared(document.content):
        return pades.covered(document.content)
    return document.content


def redraw(document: Document, values: Mapping[str, object]) -> bytes:
    """Draw the words of a kept document once more from today's facts.

    Revision, verification code and time are its own, so that only what changed differs.
    """
    template = Template(document.kind, document.code, document.revision)
    return draw(template, document.verification_code, document.created_at, values)
