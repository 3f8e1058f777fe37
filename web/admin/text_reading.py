"""What the pages of message texts read: texts, proposals, previews, differences."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select

from handlers.desk.verification import masked_name
from handlers.kit import rows
from handlers.papers import texts
from handlers.papers.letters.message_texts import (
    CODES,
    NAMES,
    PARTS,
    Wording,
    known_fields,
)
from handlers.papers.letters.samples import sample
from handlers.papers.letters.wording import ENGLISH, TURKISH, fill
from states.cases.text_change import TextChange
from states.kit.invalid import Invalid
from states.kit.reference import parse
from states.people.person import Person
from web.gate.composition import composed
from web.gate.language import language
from web.gate.language import lazy_gettext as _
from web.kit.reading import find_case
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sqlalchemy import Connection

    from workflow.model.definition import Definition

WORKFLOW = "text_change"
MOST_DECIDED = 20
"""Decided proposals that a page of a text shows."""

SHOWN = frozenset({"application", "certificate", "consent"})
"""Workflows whose cases messages are about."""

TITLES: Mapping[str, str] = {
    "subject_tr": _("Türkçe konu"),
    "body_tr": _("Türkçe metin"),
    "subject_en": _("İngilizce konu"),
    "body_en": _("İngilizce metin"),
}

FIELDS: Mapping[str, str] = {
    "name": _("kişinin adı ve soyadı"),
    "today": _("iletinin yazıldığı gün"),
    "reason": _("işlemin gerekçesi, sözle"),
    "url": _("kişinin bu başvurudaki sayfası"),
    "until": _("vazgeçmek için son an"),
    "waiting": _("onay bekleyen başvurular: numara ve sayfa çiftleri"),
    "application": _("sertifikanın sona ermesini gerektiren başvurunun numarası"),
    "contact": _("sertifikayı veren kuruluşa ulaşma bilgisi"),
    "what": _("değişen bilgi: email, phone, address ya da name"),
    "code": _("doğrulama kodu"),
    "case.reference": _("kaydın numarası"),
    "case.serial": _("sertifikanın seri numarası"),
    "case.issuer": _("sertifikayı veren kuruluş"),
    "case.delivery_address": _("kartın gönderileceği adres"),
    "case.tracking_number": _("kargo takip numarası"),
    "case.production_opens_on": _("üretimin başlayabileceği gün"),
    "case.ends_on": _("sertifikanın bittiği gün"),
    "case.activate_by": _("etkinleştirme için son an"),
    "case.activation_opens_at": _("etkinleştirmenin açılacağı an"),
    "case.suspended_at": _("askıya alındığı an"),
}
"""What a field shows; one that tells how many days a state lasts is described by itself."""

DAYS_IN = _("o durumda beklenebilecek gün sayısı")


@dataclass(frozen=True, slots=True)
class ListedText:
    """One text of the list: what is in force, and the proposal that waits for its decision."""

    code: str
    subject: str
    revision: int
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A wording filled in, in both languages, and whose case it was filled with."""

    case: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of two wordings: ``same``, ``added`` or ``removed``."""

    kind: str
    text: str


def definition() -> Definition:
    """Return the workflow of changes as it is today."""
    return composed().library.workflow(WORKFLOW)


def today() -> date:
    """Return the day in Istanbul."""
    return day_in_istanbul(composed().clock.now())


def listed() -> list[ListedText]:
    """Return all texts by their codes, as they are in force today."""
    with composed().database.connect() as connection:
        waiting = {row.code: row.reference for row in proposals(connection)}
        standing = texts.all_in_force(connection, today())
    return [
        ListedText(code, _subject(wording), revision, waiting.get(code, ""))
        for code, (revision, wording) in standing.items()
    ]


def _subject(wording: Wording) -> str:
    return wording.subject_en if language() == ENGLISH else wording.subject_tr


def name_of(code: str) -> str:
    """Return the name of the text of a code; 404 for what is none."""
    if code not in NAMES:
        abort(404)
    return NAMES[code]


def proposals(connection: Connection, code: str | None = None) -> list[TextChange]:
    """Return the newest proposals, of all texts those that wait, of one all of them."""
    table = TextChange.__table__
    which = table.c.state == "proposed" if code is None else table.c.code == code
    query = select(table).where(which).order_by(table.c.id.desc())
    limit = len(CODES) if code is None else MOST_DECIDED
    return [TextChange(**row) for row in connection.execute(query.limit(limit)).mappings()]


def fields(name: str) -> list[tuple[str, str]]:
    """Return the fields that a text may use, with what each shows."""
    return [(field, str(FIELDS.get(field, DAYS_IN))) for field in sorted(known_fields(name))]


def preview(wording: Wording, typed: str) -> Preview:
    """Return what a sound wording says of a case; of an invented one where none is named.

    Invalid for a number that is of no case which messages are about. Name and address of a real
    case are not shown, nor is a reason that somebody wrote.
    """
    case, values = _values(typed.strip())
    filled = {
        part: fill(getattr(wording, part), TURKISH if part.endswith("_tr") else ENGLISH, values)
        for part in PARTS
    }
    return Preview(case, {part: text.strip() for part, text in filled.items()})


def _values(typed: str) -> tuple[str, dict[str, object]]:
    if not typed:
        return "", sample()
    workflow, number = parse(typed)
    if workflow not in SHOWN:
        raise Invalid("texts.no_case")
    composition = composed()
    try:
        found = find_case(composition.database, composition.library, number)
    except UnknownCase:
        raise Invalid("texts.no_case") from None
    if found.workflow != workflow:
        raise Invalid("texts.no_case")
    with composition.database.connect() as connection:
        person = rows.fetch(connection, Person, found.row["person_id"])
    return found.reference, sample(masked_name(person), found.row)


def difference(before: Wording, after: Wording) -> dict[str, list[DiffLine]]:
    """Return for each part that differs its lines, those of before and of after."""
    return {
        part: list(_lines(getattr(before, part), getattr(after, part)))
        for part in PARTS
        if getattr(before, part) != getattr(after, part)
    }


def _lines(before: str, after: str) -> Iterator[DiffLine]:
    old, new = before.splitlines(), after.splitlines()
    for kind, start, end, begin, stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            yield from (DiffLine("same", line) for line in old[start:end])
        else:
            yield from (DiffLine("removed", line) for line in old[start:end])
            yield from (DiffLine("added", line) for line in new[begin:stop])


def before(code: str, revision: int) -> Wording:
    """Return what the revision before one says."""
    with composed().database.connect() as connection:
        return texts.wording_at(connection, code, revision - 1)
